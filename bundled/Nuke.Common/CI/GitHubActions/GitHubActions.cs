using Nuke.Common.Output;

namespace Nuke.Common.CI.GitHubActions;

/// <summary>
/// GitHub Actions. Its log understands commands in the output
/// (https://docs.github.com/actions/reference/workflow-commands-for-github-actions).
/// </summary>
public class GitHubActions : Host
{
    internal GitHubActions()
    {
    }

    internal override void BeginBlock(BuildOutput output, string name) => Command(output, "group", name);

    internal override void EndBlock(BuildOutput output, string name) => Command(output, "endgroup", name);

    internal override void ReportWarning(BuildOutput output, string text) => Command(output, "warning", text);

    internal override void ReportError(BuildOutput output, string text) => Command(output, "error", text);

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
