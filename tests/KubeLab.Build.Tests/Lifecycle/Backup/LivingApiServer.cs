using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using KubeLab.Tests.Machines;

namespace KubeLab.Tests.Lifecycle;

/// <summary>A node with a real etcd and a real API server on it, that of the lab's image or of this machine; started by the first
/// test that asks.</summary>
public sealed class LivingApiServer : IAsyncDisposable
{
    private const string Manifest = """
        spec:
          containers:
          - command:
            - kube-apiserver
            - --advertise-address=192.0.2.10
            - --audit-log-path=/nowhere/audit.log
            - --authorization-mode=Node,RBAC
            - --client-ca-file=/etc/kubernetes/ssl/ca.crt
            - --encryption-provider-config=/etc/kubernetes/ssl/secrets_encryption.yaml
            - --etcd-servers=https://192.0.2.10:2379
            - --service-account-issuer=https://kubernetes.default.svc.cluster.local
            - --service-account-key-file=/etc/kubernetes/ssl/sa.pub
            - --service-account-signing-key-file=/etc/kubernetes/ssl/sa.key
            - --service-cluster-ip-range=10.96.0.0/12

        """;

    private readonly TemporaryDirectory directory = new();
    private EtcdMachines? machines;

    private static string Encryption(byte key) =>
        $$"""
        apiVersion: apiserver.config.k8s.io/v1
        kind: EncryptionConfiguration
        resources: [{resources: [secrets], providers: [{aescbc: {keys: [{name: key1, secret: {{Convert.ToBase64String([.. Enumerable.Repeat(key, 32)])}} }]} }, {identity: {} }]}]

        """;

    internal async Task<EtcdMachines> GetAsync()
    {
        if (machines is null)
        {
            var program = await ProgramAsync();
            machines = await EtcdMachines.StartAsync(1, uid: null);
            await StartAsync(program);
        }

        await WriteAsync();
        return machines;
    }

    /// <summary>What an administrator does.</summary>
    internal async Task<string> KubectlAsync(params string[] words) =>
        (await machines!.InAsync(0, ["/usr/bin/kubectl", "--kubeconfig", "/etc/kubernetes/admin.conf", .. words])).EnsureSucceeded("kubectl").StandardOutput;

    /// <summary>Puts another key in the place of the one by which the living API server encrypts.</summary>
    internal Task LoseKeyAsync() => WriteAsync(encryption: Encryption(2));

    /// <summary>Writes the manifest of the API server anew.</summary>
    internal Task WriteAsync(Func<string, string>? manifest = null, string? encryption = null)
    {
        File.WriteAllText(machines!.File(0, "etc/kubernetes/ssl/secrets_encryption.yaml"), encryption ?? Encryption(1));
        File.WriteAllText(machines.File(0, "etc/kubernetes/manifests/kube-apiserver.yaml"), manifest is null ? Manifest : manifest(Manifest));
        foreach (var (name, program) in new[] { ("pgrep", "/usr/bin/pgrep"), ("kubectl", "/usr/bin/kubectl"), ("etcdctl", "/usr/bin/etcdctl") })
            machines.Program(0, name, $"exec {program} \"$@\"");
        return Task.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        if (machines is not null)
            await machines.DisposeAsync();
        directory.Dispose();
    }

    private async Task<string> ProgramAsync()
    {
        Programs.Require("kubectl");
        if (Programs.Find("kube-apiserver") is { } installed)
            return installed;
        var lab = Path.Combine(CacheDirectory.Path, "lab");
        var image = Directory.Exists(lab)
            ? Directory.EnumerateDirectories(lab).Select(each => Path.Combine(each, "mirror/images/kube-apiserver.tar")).FirstOrDefault(File.Exists) : null;
        Assert.SkipWhen(image is null, "no kube-apiserver is installed here, and the lab's images are not built");
        var unpack = $"tar -xOf {ShellWords.Quote(image!)} ./layer.tar | tar -x -C {ShellWords.Quote(directory.Path)} --wildcards '*usr/local/bin/kube-apiserver'";
        (await EtcdMachines.Commands.RunAsync(CommandLine.Of("sh", "-c", unpack))).EnsureSucceeded("unpacking the image");
        return directory.File("usr/local/bin/kube-apiserver");
    }

    private async Task StartAsync(string program)
    {
        await machines!.EtcdctlAsync(0, "del", "/registry", "--prefix");
        using var key = RSA.Create(2048);
        var authority = new CertificateRequest("CN=kubernetes", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        authority.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        var (from, to) = (DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(30));
        using var ca = authority.CreateSelfSigned(from, to);
        var request = new CertificateRequest("O=system:masters, CN=kubernetes-admin", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.2")], false));
        using var admin = request.Create(ca, from, to, [1, 2, 3]);
        string Encoded(string text) => Convert.ToBase64String(Encoding.ASCII.GetBytes(text));
        foreach (var (name, text) in new[]
        {
            ("ssl/ca.crt", ca.ExportCertificatePem()), ("ssl/sa.key", key.ExportRSAPrivateKeyPem()), ("ssl/sa.pub", key.ExportSubjectPublicKeyInfoPem()),
            ("admin.conf", $$"""
                {apiVersion: v1, kind: Config, current-context: admin, contexts: [{name: admin, context: {cluster: mine, user: admin} }],
                 clusters: [{name: mine, cluster: {server: "https://127.0.0.1:6443", insecure-skip-tls-verify: true} }],
                 users: [{name: admin, user: {client-certificate-data: {{Encoded(admin.ExportCertificatePem())}}, client-key-data: {{Encoded(key.ExportRSAPrivateKeyPem())}} } }]}
                """),
        })
            await File.WriteAllTextAsync(machines.File(0, $"etc/kubernetes/{name}"), text);
        await WriteAsync();
        var flags = Manifest.Split('\n').Select(line => line.Trim()).Where(line => line.StartsWith("- --", StringComparison.Ordinal)).Select(line => line[2..])
            .Where(flag => !flag.StartsWith("--etcd-servers", StringComparison.Ordinal) && !flag.StartsWith("--a", StringComparison.Ordinal));
        string[] own =
        [
            "--etcd-servers=https://127.0.0.1:2379", "--etcd-cafile=/etc/ssl/etcd/ca.pem", "--etcd-certfile=/etc/ssl/etcd/member.pem", "--etcd-keyfile=/etc/ssl/etcd/member-key.pem",
            "--bind-address=127.0.0.1", "--advertise-address=127.0.0.1", "--endpoint-reconciler-type=none", "--authorization-mode=RBAC", $"--cert-dir={machines.File(0, "certificates")}",
        ];
        var command = string.Join(' ', new[] { program }.Concat(flags).Concat(own).Select(ShellWords.Quote));
        (await machines.InAsync(0, "sh", "-c", $"setsid {command} > {ShellWords.Quote(machines.File(0, "apiserver.log"))} 2>&1 < /dev/null &")).EnsureSucceeded("starting the API server");
        await EtcdMachines.UntilAsync("the API server is ready", async () =>
            (await machines.InAsync(0, "/usr/bin/kubectl", "--kubeconfig", "/etc/kubernetes/admin.conf", "get", "--raw", "/readyz")).Succeeded);
        await KubectlAsync("create", "namespace", "shop");
        await KubectlAsync("--namespace", "shop", "create", "secret", "generic", "password", "--from-literal=word=a-secret-of-the-cluster");
    }
}
