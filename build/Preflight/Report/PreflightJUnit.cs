using System.Xml.Linq;

namespace KubeLab.Preflight;

/// <summary>A report as a JUnit suite: a test case for each check of each node, and one for each of the cluster's.</summary>
public static class PreflightJUnit
{
    /// <summary>The report as a test suite.</summary>
    public static XStreamingElement Suite(PreflightReport report) => JUnitDocument.Suite(
        report.Target,
        report.Findings.Count,
        report.Findings.Select(finding => Case(report, finding)),
        report.Findings.Count(report.Fails),
        report.Count(FindingStatus.Skipped),
        report.StartedAt,
        report.Duration);

    private static XElement Case(PreflightReport report, Finding finding) => new(
        "testcase",
        new XAttribute("classname", XmlContent.Clean($"{report.Target}.{finding.Node ?? "cluster"}")),
        new XAttribute("name", XmlContent.Clean($"{finding.Rule}: {finding.Title}")),
        Outcome(report, finding));

    // JUnit knows no warning: one that stops nothing is a passed case with something to read.
    private static XElement? Outcome(PreflightReport report, Finding finding)
    {
        var message = new XAttribute("message", XmlContent.Clean(finding.Message));
        if (report.Fails(finding))
            return new XElement("failure", message, XmlContent.Clean(Body(finding)));
        return finding.Status switch
        {
            FindingStatus.Skipped => new XElement("skipped", message),
            FindingStatus.Warn => new XElement("system-out", XmlContent.Clean($"Warning: {finding.Message}\n{Body(finding)}")),
            _ => null,
        };
    }

    private static string Body(Finding finding)
    {
        (string Name, string? Value)[] parts = [("Observed", finding.Observed), ("Required", finding.Required), ("From", finding.Source), ("What to do", finding.Remedy)];
        return string.Concat(parts.Where(part => part.Value is not null).Select(part => $"{part.Name}: {part.Value}\n"));
    }
}
