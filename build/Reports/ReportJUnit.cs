using KubeLab.Diagnosis;
using KubeLab.Lifecycle;
using KubeLab.Preflight;
using KubeLab.Records;
using KubeLab.Smoke;

namespace KubeLab.Reports;

/// <summary>A report as JUnit XML: a suite each for the targets, the preflight's findings and the smoke test's checks.</summary>
public static class ReportJUnit
{
    /// <summary>Writes the report as one document.</summary>
    public static void Write(Stream file, RunReport report) => JUnitSuite.Write(file, [.. new[]
    {
        report.Outcome is { Targets.Count: > 0 } outcome ? Targets(report, outcome) : null,
        report.Preflight is { } preflight ? Preflight(preflight) : null,
        report.Smoke is { } smoke ? Smoke(smoke) : null,
        report is { Plan: { } plan, Started: { } started } ? Steps(plan, started) : null,
    }.OfType<JUnitSuite>()]);

    private static JUnitSuite Targets(RunReport report, RunOutcome outcome) => new(
        "Targets", outcome.Started, TimeSpan.FromSeconds(outcome.Seconds),
        // A target that was interrupted has not done what was asked for.
        outcome.Targets.Select(target => new JUnitCase(
            $"Targets.{report.Cluster}", target.Name, target.Mark == Mark.Warning ? Mark.Failed : target.Mark,
            target.Note ?? target.Status, Body(report, target.Name))
        { Duration = TimeSpan.FromSeconds(target.Seconds) }));

    // A case for each check of each node, and one for each of the cluster's.
    private static JUnitSuite Preflight(PreflightReport report) => new(
        report.Target, report.StartedAt, report.Duration,
        report.Findings.Select(finding => new JUnitCase(
            $"{report.Target}.{finding.Node ?? "cluster"}", $"{finding.Check}: {finding.Title}",
            report.Mark(finding), finding.Message,
            finding.Status is FindingStatus.Passed or FindingStatus.Skipped ? "" : Body(finding))));

    private static JUnitSuite Smoke(SmokeReport report) => new(
        "SmokeTest", report.Started, report.Duration,
        report.Checks.Select(result => new JUnitCase(
            $"SmokeTest.tier{result.Tier}", $"{result.Id}: {result.Title}", result.Status.Mark, result.Message, Body(result))
        { Duration = result.Duration }));

    // What is still to be done was not tried: no step has passed.
    private static JUnitSuite Steps(UpgradePlan plan, DateTimeOffset started) => new(
        "UpgradePlan.steps", started, TimeSpan.Zero,
        plan.Steps.Select(step => new JUnitCase(
            "UpgradePlan.steps", $"{step.Number}: {step.Summary}",
            step.Findings.Any(finding => finding.Status == FindingStatus.Failed) ? Mark.Failed : Mark.Skipped,
            step.Command, string.Concat(step.Findings.Select(finding => $"{finding}\n{finding.Remedy}\n")))));

    private static string Body(Finding finding)
    {
        (string Name, object? Value)[] parts = [
            ("Observed", finding.Observed), ("Required", finding.Required),
            ("From", finding.Source), ("What to do", finding.Remedy),
        ];
        return string.Concat(parts.Where(part => part.Value is not null).Select(part => $"{part.Name}: {part.Value}\n"));
    }

    private static string Body(SmokeCheckResult result)
    {
        var text = new StringBuilder();
        foreach (var finding in result.Findings.Where(finding => finding.Status == FindingStatus.Failed))
            text.Append(finding).Append('\n');
        foreach (var evidence in result.Evidence)
            text.Append($"\n$ {evidence.Title}\n{evidence.Text.TrimEnd()}\n");
        return text.ToString();
    }

    private static string Body(RunReport report, string target)
    {
        var said = report.Outcome!.Failures.Where(failure => failure.Target == target).Select(
            failure => $"{failure.Message}\n{failure.Remedy}");
        // The playbook's failure is what explanations are about.
        var explained = target == report.BrokenTarget ? report.Explanations.Select(Text) : [];
        return string.Join("\n\n", explained.Concat(said));
    }

    private static string Text(Explanation explanation) =>
        $"{explanation.Title}\nNodes: {string.Join(", ", explanation.Nodes)}\nTask: {explanation.Task} ({explanation.TaskFile})\n"
        + $"{explanation.Meaning}\nSure: {explanation.CertaintyInWords}\nWhat to do: {explanation.Remedy}\n\n{explanation.Evidence}";
}
