using KubeLab.Preflight;

namespace KubeLab.Reports;

/// <summary>Every certificate of every node, those first that end first, and the service accounts' keys.</summary>
internal static class CertificatesSection
{
    public static Markup Write(RunReport report)
    {
        if (report.Certificates is not { } certificates)
            return Markup.None;
        var rows = certificates.Rows.Select(row => Row(row.Node, row.Certificate, certificates.At));
        var keys = certificates.Nodes.SelectMany(node => node.Keys.Select(key => (node.Node, Key: key))).ToList();
        Markup content = $"""
            {HtmlParts.Table("Certificates", ["Node", "File", ":Days", "Until", "Issuer", "Names", "Used by"], rows)}
            {HtmlParts.If(keys.Count > 0, HtmlParts.Table("Service accounts' keys", ["Node", "File", "SHA-256"], keys.Select(
                each => (Markup)$"<tr><td>{each.Node}</td><td>{each.Key.File}</td><td><code>{each.Key.Fingerprint}</code></td></tr>")))}
            """;
        return HtmlParts.Section("certificates", "Certificates", content);
    }

    private static Markup Row(string node, NodeCertificate each, DateTimeOffset now) =>
        $"<tr><td>{node}</td><td>{each.Place}</td><td class=\"num\">{each.DaysLeft(now)}</td><td>{each.NotAfter.ToString("yyyy-MM-dd")}</td>"
        + $"<td>{each.Issuer}</td><td>{string.Join(", ", each.Names)}</td><td>{each.UsedBy}</td></tr>";
}
