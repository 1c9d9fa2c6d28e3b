namespace KubeLab.Reports;

/// <summary>A report as workflow commands of GitHub Actions, which show it beside the files that it is about
/// (https://docs.github.com/actions/reference/workflow-commands-for-github-actions).</summary>
/// <param name="rootDirectory">KubeLab's root, from which a report's paths count.</param>
/// <param name="workspace">The root of the repository that the workflow is about: an annotation names a file in it.</param>
public sealed partial class GitHubCommands(string rootDirectory, string workspace)
{
    // A step shows ten of each kind (the limit of annotations a step), and the rest only hides them.
    private const int MostOfAKind = 10;

    /// <summary>The commands, one a line: an error for each failure, a warning for each warning.</summary>
    public IReadOnlyList<string> Of(RunReport report)
    {
        var findings = report.Preflight?.Findings ?? [];
        var errors = findings.Where(finding => report.Preflight!.Fails(finding))
            .Select(finding => Command("error", Title(finding), Text(finding), finding.Source?.ToString())).ToList();
        errors.AddRange(report.Explanations.Select(explanation => Command(
            "error", explanation.Title,
            $"{string.Join(", ", explanation.Nodes)}: {explanation.Meaning}\n{explanation.Remedy}", explanation.TaskFile)));
        errors.AddRange((report.Smoke?.Checks ?? []).Where(result => result.Failed)
            .Select(result => Command("error", $"SmokeTest: {result.Id}", result.Message, null)));
        if (errors.Count == 0)
            errors.AddRange((report.Outcome?.Failures ?? []).Select(
                failure =>
                    Command("error", $"{failure.Target} failed", $"{failure.Message}\n{failure.Remedy}", failure.Message)));
        var warnings = findings.Where(finding => finding.Status == FindingStatus.Warning && !report.Preflight!.Fails(finding))
            .Select(finding => Command("warning", Title(finding), Text(finding), finding.Source?.ToString()));
        return [.. errors.Take(MostOfAKind), .. warnings.Take(MostOfAKind)];
    }

    private static string Title(Finding finding) => finding.Node is null ? finding.Check : $"{finding.Node}: {finding.Check}";

    private static string Text(Finding finding) =>
        finding.Remedy is null ? finding.Message : $"{finding.Message}\n{finding.Remedy}";

    private string Command(string kind, string title, string text, string? place) =>
        $"::{kind} {Place(place)}title={Property(PlainText.Line(title, 200))}::{Data(PlainText.Of(text, 2000).Trim())}";

    // A file of the distribution lies in no checkout of the workflow, so that only its name in the text tells of it.
    private string Place(string? text)
    {
        if (text is null || FileAndLine().Match(text) is not { Success: true } match)
            return "";
        var file = Path.GetFullPath(match.Groups["file"].Value, rootDirectory);
        var relative = Path.GetRelativePath(workspace, file).Replace('\\', '/');
        if (relative.StartsWith("..", StringComparison.Ordinal) || !File.Exists(file))
            return "";
        var column = match.Groups["column"].Success ? $"col={match.Groups["column"].Value}," : "";
        return $"file={Property(relative)},line={match.Groups["line"].Value},{column}";
    }

    private static string Data(string text) => text.Replace("%", "%25").Replace("\r", "%0D").Replace("\n", "%0A");

    private static string Property(string text) => Data(text).Replace(":", "%3A").Replace(",", "%2C");

    [GeneratedRegex(@"\A\s*(?<file>[^\s:]+(?: [^\s:]+)*):(?<line>[0-9]{1,7})(:(?<column>[0-9]{1,5}))?",
        RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 60_000)]
    private static partial Regex FileAndLine();
}

/// <summary>What a run shows on GitHub Actions beside its log, a summary and annotations; elsewhere nothing.</summary>
public sealed class StepSummary(string rootDirectory, TextWriter output)
{
    /// <summary>Shows a report.</summary>
    public void Show(RunReport report, Func<string, string?> variable)
    {
        if (variable("GITHUB_ACTIONS") != "true")
            return;
        // Where KubeLab is checked out beside the inventories, the workspace is theirs.
        var workspace = variable("GITHUB_WORKSPACE") is { Length: > 0 } given ? given : rootDirectory;
        foreach (var command in new GitHubCommands(rootDirectory, workspace).Of(report))
            output.WriteLine(command);
        if (variable("GITHUB_STEP_SUMMARY") is { Length: > 0 } page)
            File.AppendAllText(page, ReportMarkdown.Write(report));
    }
}
