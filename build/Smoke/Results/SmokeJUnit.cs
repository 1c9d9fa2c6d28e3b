using System.Text;
using System.Xml.Linq;

namespace KubeLab.Smoke;

/// <summary>A report as a JUnit suite: a test case a check, its findings and evidence in the body of a failure.</summary>
public static class SmokeJUnit
{
    /// <summary>The report as a test suite.</summary>
    public static XStreamingElement Suite(SmokeReport report) => JUnitDocument.Suite(
        "SmokeTest",
        report.Checks.Count,
        report.Checks.Select(Case),
        report.Count(SmokeStatus.Failed),
        report.Count(SmokeStatus.Skipped),
        report.Started,
        report.Duration);

    private static XElement Case(SmokeCheckResult result) => new(
        "testcase",
        new XAttribute("classname", $"SmokeTest.tier{result.Check.Tier}"),
        new XAttribute("name", $"{result.Check.Id}: {XmlContent.Clean(result.Check.Title)}"),
        new XAttribute("time", JUnitDocument.Seconds(result.Duration)),
        Outcome(result));

    private static XElement? Outcome(SmokeCheckResult result) => result.Verdict.Status switch
    {
        SmokeStatus.Failed => new XElement("failure", new XAttribute("message", XmlContent.Clean(result.Verdict.Message)), XmlContent.Clean(Body(result))),
        SmokeStatus.Skipped => new XElement("skipped", new XAttribute("message", XmlContent.Clean(result.Verdict.Message))),
        _ => null,
    };

    private static string Body(SmokeCheckResult result)
    {
        var text = new StringBuilder();
        foreach (var finding in result.Verdict.Findings.Where(finding => finding.Severity == SmokeSeverity.Failed))
            text.Append(finding).Append('\n');
        foreach (var evidence in result.Evidence)
            text.Append("\n$ ").Append(evidence.Title).Append('\n').Append(evidence.Text.TrimEnd()).Append('\n');
        return text.ToString();
    }
}
