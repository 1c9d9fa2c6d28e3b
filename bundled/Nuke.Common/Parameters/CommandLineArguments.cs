namespace Nuke.Common.Parameters;

/// <summary>
/// A command line: values up to the first option, then options, each followed by its values. An option's name ignores case
/// and dashes, and the last of several with the same name counts.
/// </summary>
internal sealed class CommandLineArguments
{
    private readonly List<(string Text, List<string> Values)> options = [];

    public CommandLineArguments(IReadOnlyList<string> arguments)
    {
        All = arguments;
        foreach (var argument in arguments)
        {
            if (argument.StartsWith('-'))
                options.Add((argument, []));
            else if (options.Count > 0)
                options[^1].Values.Add(argument);
            else
                Positional.Add(argument);
        }
    }

    /// <summary>All of it.</summary>
    public IReadOnlyList<string> All { get; }

    /// <summary>What stands before the first option.</summary>
    public List<string> Positional { get; } = [];

    /// <summary>The options as they were written.</summary>
    public IEnumerable<string> Options => options.Select(option => option.Text);

    /// <summary>The values of an option, none if it stands alone, or null if it isn't there.</summary>
    public IReadOnlyList<string>? Find(string name) => options.FindLast(option => Names.Same(option.Text, name)).Values;
}
