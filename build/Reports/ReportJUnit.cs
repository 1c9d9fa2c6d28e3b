using System.Xml.Linq;
using KubeLab.Diagnosis;
using KubeLab.Preflight;
using KubeLab.Records;
using KubeLab.Smoke;

namespace KubeLab.Reports;

/// <summary>Writes a report as JUnit XML: a suite for the targets, one for the preflight's findings and one for the smoke test's checks.</summary>
public static class ReportJUnit
{
    /// <summary>Writes the report as one document.</summary>
    public static void Write(Stream file, RunReport report)
    {
        List<XStreamingElement> suites = [];
        if (report.Outcome is { Targets.Count: > 0 } outcome)
            suites.Add(Targets(report, outcome));
        if (report.Preflight is { } preflight)
            suites.Add(PreflightJUnit.Suite(preflight));
        if (report.Smoke is { } smoke)
            suites.Add(SmokeJUnit.Suite(smoke));
        JUnitDocument.Write(file, suites);
    }

    private static XStreamingElement Targets(RunReport report, RunOutcome outcome)
    {
        var cases = outcome.Targets.Select(target => Case(report, target)).ToList();
        return JUnitDocument.Suite(
            "Targets", cases.Count, cases, cases.Count(each => each.Element("failure") is not null), cases.Count(each => each.Element("skipped") is not null),
            outcome.Started, TimeSpan.FromSeconds(outcome.Seconds));
    }

    private static XElement Case(RunReport report, TargetOutcome target) => new(
        "testcase",
        new XAttribute("classname", XmlContent.Clean($"Targets.{report.Cluster}")),
        new XAttribute("name", XmlContent.Clean(target.Name)),
        new XAttribute("time", JUnitDocument.Seconds(TimeSpan.FromSeconds(target.Seconds))),
        Outcome(report, target));

    private static XElement? Outcome(RunReport report, TargetOutcome target)
    {
        var message = new XAttribute("message", XmlContent.Clean(target.Note ?? target.Status));
        return target.Status switch
        {
            "succeeded" => null,
            "failed" or "interrupted" => new XElement("failure", message, XmlContent.Clean(Body(report, target.Name))),
            _ => new XElement("skipped", message),
        };
    }

    private static string Body(RunReport report, string target)
    {
        var said = report.Outcome!.Failures.Where(failure => failure.Target == target).Select(failure => $"{failure.Message}\n{failure.Remedy}");
        // The playbook's failure is what explanations are about.
        var explained = target == report.BrokenTarget ? report.Explanations.Select(Text) : [];
        return string.Join("\n\n", explained.Concat(said));
    }

    private static string Text(Explanation explanation) =>
        $"{explanation.Title}\nNodes: {string.Join(", ", explanation.Nodes)}\nTask: {explanation.Task} ({explanation.TaskFile})\n"
        + $"{explanation.Meaning}\nWhat to do: {explanation.Remedy}\n\n{explanation.Evidence}";
}
