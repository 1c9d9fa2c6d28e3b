namespace KubeLab.Reports;

/// <summary>What a run shows on GitHub Actions beside its log: the summary on the run's page, and annotations; elsewhere nothing.</summary>
/// <param name="rootDirectory">The repository's root.</param>
/// <param name="output">The log.</param>
public sealed class StepSummary(string rootDirectory, TextWriter output)
{
    /// <summary>Shows a report.</summary>
    /// <param name="report">The report.</param>
    /// <param name="variable">Reads a variable of the environment.</param>
    public void Show(RunReport report, Func<string, string?> variable)
    {
        if (variable("GITHUB_ACTIONS") != "true")
            return;
        foreach (var command in new GitHubCommands(rootDirectory).Of(report))
            output.WriteLine(command);
        if (variable("GITHUB_STEP_SUMMARY") is { Length: > 0 } page)
            File.AppendAllText(page, ReportMarkdown.Write(report));
    }
}
