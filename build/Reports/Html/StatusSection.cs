namespace KubeLab.Reports;

/// <summary>The files that are not as the release would write them now, and those that could not be compared.</summary>
internal static class StatusSection
{
    public static Markup Write(RunReport report)
    {
        if (report.Status is not { } status || (status.Files.Count == 0 && status.NotCompared.Count == 0))
            return Markup.None;
        var files = Markup.Join(status.Files, file =>
            $"<h3>{file.Node}: {file.Path}</h3><pre>{(file.IsMissing ? "is not there" : string.Join('\n', file.Lines))}</pre>");
        var others = status.NotCompared.Select(file =>
            (Markup)$"<tr><th scope=\"row\">{file.Node}</th><td><code>{file.Path}</code></td><td>{file.Reason}</td></tr>");
        Markup content = $"""
            {files}
            {HtmlParts.If(status.NotCompared.Count > 0, HtmlParts.Table("Not compared", ["Node", "File", "Why"], others))}
            """;
        return HtmlParts.Section("status", "Files", content, "- is there, + a Deploy would write.");
    }
}
