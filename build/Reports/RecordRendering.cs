using KubeLab.Records;

namespace KubeLab.Reports;

/// <summary>Makes <c>report.html</c>, <c>report.json</c>, <c>junit.xml</c> and <c>summary.md</c> of a record's model.</summary>
public static class RecordRendering
{
    /// <summary>The summary's name in the run's record.</summary>
    public static string SummaryFile => "summary.md";

    /// <summary>Masks what secrets the record holds, reads it, and writes the four files beside its own.</summary>
    /// <returns>What was shown.</returns>
    public static RunReport Render(string directory, SecretMask secrets)
    {
        secrets.Seal(directory);
        var report = RunReportReader.Read(directory);
        Aside.Write(Path.Combine(report.Directory, "report.json"), file => ReportJson.Write(file, report), UnixFile.Private);
        Aside.Write(Path.Combine(report.Directory, "junit.xml"), file => ReportJUnit.Write(file, report), UnixFile.Private);
        Aside.Write(Path.Combine(report.Directory, SummaryFile), ReportMarkdown.Write(report), UnixFile.Private);
        Aside.Write(Path.Combine(report.Directory, "report.html"), ReportHtml.Write(report), UnixFile.Private);
        return report;
    }
}
