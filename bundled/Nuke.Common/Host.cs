using Nuke.Common.Output;

namespace Nuke.Common;

/// <summary>Where the build runs: at a terminal, which nothing has to be told beside the log.</summary>
internal class Host
{
    /// <summary>Writes what stands above a block of output, such as a target's.</summary>
    public virtual void BeginBlock(BuildOutput output, string name)
    {
        output.WriteLine();
        output.WriteLine(name, Tone.Heading);
        output.WriteLine(new string('─', Math.Max(name.Length, 20)), Tone.Dim);
    }

    /// <summary>Writes what stands below a block of output.</summary>
    public virtual void EndBlock(BuildOutput output, string name)
    {
    }

    /// <summary>Tells the build server of a warning or an error, beside the log.</summary>
    public virtual void Report(BuildOutput output, Tone tone, string text)
    {
    }
}

/// <summary>
/// GitHub Actions. Its log understands commands in the output
/// (https://docs.github.com/actions/reference/workflow-commands-for-github-actions).
/// </summary>
internal sealed class GitHubActions : Host
{
    public override void BeginBlock(BuildOutput output, string name) => Command(output, "group", name);
    public override void EndBlock(BuildOutput output, string name) => Command(output, "endgroup", name);

    public override void Report(BuildOutput output, Tone tone, string text) =>
        Command(output, tone == Tone.Warning ? "warning" : "error", text);

    // A line break would end the command, and the percent sign begins an escape.
    private static void Command(BuildOutput output, string command, string text)
    {
        var escaped = text
            .Replace("%", "%25", StringComparison.Ordinal)
            .Replace("\r", "%0D", StringComparison.Ordinal)
            .Replace("\n", "%0A", StringComparison.Ordinal);
        output.WriteLine($"::{command}::{escaped}");
    }
}
