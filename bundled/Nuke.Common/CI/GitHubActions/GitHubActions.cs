using Nuke.Common.Execution;
using Nuke.Common.IO;
using Nuke.Common.Output;

namespace Nuke.Common.CI.GitHubActions;

/// <summary>
/// GitHub Actions. Its log understands commands in the output
/// (https://docs.github.com/actions/reference/workflow-commands-for-github-actions).
/// </summary>
public class GitHubActions : Host, IBuildServer
{
    internal GitHubActions()
    {
    }

    /// <summary>The host, if the build runs on GitHub Actions.</summary>
    public static GitHubActions? Instance => NukeBuild.Host as GitHubActions;

    /// <summary>The branch or tag that is built.</summary>
    public string? Ref => Variable("GITHUB_REF");

    /// <summary>The commit that is built.</summary>
    public string? Sha => Variable("GITHUB_SHA");

    /// <summary>The file whose Markdown is shown on the run's page.</summary>
    public AbsolutePath? StepSummaryFile => Variable("GITHUB_STEP_SUMMARY");

    string? IBuildServer.Branch => Ref;

    string? IBuildServer.Commit => Sha;

    internal override void BeginTarget(BuildOutput output, string name) => output.WriteLine($"::group::{Escape(name)}");

    internal override void EndTarget(BuildOutput output, string name) => output.WriteLine($"::endgroup::{Escape(name)}");

    internal override void ReportWarning(BuildOutput output, string text) => output.WriteLine($"::warning::{Escape(text)}");

    internal override void ReportError(BuildOutput output, string text) => output.WriteLine($"::error::{Escape(text)}");

    private static string? Variable(string name) => Invocation.Current.Variables.GetValueOrDefault(name);

    // A line break would end the command, and the percent sign begins an escape.
    private static string Escape(string text) => text
        .Replace("%", "%25", StringComparison.Ordinal)
        .Replace("\r", "%0D", StringComparison.Ordinal)
        .Replace("\n", "%0A", StringComparison.Ordinal);
}
