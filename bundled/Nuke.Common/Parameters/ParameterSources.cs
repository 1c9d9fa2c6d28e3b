using Serilog;

namespace Nuke.Common.Parameters;

/// <summary>Where parameters come from: the command line, then the environment, then files.</summary>
internal sealed class ParameterSources(Invocation invocation, IReadOnlyList<ParametersFile> files)
{
    /// <summary>The value of a parameter from the first source that has one, or null.</summary>
    /// <param name="name">The parameter.</param>
    /// <param name="type">What it holds.</param>
    /// <param name="separator">Where a text becomes a list, or null if it doesn't.</param>
    /// <exception cref="BuildException">What the source has is no such value.</exception>
    public object? Find(string name, Type type, char? separator = null)
    {
        if (OnCommandLine(name) is { } given)
        {
            var option = Names.Option(name);
            return Convert(option, given, valueOfName: true)
                ?? throw new BuildException($"{option} needs a value.");
        }

        if (InEnvironment(name) is { } variable)
        {
            var value = invocation.Variables[variable];
            var values = string.IsNullOrWhiteSpace(value) ? Array.Empty<string>() : [value];
            if (Convert($"The variable {variable}", values, valueOfName: false) is { } converted)
                return converted;
        }

        if (files.FirstOrDefault(candidate => candidate.Find(name) is not null) is not { } file)
            return null;
        return Convert($"{name} in {file.Path}", file.Find(name)!, valueOfName: true);

        object? Convert(string source, IReadOnlyList<string> values, bool valueOfName)
        {
            var texts = separator is { } character ? [.. values.SelectMany(value => value.Split(character))] : values;
            try
            {
                return ValueConverter.Convert(texts, type, valueOfName);
            }
            catch (FormatException exception)
            {
                throw new BuildException($"{source} {exception.Message}.", exception);
            }
        }
    }

    private IReadOnlyList<string>? OnCommandLine(string name)
    {
        var arguments = invocation.Arguments;
        var isTarget = Names.Same(name, "Target") && arguments.Positional.Count > 0;
        return arguments.Find(name) ?? (isTarget ? arguments.Positional : null);
    }

    private string? InEnvironment(string name)
    {
        if (invocation.Variables.ContainsKey(name))
            return name;
        var plain = Plain(name);
        var found = invocation.Variables.Keys
            .Where(variable => Plain(variable) is var candidate && (Same(candidate, plain) || Same(candidate, $"NUKE{plain}")))
            .ToList();
        if (found.Count > 1)
            Log.Warning("{Name} is taken from none of the variables {Variables}: keep one", name, string.Join(", ", found));
        return found.Count == 1 ? found[0] : null;

        static string Plain(string text) => string.Concat(text.Where(char.IsLetterOrDigit));
        static bool Same(string one, string other) => one.Equals(other, StringComparison.OrdinalIgnoreCase);
    }
}
