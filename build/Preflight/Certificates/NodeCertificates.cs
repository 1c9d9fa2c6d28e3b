using System.Security.Cryptography.X509Certificates;

namespace KubeLab.Preflight;

/// <summary>The certificates of a node, and what else it says that matters to them.</summary>
/// <param name="Certificates">Every certificate, in the order of the files.</param>
/// <param name="Keys">The service accounts' keys.</param>
/// <param name="Rotation">What the kubelet's configuration says of its own certificates; null where it says nothing.</param>
/// <param name="Problems">What can't be told of a file, and why; a path of null is the whole node's.</param>
public sealed partial record NodeCertificates(
    string Node, IReadOnlyList<NodeCertificate> Certificates, IReadOnlyList<ServiceAccountKey> Keys, KubeletRotation? Rotation,
    IReadOnlyList<CertificateProblem> Problems)
{
    /// <summary>A node of which nothing is known.</summary>
    public static NodeCertificates Unknown(string node, string why, string remedy) =>
        new(node, [], [], null, [new CertificateProblem(null, why, remedy, IsUnknown: true)]);

    /// <summary>Reads what <c>certificates.sh</c> says, however damaged.</summary>
    /// <param name="marker">The random word that it framed its files with.</param>
    public static NodeCertificates Parse(string node, string output, string marker)
    {
        var read = ProbeOutput.Parse(output, marker, []);
        var reading = new Reading();
        foreach (var lines in read.Sections.Values.Where(lines => lines.Count > 0))
            reading.Take(lines[0].Split(' ', 2), [.. lines.Skip(1)]);
        // What came before its end was lost is shown, and counts for nothing.
        if (!read.Complete)
            reading.Problems.Add(new CertificateProblem(
                null, read.Began ? "its answer did not come whole" : $"it gave no answer{Said(read)}",
                "Try it by hand: ./build.sh Ssh --node " + node, IsUnknown: true));
        return new NodeCertificates(node, reading.Certificates, reading.Keys, reading.Rotation, reading.Problems);
    }

    private static string Said(ProbeOutput read) => read.Said.Count == 0 ? "" : $": {string.Join(' ', read.Said)}";

    private sealed class Reading
    {
        private const string Unprivileged = "Make sure that sudo works there for the user that Ansible becomes.";

        public List<NodeCertificate> Certificates { get; } = [];

        public List<ServiceAccountKey> Keys { get; } = [];

        public KubeletRotation? Rotation { get; private set; }

        public List<CertificateProblem> Problems { get; } = [];

        public void Take(string[] what, IReadOnlyList<string> lines)
        {
            switch (what)
            {
                case ["user", var how] when how.StartsWith("refused", StringComparison.Ordinal):
                    Problems.Add(new CertificateProblem(null, $"privileges were {how}, and only root may read most files",
                        Unprivileged, IsUnknown: true));
                    break;
                case ["unreadable", var path]:
                    Problems.Add(new CertificateProblem(path, "it can't be read", Unprivileged, IsUnknown: true));
                    break;
                case ["certificates", var path]:
                    Add(path, string.Join('\n', lines));
                    break;
                case ["kubeconfig", var path]:
                    AddKubeconfig(path, lines);
                    break;
                case ["key", var path] when lines is ["encrypted"]:
                    Problems.Add(new CertificateProblem(path, "the key is encrypted, and no component can ask for its password",
                        "Put it there without a password, readable by root alone.", IsUnknown: false));
                    break;
                case ["public", var path]:
                    AddKey(path, string.Join('\n', lines));
                    break;
                case ["kubelet", _]:
                    Rotation = new KubeletRotation(
                        Flag(lines, "rotateCertificates") ?? Rotation?.Client,
                        Flag(lines, "serverTLSBootstrap") ?? Rotation?.Server);
                    break;
            }
        }

        private static bool? Flag(IReadOnlyList<string> lines, string name) => lines
            .Where(line => line.StartsWith($"{name}:", StringComparison.Ordinal))
            .Select(line => (bool?)line.EndsWith("true", StringComparison.Ordinal)).LastOrDefault();

        private void Add(string path, string pem, string? part = null)
        {
            var index = 0;
            try
            {
                for (var rest = pem.AsSpan(); PemEncoding.TryFind(rest, out var found); rest = rest[found.Location.End..])
                {
                    var der = Convert.FromBase64String(rest[found.Base64Data].ToString());
                    using var certificate = X509CertificateLoader.LoadCertificate(der);
                    Certificates.Add(NodeCertificate.Of(path, part, index++, certificate));
                }
            }
            catch (Exception exception) when (exception is CryptographicException or FormatException)
            {
                Damaged(path);
                return;
            }

            // A block that has lost its end, or that has no Base64 in it, is none that can be found.
            if (index == 0 || index != Begins().Count(pem))
                Damaged(path);
        }

        private void AddKubeconfig(string path, IReadOnlyList<string> lines)
        {
            // A long value goes on in lines of its own.
            var values = new List<(string Name, StringBuilder Value)>();
            foreach (var line in lines)
            {
                if (Field().Match(line) is { Success: true } field)
                    values.Add((field.Groups["name"].Value, new StringBuilder(field.Groups["value"].Value)));
                else if (values.Count > 0)
                    values[^1].Value.Append(line.Trim());
            }

            foreach (var (name, value) in values.Where(each => each.Name.EndsWith("-data", StringComparison.Ordinal)))
            {
                var buffer = new byte[value.Length];
                if (Convert.TryFromBase64String(value.ToString().Trim('"', '\''), buffer, out var length))
                    Add(path, Encoding.UTF8.GetString(buffer, 0, length), name[..^"-data".Length]);
                else
                    Damaged(path);
            }
        }

        private void AddKey(string path, string pem)
        {
            try
            {
                using var rsa = RSA.Create();
                using var elliptic = ECDsa.Create();
                byte[] info;
                try
                {
                    rsa.ImportFromPem(pem);
                    info = rsa.ExportSubjectPublicKeyInfo();
                }
                catch (Exception exception) when (exception is CryptographicException or ArgumentException)
                {
                    elliptic.ImportFromPem(pem);
                    info = elliptic.ExportSubjectPublicKeyInfo();
                }

                Keys.Add(new ServiceAccountKey(path, Convert.ToHexStringLower(SHA256.HashData(info))));
            }
            catch (Exception exception) when (exception is CryptographicException or ArgumentException)
            {
                Problems.Add(new CertificateProblem(path, "it holds no public key that can be read",
                    "Bring it from another control plane, with its key: all have to have the same.", IsUnknown: false));
            }
        }

        private void Damaged(string path) => Problems.Add(new CertificateProblem(
            path, "it holds no certificate that can be read, or one that is damaged",
            "Renew it, or bring it from a backup; whoever uses it does not start.", IsUnknown: false));
    }

    [GeneratedRegex("-----BEGIN CERTIFICATE-----", RegexOptions.NonBacktracking)]
    private static partial Regex Begins();

    [GeneratedRegex(@"^ *(?<name>server|client-certificate|client-certificate-data|certificate-authority-data): *(?<value>.*)$",
        RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Field();
}

/// <summary>A certificate on a node.</summary>
/// <param name="Part">What of a kubeconfig it is; null in a file of its own.</param>
/// <param name="Index">Its place in the file: a chain has several.</param>
/// <param name="Names">The names and addresses that it is for.</param>
/// <param name="UsedBy">Who uses it.</param>
public sealed record NodeCertificate(
    string File, string? Part, int Index, string Subject, string Issuer, IReadOnlyList<string> Names,
    DateTimeOffset NotBefore, DateTimeOffset NotAfter, string UsedBy, string Fingerprint)
{
    /// <summary>Whether it is an authority that a kubeconfig repeats.</summary>
    [JsonIgnore]
    public bool IsRepeated => Part == "certificate-authority";

    /// <summary>Where it is, as people read it.</summary>
    [JsonIgnore]
    public string Place => $"{File}{(Part is null ? "" : $" ({Part})")}{(Index == 0 ? "" : $", certificate {Index + 1}")}";

    /// <summary>How many days are left; less than 0 once it has expired.</summary>
    public int DaysLeft(DateTimeOffset now) => (int)Math.Floor((NotAfter - now).TotalDays);

    /// <summary>A certificate of a file.</summary>
    public static NodeCertificate Of(string file, string? part, int index, X509Certificate2 certificate) => new(
        file, part, index, certificate.Subject, certificate.Issuer, NamesOf(certificate),
        new DateTimeOffset(certificate.NotBefore.ToUniversalTime()),
        new DateTimeOffset(certificate.NotAfter.ToUniversalTime()), CertificateUse.Of(file),
        Convert.ToHexStringLower(SHA256.HashData(certificate.RawData)));

    private static IReadOnlyList<string> NamesOf(X509Certificate2 certificate)
    {
        try
        {
            return [.. certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>().SelectMany(extension =>
                extension.EnumerateDnsNames().Concat(extension.EnumerateIPAddresses().Select(address => $"{address}")))];
        }
        catch (CryptographicException)
        {
            // Its dates still count.
            return [];
        }
    }
}

/// <summary>A key by which API servers tell their service accounts' tokens: it doesn't expire, and all need the
/// same.</summary>
/// <param name="Fingerprint">The SHA-256 of its public half.</param>
public sealed record ServiceAccountKey(string File, string Fingerprint);

/// <summary>Whether a kubelet renews its own certificates.</summary>
/// <param name="Client">The one that it shows the API server; null where it isn't said, which means no.</param>
/// <param name="Server">Whether the one that it serves with comes from the cluster; else it signs its own.</param>
public sealed record KubeletRotation(bool? Client, bool? Server);

/// <summary>What is wrong with a file, or can't be told of it.</summary>
public sealed record CertificateProblem(string? File, string Why, string Remedy, bool IsUnknown);

/// <summary>Who uses a certificate, and how it is renewed: by the names that kubeadm and Kubespray give their files.</summary>
internal static class CertificateUse
{
    private const string Authority =
        "An authority is made anew with all that it has signed: kubernetes.io, \"Manual Rotation of CA Certificates\".";
    private const string Kubelet = "The kubelet renews it by itself; if it doesn't, journalctl -u kubelet there says why.";
    private const string EtcdOfKubespray =
        "Move it and its key away on the first member of etcd, and run ./build.sh InstallCluster, which makes what is missing.";

    private static readonly (string End, string UsedBy, string Renewal)[] Known =
    [
        ("/etcd/ca.crt", "etcd's authority", Authority),
        ("/front-proxy-ca.crt", "the authority of the API's aggregation", Authority),
        ("/ca.crt", "the cluster's authority", Authority), ("/ca.pem", "etcd's authority", Authority),
        ("/apiserver.crt", "the API server", Kubeadm("apiserver")),
        ("/apiserver-kubelet-client.crt", "the API server, to kubelets", Kubeadm("apiserver-kubelet-client")),
        ("/apiserver-etcd-client.crt", "the API server, to etcd", Kubeadm("apiserver-etcd-client")),
        ("/front-proxy-client.crt", "the API server, to aggregated APIs", Kubeadm("front-proxy-client")),
        ("/etcd/server.crt", "etcd, to its clients", Kubeadm("etcd-server")),
        ("/etcd/peer.crt", "etcd, between its members", Kubeadm("etcd-peer")),
        ("/etcd/healthcheck-client.crt", "etcd's probes", Kubeadm("etcd-healthcheck-client")),
        ("/super-admin.conf", "administrators, past all rules", Kubeadm("super-admin.conf")),
        ("/admin.conf", "administrators", Kubeadm("admin.conf")),
        ("/.kube/config", "root's kubectl", "Copy /etc/kubernetes/admin.conf there, once that is renewed."),
        ("/controller-manager.conf", "the controller manager", Kubeadm("controller-manager.conf")),
        ("/scheduler.conf", "the scheduler", Kubeadm("scheduler.conf")),
        ("/bootstrap-kubelet.conf", "the kubelet, to join", Kubelet),
        ("/kubelet-client-current.pem", "the kubelet, to the API server", Kubelet),
        ("/kubelet.conf", "the kubelet, to the API server", Kubelet),
        ("/kubelet-server-current.pem", "the kubelet, to who asks it", Kubelet),
        ("/kubelet.crt", "the kubelet, to who asks it", Kubelet),
    ];

    /// <summary>Who uses it.</summary>
    public static string Of(string file) => Find(file)?.UsedBy ?? Path.GetFileName(file) switch
    {
        var name when name.StartsWith("member-", StringComparison.Ordinal) => "etcd, to its clients and between its members",
        var name when name.StartsWith("node-", StringComparison.Ordinal) => "the node's clients of etcd",
        var name when name.StartsWith("admin-", StringComparison.Ordinal) => "etcdctl",
        _ when file.Contains("/calico/") => "Calico, to etcd",
        _ => "not known",
    };

    /// <summary>How it is renewed.</summary>
    public static string Renewal(string file) => Find(file)?.Renewal
        ?? (file.Contains("/etcd/") ? EtcdOfKubespray : "Renew it where it was made.");

    private static string Kubeadm(string name) => $"kubeadm certs renew {name} there; then the component has to start anew.";

    private static (string End, string UsedBy, string Renewal)? Find(string file) =>
        Array.FindIndex(Known, each => file.EndsWith(each.End, StringComparison.Ordinal)) is >= 0 and var at ? Known[at] : null;
}
