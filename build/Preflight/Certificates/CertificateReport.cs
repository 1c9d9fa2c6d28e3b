namespace KubeLab.Preflight;

/// <summary>The certificates of a cluster, node by node. It is kept as <c>certificates.json</c>.</summary>
/// <param name="Cluster">The cluster's name.</param>
/// <param name="At">When it was asked for.</param>
public sealed record CertificateReport(string Cluster, DateTimeOffset At, IReadOnlyList<NodeCertificates> Nodes)
{
    /// <summary>The file's name in the run's record.</summary>
    public static string FileName => "certificates.json";

    private const int CurrentVersion = 1;

    /// <summary>The version of the format: it rises when a reader of an older one could misread a newer one.</summary>
    public int Version => CurrentVersion;

    /// <summary>Every certificate once for a file, those first that end first; authorities that kubeconfigs repeat are left
    /// out.</summary>
    [JsonIgnore]
    public IReadOnlyList<(string Node, NodeCertificate Certificate)> Rows => [.. Nodes
        .SelectMany(node => node.Certificates.Where(each => !each.IsRepeated).Select(each => (node.Node, each)))
        .OrderBy(row => row.each.NotAfter).ThenBy(row => row.Node, StringComparer.Ordinal)];

    /// <summary>Reads a file of this format.</summary>
    /// <exception cref="JsonException">The text is no such JSON, or of a newer version.</exception>
    public static CertificateReport Read(ReadOnlySpan<byte> file) => RecordJson.Read<CertificateReport>(file, CurrentVersion);

    /// <summary>This report with each of its texts that a node said changed.</summary>
    public CertificateReport With(Func<string, string> change) => this with
    {
        Nodes = [.. Nodes.Select(node => node with
        {
            Node = change(node.Node),
            Certificates = [.. node.Certificates.Select(each => each with
            {
                File = change(each.File),
                Subject = change(each.Subject),
                Issuer = change(each.Issuer),
                Names = [.. each.Names.Select(change)],
            })],
            Keys = [.. node.Keys.Select(each => each with { File = change(each.File) })],
            Problems = [.. node.Problems.Select(each => each with
            { File = each.File is null ? null : change(each.File), Why = change(each.Why), Remedy = change(each.Remedy) })],
        })],
    };

    /// <summary>What is to be said of them.</summary>
    /// <param name="reserve">How long each has to be valid still.</param>
    /// <param name="inCluster">The nodes that run Kubernetes, so that there have to be some.</param>
    public IReadOnlyList<Finding> Judge(TimeSpan reserve, IReadOnlyCollection<string> inCluster) =>
    [
        .. Nodes.SelectMany(node => OfFiles(node, reserve)), .. OfKeys(),
        .. Nodes.Where(node => node.Problems.Count == 0 && inCluster.Contains(node.Node)).SelectMany(OfKubelet),
    ];

    private IEnumerable<Finding> OfFiles(NodeCertificates node, TimeSpan reserve)
    {
        foreach (var problem in node.Problems)
            yield return Found("certificates", node.Node, FindingStatus.Failed,
                problem.File is null ? $"{node.Node}: {problem.Why}" : $"{node.Node}: {problem.File}: {problem.Why}") with
            { Remedy = problem.Remedy, Unknown = problem.IsUnknown, Subject = problem.File };
        if (node is { Problems.Count: 0, Certificates.Count: 0 })
            yield return Found("certificates", node.Node, FindingStatus.Failed,
                $"{node.Node} has no certificate where they are looked for") with
            {
                Remedy = "Deploy it; or name the folder where they lie, kube_cert_dir or etcd_cert_dir, in the inventory.",
                Unknown = true,
            };
        foreach (var each in node.Certificates.Where(each => !each.IsRepeated))
        {
            var days = each.DaysLeft(At);
            var (status, words) = each.NotAfter < At
                ? (FindingStatus.Failed,
                    $"has expired {(int)(At - each.NotAfter).TotalDays} days ago, on {each.NotAfter:yyyy-MM-dd}")
                : each.NotBefore > At
                ? (FindingStatus.Failed, $"is only valid from {each.NotBefore:yyyy-MM-dd HH:mm} UTC on: are the clocks right?")
                : each.NotAfter - At < reserve ? (FindingStatus.Warning, $"ends in {days} days, on {each.NotAfter:yyyy-MM-dd}")
                : (FindingStatus.Passed, $"is good for {days} days, until {each.NotAfter:yyyy-MM-dd}");
            yield return Found("certificates", node.Node, status,
                $"{node.Node}: {each.Place} {words}; it is used by {each.UsedBy}, and {each.Issuer} has signed it") with
            {
                Subject = each.Place,
                Observed = Measure.Of(days, "days"),
                Required = Measure.Of(reserve.TotalDays, "days"),
                Remedy = status == FindingStatus.Passed ? null : CertificateUse.Renewal(each.File),
            };
        }
    }

    // A token that one API server has signed is refused by one with another key.
    private IEnumerable<Finding> OfKeys()
    {
        var keys = Nodes.SelectMany(node => node.Keys.Select(key => (node.Node, key.File, key.Fingerprint))).ToList();
        var kinds = keys.GroupBy(key => key.Fingerprint).ToList();
        if (kinds.Count == 1)
            yield return Found("service-account-keys", null, FindingStatus.Passed,
                $"the service accounts' key is the same wherever it was seen: SHA-256 {kinds[0].Key}");
        else if (kinds.Count > 1)
            yield return Found("service-account-keys", null, FindingStatus.Failed,
                $"The service accounts' keys are not the same: {string.Join("; ", kinds.Select(kind => $"SHA-256 {kind.Key[..16]} is {string.Join(", ", kind.Select(key => $"{key.File} on {key.Node}"))}"))}") with
            { Remedy = "Copy sa.key and sa.pub of the control plane whose tokens are in use to the others, and start their API servers and controller managers anew." };
    }

    private static IEnumerable<Finding> OfKubelet(NodeCertificates node) =>
    [
        node.Rotation switch
        {
            null => Found("kubelet-rotation", node.Node, FindingStatus.Skipped,
                $"{node.Node}: no kubelet's configuration says whether it renews its certificates"),
            { Client: true } rotation => Found("kubelet-rotation", node.Node, FindingStatus.Passed,
                $"the kubelet renews its client's certificate; the one that it serves with {(rotation.Server == true ? "comes from the cluster" : "it signs itself")}"),
            _ => Found("kubelet-rotation", node.Node, FindingStatus.Warning,
                $"{node.Node}: the kubelet does not renew its client's certificate, and leaves the cluster when that ends") with
            { Remedy = "Set rotateCertificates: true in its configuration (kubelet_rotate_certificates in the inventory)." },
        },
    ];

    private static Finding Found(string check, string? node, FindingStatus status, string message) => new(check, check switch
    {
        "certificates" => "Certificates are valid",
        "service-account-keys" => "The service accounts' key is the same on all control planes",
        _ => "Kubelets renew their own certificates",
    }, node, status, message);
}

/// <summary>Shows certificates on the console: a line each, those first that end first.</summary>
public sealed class CertificateTable(ConsoleLog log)
{
    // With more, those that are good for long only hide the others.
    private const int Most = 60;

    /// <summary>Shows them.</summary>
    public void Show(CertificateReport report)
    {
        var table = new ConsoleTable().Names("node").Wide("file").Figures("days").Names("until").Wide("issuer").Wide("used by");
        foreach (var (node, each) in report.Rows.Take(Most))
            table.Row(node, each.Place, $"{each.DaysLeft(report.At)}", $"{each.NotAfter:yyyy-MM-dd}", each.Issuer, each.UsedBy);
        if (report.Rows.Count > 0)
            table.Show(log);
        if (report.Rows.Count > Most)
            log.Info($"  and {report.Rows.Count - Most} more that end later; {CertificateReport.FileName} has all of them");
        foreach (var key in report.Nodes.SelectMany(node => node.Keys.Select(key => (node.Node, key))))
            log.Info($"  {key.Node}: {key.key.File} SHA-256 {key.key.Fingerprint}");
    }
}
