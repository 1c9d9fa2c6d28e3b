using KubeLab.Records;

namespace KubeLab.Reports;

/// <summary>What the run was made with, the exact commands, and the files of the record.</summary>
internal static class DetailsSection
{
    public static Markup Write(RunReport report)
    {
        var versions = report.Outcome?.Versions;
        (string Name, string? Value)[] facts = [
            ("KubeLab", versions?.KubeLab), ("Distribution", versions?.Distribution ?? report.Preflight?.Distribution),
            ("Commit", versions?.Commit), ("Ansible", versions?.Ansible), ("Kubernetes", versions?.Kubernetes),
            ("kubectl", report.Smoke?.Kubectl), ("API server", report.Smoke?.Server),
        ];
        var files = Markup.Join(report.Files, file => $"<li><code>{file}</code></li>");
        Markup content = $"""
            {HtmlParts.Facts("versions", facts)}
            {HtmlParts.If(report.Commands.Count > 0, $"<h3>Commands</h3>{Markup.Join(report.Commands, HtmlParts.Command)}")}
            {HtmlParts.If(report.Files.Count > 0, $"<h3>Files of the record</h3><ul class=\"files\">{files}</ul>")}
            """;
        return HtmlParts.Section("details", "Versions and commands", content);
    }
}
