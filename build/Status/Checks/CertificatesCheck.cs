using KubeLab.Preflight;

namespace KubeLab.Status;

/// <summary>Certificates are valid for long enough, and signed by authorities of this cluster.</summary>
internal sealed class CertificatesCheck : IStatusCheck
{
    public string Id => "certificates";
    public string Title => "Certificates are valid and of this cluster";
    public int Rank => 40;

    public Task<IReadOnlyList<Finding>> JudgeAsync(StatusScene scene, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<Finding>>(scene.Certificates is { } report ? [.. Judge(scene, report)] : []);

    private static IEnumerable<Finding> Judge(StatusScene scene, CertificateReport report)
    {
        var answering = report.Nodes.Where(node => scene.Of(node.Node) is { Problem: null, HostKey: null }).ToList();
        var judged = (report with { Nodes = answering }).Judge(
            scene.CertificateReserve, [.. scene.Joined.Select(node => node.Name)]);
        foreach (var finding in judged.Where(finding => finding.Status >= FindingStatus.Warning))
            yield return finding with { Remedy = $"{finding.Remedy} {Deploys(finding)}".Trim() };
        var foreign = Foreign(answering).ToList();
        foreach (var (node, certificate) in foreign)
        {
            yield return Finding.Broken(
                node, $"{certificate.Place} is signed by {certificate.Issuer}, which is no authority of this cluster",
                "Put the right one back, or renew it: ./build.sh RenewCertificates. A Deploy leaves certificates that are there.");
        }

        var all = report.Rows.Select(row => row.Certificate).ToList();
        if (all.Count > 0 && foreign.Count == 0)
            yield return Finding.Same($"{all.Count} certificates; the first ends in {all[0].DaysLeft(report.At)} days");
    }

    private static string Deploys(Finding finding) => finding.Check == "certificates"
        ? "A Deploy leaves certificates that are there." : "";

    // Kubelets sign what they serve with by themselves, unless the cluster does it.
    private static IEnumerable<(string Node, NodeCertificate Certificate)> Foreign(IReadOnlyList<NodeCertificates> nodes)
    {
        var authorities = nodes.SelectMany(node => node.Certificates).Where(IsAuthority)
            .Select(certificate => certificate.Subject).ToHashSet();
        return nodes.SelectMany(node => node.Certificates.Select(certificate => (node.Node, certificate)))
            .Where(each => authorities.Count > 0 && !IsAuthority(each.certificate)
                && !each.certificate.File.StartsWith("/var/lib/kubelet/", StringComparison.Ordinal)
                && !authorities.Contains(each.certificate.Issuer));
    }

    private static bool IsAuthority(NodeCertificate certificate) =>
        certificate.IsRepeated || Path.GetFileName(certificate.File) is "ca.crt" or "ca.pem" or "front-proxy-ca.crt";
}
