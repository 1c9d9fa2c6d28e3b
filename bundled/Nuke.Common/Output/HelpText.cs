using Nuke.Common.Execution;
using Nuke.Common.Parameters;

namespace Nuke.Common.Output;

/// <summary>What <c>--help</c> shows: the targets, then the build's parameters, then those that every build has.</summary>
internal static class HelpText
{
    private const int NameWidth = 20;
    private const int LineWidth = 100;

    public static void Write(BuildOutput output, IReadOnlyList<ExecutableTarget> targets, IReadOnlyList<Parameter> parameters)
    {
        output.WriteLine("Targets (with their direct dependencies):", Tone.Heading);
        output.WriteLine();
        foreach (var target in targets.Where(target => target.Listed))
            WriteTarget(output, target);

        output.WriteLine();
        output.WriteLine("Parameters:", Tone.Heading);
        List<Option> own = [.. parameters.Where(parameter => parameter.IsListed)];
        var width = own.Concat(Option.OfEveryBuild).Max(option => option.Dashed.Length);
        var defaults = string.Join(", ", targets.Where(target => target.IsDefault).Select(target => target.Name));
        WriteOptions(output, own, width, defaults);
        WriteOptions(output, Option.OfEveryBuild, width, defaults);
    }

    private static void WriteTarget(BuildOutput output, ExecutableTarget target)
    {
        var name = target.IsDefault ? $"{target.Name} (default)" : target.Name;
        var dependencies = string.Join(", ", target.ExecutionDependencies.Select(dependency => dependency.Name));
        output.WriteLine(dependencies.Length == 0 ? $"  {name}" : $"  {name.PadRight(NameWidth)} -> {dependencies}");
        if (!string.IsNullOrWhiteSpace(target.Description))
            output.WriteLine($"    {target.Description}", Tone.Dim);
    }

    private static void WriteOptions(BuildOutput output, IReadOnlyList<Option> options, int width, string defaults)
    {
        if (options.Count > 0)
            output.WriteLine();
        foreach (var option in options)
        {
            var text = option.Description?.Replace("{default_target}", defaults, StringComparison.Ordinal) ?? "";
            var description = text.Length == 0 ? "" : $"{text.TrimEnd('.')}.";
            var lead = $"  {option.Dashed.PadRight(width)}  ";
            foreach (var line in Wrap(description, LineWidth - lead.Length))
            {
                output.WriteLine((lead + line).TrimEnd());
                lead = new string(' ', lead.Length);
            }
        }
    }

    private static IEnumerable<string> Wrap(string text, int width)
    {
        var line = "";
        foreach (var word in text.Split(' '))
        {
            if (line.Length > 0 && line.Length + 1 + word.Length > width)
            {
                yield return line;
                line = "";
            }

            line = line.Length == 0 ? word : $"{line} {word}";
        }

        yield return line;
    }
}
