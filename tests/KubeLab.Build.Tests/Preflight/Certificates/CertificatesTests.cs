using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using CsCheck;
using KubeLab.Clusters;
using KubeLab.Preflight;
using KubeLab.Ssh;
using KubeLab.Tests.Machines;

namespace KubeLab.Tests.Preflight;

/// <summary>Real certificates, told by the real script on a node that a real sshd leads to.</summary>
public sealed class CertificatesTests : IDisposable
{
    private static readonly DateTimeOffset Now = new(2026, 11, 30, 12, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Reserve = TimeSpan.FromDays(30);
    private static readonly CommandRunner Commands = new();

    // No line of Base64 begins with it.
    private const string Mark = "kubelab-1";

    private readonly TemporaryDirectory directory = new();
    private readonly RSA key = RSA.Create(2048);

    [Fact]
    public async Task I_see_every_certificate_of_a_node_with_its_days_names_issuer_and_use_and_no_key()
    {
        await using var sshd = await LoopbackSshd.StartAsync();
        Pem("pki/ca.crt", Issue("kubernetes", 3650));
        Pem("pki/apiserver.crt", Issue("kube-apiserver", 365, "k8s-m0", "192.0.2.10"));
        Pem("ssl/member-k8s-m0.pem", Issue("etcd-member", 36500), Issue("etcd-ca", 36500));
        directory.Write("ssl/member-k8s-m0-key.pem", key.ExportPkcs8PrivateKeyPem());
        directory.Write("kubelet/kubelet-client-current.pem", $"{Issue("system:node:k8s-m0", 200).ExportCertificatePem()}\n{key.ExportPkcs8PrivateKeyPem()}\n");
        directory.Write("pki/sa.key", key.ExportRSAPrivateKeyPem());
        directory.Write("pki/sa.pub", key.ExportSubjectPublicKeyInfoPem());
        Kubeconfig("config/admin.conf", Issue("kubernetes-admin", 364), Issue("kubernetes", 3650));
        // Kubespray has kubeadm's folder as a link.
        File.CreateSymbolicLink(directory.File("linked"), directory.File("pki"));

        var (found, output) = await AskAsync(sshd, "pki", "linked", "ssl", "kubelet", "absent");

        found.Problems.ShouldBeEmpty();
        found.Certificates.Select(each => $"{each.Place.Replace(directory.Path, "", StringComparison.Ordinal)}: {each.Subject}, {each.DaysLeft(Now)} days, {each.UsedBy}").ShouldBe([
            "/pki/apiserver.crt: CN=kube-apiserver, 365 days, the API server",
            "/pki/ca.crt: CN=kubernetes, 3650 days, the cluster's authority",
            "/ssl/member-k8s-m0.pem: CN=etcd-member, 36500 days, etcd, to its clients and between its members",
            "/ssl/member-k8s-m0.pem, certificate 2: CN=etcd-ca, 36500 days, etcd, to its clients and between its members",
            "/kubelet/kubelet-client-current.pem: CN=system:node:k8s-m0, 200 days, the kubelet, to the API server",
            "/config/admin.conf (certificate-authority): CN=kubernetes, 3650 days, administrators",
            "/config/admin.conf (client-certificate): CN=kubernetes-admin, 364 days, administrators",
        ]);
        found.Certificates[0].Names.ShouldBe(["k8s-m0", "192.0.2.10"]);
        found.Certificates[0].Issuer.ShouldBe("CN=authority");
        found.Keys.Select(each => each.Fingerprint).Distinct().ShouldBe([Convert.ToHexStringLower(SHA256.HashData(key.ExportSubjectPublicKeyInfo()))]);
        found.Keys.Count.ShouldBe(2);
        output.ShouldNotContain("PRIVATE");
        output.ShouldNotContain(key.ExportPkcs8PrivateKeyPem().Split('\n')[5]);
        output.ShouldNotContain("c2VjcmV0");
    }

    [Fact]
    public async Task I_am_told_of_what_has_expired_is_not_valid_yet_damaged_encrypted_or_no_certificate()
    {
        await using var sshd = await LoopbackSshd.StartAsync();
        Pem("pki/apiserver.crt", Issue("late", -3));
        Pem("pki/front-proxy-client.crt", Issue("early", 365, from: 2));
        Pem("pki/apiserver-kubelet-client.crt", Issue("soon", 9));
        var good = Issue("cut", 365).ExportCertificatePem();
        directory.Write("pki/cut.crt", $"{good[..400]}\n{key.ExportPkcs8PrivateKeyPem()}");
        directory.Write("pki/bent.crt", good.Replace("MII", "AAA", StringComparison.Ordinal));
        directory.Write("pki/second-cut.crt", $"{good}\n{good[..^30]}");
        directory.Write("pki/empty.crt", "");
        File.WriteAllBytes(directory.File("pki/der.crt"), Issue("der", 365).RawData);
        directory.Write("pki/locked.key", key.ExportEncryptedPkcs8PrivateKeyPem("secret", new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1000)));
        directory.Write("pki/sa.pub", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n");
        directory.Write("pki/wrong.pub", key.ExportPkcs8PrivateKeyPem());
        directory.Write("config/scheduler.conf", "users:\n- user:\n    client-certificate-data: '%%%'\n");

        var (found, output) = await AskAsync(sshd, "pki");

        var said = Said(found);
        said.ShouldContain(line => line.StartsWith("Failed k8s-m0: /pki/apiserver.crt has expired 3 days ago, on 2026-11-27; it is used by the API server"));
        said.ShouldContain(line => line.StartsWith("Failed k8s-m0: /pki/front-proxy-client.crt is only valid from 2026-12-02 12:00 UTC on"));
        said.ShouldContain(line => line.StartsWith("Warning k8s-m0: /pki/apiserver-kubelet-client.crt ends in 9 days"));
        foreach (var damaged in new[] { "cut.crt", "bent.crt", "second-cut.crt", "empty.crt", "der.crt" })
            said.ShouldContain($"Failed k8s-m0: /pki/{damaged}: it holds no certificate that can be read, or one that is damaged");
        said.ShouldContain("Failed k8s-m0: /config/scheduler.conf: it holds no certificate that can be read, or one that is damaged");
        said.ShouldContain("Failed k8s-m0: /pki/locked.key: the key is encrypted, and no component can ask for its password");
        said.ShouldContain("Failed k8s-m0: /pki/sa.pub: it holds no public key that can be read");
        said.ShouldContain("Failed k8s-m0: /pki/wrong.pub: it holds no public key that can be read");
        output.ShouldNotContain(key.ExportPkcs8PrivateKeyPem().Split('\n')[5]);
        new CertificateReport("mine", Now, [found]).Judge(Reserve, []).Where(finding => finding.Status >= FindingStatus.Warning)
            .ShouldAllBe(finding => !string.IsNullOrEmpty(finding.Remedy));
    }

    [Fact]
    public async Task What_cannot_be_read_is_unknown_and_never_passes()
    {
        var request = new ProbeRequest { Marker = "MARKER", BecomeUser = "another", BecomeMethod = "none-such" };
        Pem("pki/ca.crt", Issue("kubernetes", 3650));

        var result = await RunAsync(ProbeScript.ForCertificates(request, [directory.File("pki")], []));
        var found = NodeCertificates.Parse("k8s-m0", result, "MARKER");

        found.Problems.ShouldHaveSingleItem().Why.ShouldContain("privileges were refused by none-such");
        new CertificateReport("mine", Now, [found]).Judge(Reserve, ["k8s-m0"]).Count(finding => finding is { Status: FindingStatus.Failed, Unknown: true }).ShouldBe(1);
    }

    [Fact]
    public async Task I_am_told_of_a_node_that_does_not_answer()
    {
        var cluster = new Cluster("mine", directory.Path, directory.File("inventory.ini"), new ClusterSettings(), directory.File("artifacts"));
        var shell = new OpenSshShell(new SshOptions(cluster), Commands);

        var found = await Prober(shell, cluster).AskAsync(Nodes.On("k8s-m0", "127.0.0.1", LoopbackSshd.FreePort()), [], []);

        var finding = new CertificateReport("mine", Now, [found]).Judge(Reserve, ["k8s-m0"]).ShouldHaveSingleItem();
        (finding.Status, finding.Unknown).ShouldBe((FindingStatus.Failed, true));
        finding.Message.ShouldStartWith("k8s-m0: ");
    }

    [Fact]
    public void Control_planes_with_different_keys_for_service_accounts_are_told_apart()
    {
        static NodeCertificates Node(string name, string fingerprint) => new(name, [], [new("/etc/kubernetes/pki/sa.pub", fingerprint)], null, []);
        var (one, other) = (new string('a', 64), new string('b', 64));

        Judge(Node("m0", one), Node("m1", one)).ShouldContain(finding => finding.Check == "service-account-keys" && finding.Status == FindingStatus.Passed);
        var failed = Judge(Node("m0", one), Node("m1", other)).Single(finding => finding.Check == "service-account-keys");
        failed.Status.ShouldBe(FindingStatus.Failed);
        failed.Message.ShouldContain("is /etc/kubernetes/pki/sa.pub on m1");
    }

    [Theory]
    [InlineData(true, true, FindingStatus.Passed)]
    [InlineData(true, null, FindingStatus.Passed)]
    [InlineData(false, true, FindingStatus.Warning)]
    [InlineData(null, null, FindingStatus.Warning)]
    public void I_see_whether_a_kubelet_renews_its_certificates(bool? client, bool? server, FindingStatus status) =>
        Judge(new NodeCertificates("k8s-n0", [], [], new KubeletRotation(client, server), []))
            .ShouldContain(finding => finding.Check == "kubelet-rotation" && finding.Status == status);

    [Fact]
    public void I_read_the_kubelets_configuration()
    {
        var found = NodeCertificates.Parse("k8s-n0", Framed("kubelet /var/lib/kubelet/config.yaml\nrotateCertificates: true\nserverTLSBootstrap: false\n"), Mark);

        found.Rotation.ShouldBe(new KubeletRotation(true, false));
    }

    [Fact]
    public void No_damaged_answer_passes_for_a_whole_one()
    {
        var answer = Framed($"certificates /etc/kubernetes/pki/ca.crt\n{Issue("kubernetes", 3650).ExportCertificatePem()}\n");
        NodeCertificates.Parse("k8s-m0", answer, Mark).Certificates.Count.ShouldBe(1);

        Gen.Select(Gen.Int[0, answer.Length], Gen.Int[0, answer.Length], Gen.String[0, 12]).Sample((one, other, said) =>
        {
            var damaged = answer[..Math.Min(one, other)] + said + answer[Math.Max(one, other)..];
            var found = NodeCertificates.Parse("k8s-m0", damaged, Mark);
            if (found.Problems.Count == 0)
                found.Certificates.ShouldHaveSingleItem().Subject.ShouldBe("CN=kubernetes");
        }, iter: 500);
    }

    [Fact]
    public void I_read_the_record_again()
    {
        var report = new CertificateReport("mine", Now, [new("k8s-m0",
            [NodeCertificate.Of("/etc/kubernetes/pki/apiserver.crt", null, 0, Issue("kube-apiserver", 100, "k8s-m0"))],
            [new("/etc/kubernetes/pki/sa.pub", "ab")], new(true, null), [new("/x", "it can't be read", "Mend it.", true)])]);

        RecordJson.Write(CertificateReport.Read(Encoding.UTF8.GetBytes(RecordJson.Write(report)))).ShouldBe(RecordJson.Write(report));
    }

    public void Dispose()
    {
        key.Dispose();
        directory.Dispose();
    }

    private static IReadOnlyList<Finding> Judge(params NodeCertificates[] nodes) =>
        new CertificateReport("mine", Now, nodes).Judge(Reserve, [.. nodes.Select(node => node.Node)]);

    private IReadOnlyList<string> Said(NodeCertificates found) => [.. new CertificateReport("mine", Now, [found]).Judge(Reserve, [])
        .Select(finding => $"{finding.Status} {finding.Message.Replace(directory.Path, "", StringComparison.Ordinal)}")];

    private static string Framed(string body) => $"\n{Mark} hello\n\n{Mark} begin 1\n{body}{Mark} end 1 {Encoding.UTF8.GetByteCount(body)}\n{Mark} done 1\n";

    private static CertificateProber Prober(INodeShell shell, Cluster cluster) =>
        new(shell, new NodeProber(shell, cluster.Settings, TimeProvider.System));

    private async Task<(NodeCertificates Found, string Output)> AskAsync(LoopbackSshd sshd, params string[] folders)
    {
        var cluster = sshd.Cluster();
        var shell = new Listening(new OpenSshShell(new SshOptions(cluster), Commands));
        var found = await Prober(shell, cluster).AskAsync(
            Nodes.On("k8s-m0", "127.0.0.1", sshd.Port), [.. folders.Select(directory.File)], [directory.File("config")]);
        return (found, shell.Output);
    }

    private static async Task<string> RunAsync(NodeCommand command) => (await Commands.RunAsync(
        new CommandLine(command.Words[0], [.. command.Words.Skip(1)]) { StandardInput = command.StandardInput })).StandardOutput;

    private void Pem(string file, params X509Certificate2[] certificates) =>
        directory.Write(file, string.Concat(certificates.Select(each => $"{each.ExportCertificatePem()}\n")));

    private void Kubeconfig(string file, X509Certificate2 client, X509Certificate2 authority)
    {
        static string Data(X509Certificate2 certificate) => Convert.ToBase64String(Encoding.UTF8.GetBytes($"{certificate.ExportCertificatePem()}\n"));
        directory.Write(file, $"""
            clusters:
            - cluster:
                certificate-authority-data: {Data(authority)}
                server: https://192.0.2.10:6443
            users:
            - user:
                client-certificate-data: {Data(client)}
                client-key-data: c2VjcmV0

            """);
    }

    private X509Certificate2 Issue(string name, int days, params string[] names) => Issue(name, days, -4000, names);

    private X509Certificate2 Issue(string name, int days, int from, params string[] names)
    {
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var alternatives = new SubjectAlternativeNameBuilder();
        foreach (var each in names)
        {
            if (System.Net.IPAddress.TryParse(each, out var address))
                alternatives.AddIpAddress(address);
            else
                alternatives.AddDnsName(each);
        }

        if (names.Length > 0)
            request.CertificateExtensions.Add(alternatives.Build());
        return request.Create(
            new X500DistinguishedName("CN=authority"), X509SignatureGenerator.CreateForRSA(key, RSASignaturePadding.Pkcs1),
            Now.AddDays(from), Now.AddDays(days), [1, 2, 3]);
    }

    private sealed class Listening(INodeShell shell) : INodeShell
    {
        public string Output { get; private set; } = "";

        public async Task<NodeResult> RunAsync(Node node, NodeCommand command, CancellationToken cancellationToken = default)
        {
            var result = await shell.RunAsync(node, command, cancellationToken);
            Output = result.Output + result.Error;
            return result;
        }
    }
}
