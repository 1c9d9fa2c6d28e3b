using System.Globalization;
using System.Text;
using System.Xml;
using System.Xml.Linq;
using KubeLab.Reports;

namespace KubeLab.Smoke;

/// <summary>Writes a report as JUnit XML: a test case a check, its findings and evidence in the body of a failure.</summary>
public static class SmokeJUnit
{
    /// <summary>The report as a document of one test suite.</summary>
    public static string Write(SmokeReport report)
    {
        var suite = new XElement(
            "testsuite",
            new XAttribute("name", "SmokeTest"),
            new XAttribute("tests", report.Checks.Count),
            new XAttribute("failures", report.Count(SmokeStatus.Failed)),
            new XAttribute("skipped", report.Count(SmokeStatus.Skipped)),
            new XAttribute("errors", 0),
            new XAttribute("time", Seconds(report.Duration)),
            new XAttribute("timestamp", report.Started.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss")),
            report.Checks.Select(Case));
        var text = new StringBuilder();
        using (var writer = XmlWriter.Create(text, new XmlWriterSettings { Indent = true, OmitXmlDeclaration = true }))
            new XElement("testsuites", suite).Save(writer);
        return $"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{text}\n";
    }

    private static XElement Case(SmokeCheckResult result) => new(
        "testcase",
        new XAttribute("classname", $"SmokeTest.tier{result.Check.Tier}"),
        new XAttribute("name", $"{result.Check.Id}: {XmlContent.Clean(result.Check.Title)}"),
        new XAttribute("time", Seconds(result.Duration)),
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

    private static string Seconds(TimeSpan span) => span.TotalSeconds.ToString("0.000", CultureInfo.InvariantCulture);
}
