using KubeLab.Records;

namespace KubeLab.Reports;

/// <summary>Makes of a record what people open: <c>report.html</c>, <c>report.json</c>, <c>junit.xml</c> and <c>summary.md</c>, all of one model.</summary>
public static class RecordRendering
{
    /// <summary>Masks what secrets the record holds, reads it, and writes the four files beside its own.</summary>
    /// <returns>What was shown.</returns>
    public static RunReport Render(string directory, SecretMask secrets)
    {
        secrets.Seal(directory);
        var report = RunReportReader.Read(directory);
        Write(report, "report.json", file => ReportJson.Write(file, report));
        Write(report, "junit.xml", file => ReportJUnit.Write(file, report));
        Write(report, "summary.md", file => Write(file, ReportMarkdown.Write(report)));
        Write(report, "report.html", file => Write(file, ReportHtml.Write(report)));
        return report;
    }

    // Written aside, as a page that is read while it is written would be half a page.
    private static void Write(RunReport report, string name, Action<Stream> write)
    {
        var aside = Path.Combine(report.Directory, $".{name}");
        using (var file = File.Create(aside))
            write(file);
        File.Move(aside, Path.Combine(report.Directory, name), overwrite: true);
    }

    private static void Write(Stream file, string text)
    {
        using var writer = new StreamWriter(file);
        writer.Write(text);
    }
}
