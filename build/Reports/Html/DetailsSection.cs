using KubeLab.Records;

namespace KubeLab.Reports;

/// <summary>What the run was made with, the exact commands, and the files of the record.</summary>
internal static class DetailsSection
{
    public static Markup Write(RunReport report)
    {
        var versions = report.Outcome?.Versions;
        (string Name, string? Value)[] facts =
        [
            ("KubeLab", versions?.KubeLab), ("Distribution", versions?.Distribution ?? report.Preflight?.Distribution), ("Commit", versions?.Commit),
            ("Ansible", versions?.Ansible), ("Kubernetes", versions?.Kubernetes), ("kubectl", report.Smoke?.Kubectl),
            ("API server", report.Smoke?.Server),
        ];
        Markup content = $"""
            <dl class="versions">{Markup.Join(facts.Where(fact => fact.Value is { Length: > 0 }).Select(fact => HtmlParts.Of($"<div><dt>{fact.Name}</dt><dd>{fact.Value}</dd></div>")))}</dl>
            {(report.Commands.Count == 0 ? Markup.None : HtmlParts.Of($"<h3>Commands</h3>{Markup.Join(report.Commands.Select(HtmlParts.Command))}"))}
            {(report.Files.Count == 0 ? Markup.None : HtmlParts.Of($"<h3>Files of the record</h3><ul class=\"files\">{Markup.Join(report.Files.Select(file => HtmlParts.Of($"<li><code>{file}</code></li>")))}</ul>"))}
            """;
        return HtmlParts.Section("details", "Versions and commands", content);
    }
}
