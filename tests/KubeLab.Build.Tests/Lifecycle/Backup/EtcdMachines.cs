using System.Diagnostics;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using KubeLab.Clusters;
using KubeLab.Lifecycle;
using KubeLab.Ssh;
using KubeLab.Tests.Machines;

namespace KubeLab.Tests.Lifecycle;

/// <summary>
/// Nodes with a real etcd and a real sshd that leads to them: each is a mount, process and network namespace of its own, with an
/// /etc as Kubespray leaves it; the services and the API server's processes are told by stand-ins for systemctl and pgrep.
/// </summary>
internal sealed class EtcdMachines : IAsyncDisposable
{
    public const string Uid = "11111111-2222-4333-8444-555555555555";

    private const string Systemctl = """
        #!/bin/sh
        echo "$*" >> "$NODE/systemctl.log"
        if [ "$1" = --no-block ]; then shift; fi
        case "$*" in
          'stop etcd') pkill -x etcd; for i in 1 2 3 4 5 6 7 8 9 10; do pgrep -x etcd > /dev/null || exit 0; sleep 0.2; done; pkill -9 -x etcd; exit 0 ;;
          'start etcd')
            if [ -e "$NODE/broken-start" ]; then echo 'Job for etcd.service failed.' >&2; exit 1; fi
            pgrep -x etcd > /dev/null && exit 0
            set -a; . /etc/etcd.env; set +a
            setsid etcd >> "$NODE/etcd.log" 2>&1 < /dev/null & ;;
          'is-active --quiet etcd') pgrep -x etcd > /dev/null ;;
        esac

        """;

    // As a kubelet has it: a control plane's component runs while its manifest is there.
    private const string Pgrep = """
        #!/bin/sh
        case "$2" in
          etcd) exec /usr/bin/pgrep "$@" ;;
          kube-apiserver|kube-controller|kube-scheduler) [ -e "$NODE/stubborn" ] || ls /etc/kubernetes/manifests/"$2"*.yaml > /dev/null 2>&1 ;;
          *) exit 1 ;;
        esac

        """;

    // PID 1 reaps what is left to it, as init does.
    private const string Boot = """
        set -e
        mount --make-rprivate /
        mount --bind "$1/etc" /etc
        mount --bind "$1/var-tmp" /var/tmp
        ip link set lo up
        touch "$1/up"
        exec python3 -c 'import signal; signal.signal(signal.SIGCHLD, signal.SIG_IGN); [signal.pause() for _ in iter(int, 1)]'

        """;

    private readonly TemporaryDirectory directory = new();
    private readonly List<Process> machines = [];
    private readonly List<string> addresses = [];
    private LoopbackSshd? sshd;

    public string Artifacts => directory.File("artifacts");

    public LoopbackSshd Sshd => sshd!;

    public Inventory Inventory { get; private set; } = null!;

    public static CommandRunner Commands { get; } = new();

    /// <summary>Starts nodes with a cluster of etcd on them that holds some of what Kubernetes would have in it.</summary>
    public static async Task<EtcdMachines> StartAsync(int count, string? uid = Uid)
    {
        foreach (var program in new[] { "etcd", "etcdctl", "unshare", "nsenter", "ip", "python3" })
            Programs.Require(program);
        Assert.SkipUnless(Environment.UserName == "root", "namespaces are made by root alone");
        await PrivateMachine.RequireAsync();
        var cluster = new EtcdMachines();
        await cluster.BootAsync(count);
        await cluster.StartEtcdAsync();
        if (uid is not null)
            await cluster.PutAsync("/registry/namespaces/kube-system", $"k8s\u0001\nv1 Namespace kube-system {uid} another-99999999-2222-4333-8444-555555555555");
        await cluster.PutAsync("/registry/secrets/default/token", "k8s:enc:a-secret-of-the-cluster");
        return cluster;
    }

    public Cluster Cluster(BackupSettings? backup = null) => new(
        "mine", directory.File("inventory"), directory.File("inventory/inventory.ini"),
        new ClusterSettings
        {
            Ssh = new SshSettings { PrivateKey = Sshd.PrivateKey, KnownHosts = Sshd.KnownHosts, User = "root" },
            Backup = backup ?? new BackupSettings(),
        }, Artifacts);

    public OpenSshShell Shell(Cluster cluster) => new(new SshOptions(cluster), Commands);

    public NodeStreams Streams(Cluster cluster) => new(Shell(cluster), Commands, new NodeBecome(new BecomeSettings()));

    public BackupSource Source(Cluster cluster) => new(
        cluster, Inventory, "kubespray v2.31.0", "0123abc", "1.35.4", Places);

    public static EtcdPlaces Places => new("/opt/etcd", "/etc/kubernetes", ["/etc/kubernetes", "/etc/ssl/etcd", "/etc/etcd.env"]);

    public string File(int node, string path) => directory.File($"m{node}/{path}");

    public Task PutAsync(string key, string value) => EtcdctlAsync(0, "put", key, value);

    public async Task<string> EtcdctlAsync(int node, params string[] words)
    {
        var run = await InAsync(node, ["etcdctl", "--endpoints=https://127.0.0.1:2379", "--cacert=/etc/ssl/etcd/ca.pem", "--cert=/etc/ssl/etcd/member.pem", "--key=/etc/ssl/etcd/member-key.pem", .. words]);
        return run.EnsureSucceeded("etcdctl").StandardOutput;
    }

    public Task<CommandResult> InAsync(int node, params IReadOnlyList<string> words) => Commands.RunAsync(
        new CommandLine("nsenter", ["--target", $"{Inner(node)}", "--mount", "--net", "--pid", "--", .. words])
        { Environment = new Dictionary<string, string?> { ["ETCDCTL_API"] = "3", ["NODE"] = directory.File($"m{node}"), ["PATH"] = $"{directory.File($"m{node}/bin")}:/usr/sbin:/usr/bin:/sbin:/bin" } });

    /// <summary>What lies on a node in the folders where something could be left behind.</summary>
    public IEnumerable<string> Left(int node) => Directory.EnumerateFileSystemEntries(File(node, "var-tmp"));

    public string Systemd(int node) => System.IO.File.Exists(File(node, "systemctl.log")) ? System.IO.File.ReadAllText(File(node, "systemctl.log")) : "";

    public async Task StartEtcdAsync()
    {
        foreach (var node in Enumerable.Range(0, machines.Count))
            (await InAsync(node, "systemctl", "start", "etcd")).EnsureSucceeded("starting etcd");
        foreach (var node in Enumerable.Range(0, machines.Count))
            await UntilAsync($"etcd is healthy on {node}", async () => (await InAsync(node, "etcdctl", "--endpoints=https://127.0.0.1:2379", "--cacert=/etc/ssl/etcd/ca.pem", "--cert=/etc/ssl/etcd/member.pem", "--key=/etc/ssl/etcd/member-key.pem", "endpoint", "health")).Succeeded);
    }

    /// <summary>Puts a program before those of the node.</summary>
    public void Program(int node, string name, string script) =>
        System.IO.File.SetUnixFileMode(directory.Write($"m{node}/bin/{name}", $"#!/bin/sh\n{script}\n"), (UnixFileMode)0b111_101_101);

    public Task StopEtcdAsync(int node) => InAsync(node, "systemctl", "stop", "etcd");

    public static async Task UntilAsync(string what, Func<Task<bool>> holds)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (!await holds())
        {
            if (TimeProvider.System.GetElapsedTime(started) > TimeSpan.FromSeconds(90))
                throw new TimeoutException($"not within 90 s: {what}");
            await Task.Delay(100);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (sshd is not null)
        {
            await Shell(Cluster()).CloseAsync();
            await sshd.DisposeAsync();
        }

        foreach (var machine in machines)
        {
            machine.Kill(entireProcessTree: true);
            await machine.WaitForExitAsync();
            machine.Dispose();
        }

        directory.Dispose();
    }

    private async Task BootAsync(int count)
    {
        directory.Write("inventory/inventory.ini", "[etcd]\n");
        directory.Write("inventory/group_vars/all.yml", "kube_encrypt_secret_data: true\n");
        directory.Write("inventory/credentials/kube_encrypt_token.creds", "the-key-of-all-secrets");
        for (var node = 0; node < count; node++)
        {
            addresses.Add(count == 1 ? "127.0.0.1" : $"192.0.2.{10 + node}");
            Directory.CreateDirectory(File(node, "var-tmp"));
            foreach (var name in new[] { "passwd", "group", "nsswitch.conf", "alternatives", "ld.so.cache", "ld.so.conf", "ld.so.conf.d" })
            {
                Directory.CreateDirectory(File(node, "etc"));
                (await Commands.RunAsync(CommandLine.Of("cp", "-a", $"/etc/{name}", File(node, "etc")))).EnsureSucceeded("copying /etc");
            }

            foreach (var (name, text) in new[] { ("systemctl", Systemctl), ("pgrep", Pgrep), ("kubectl", "#!/bin/sh\nls /etc/kubernetes/manifests/kube-apiserver.yaml > /dev/null\n") })
                System.IO.File.SetUnixFileMode(directory.Write($"m{node}/bin/{name}", text), (UnixFileMode)0b111_101_101);
            foreach (var component in new[] { "kube-apiserver", "kube-controller-manager", "kube-scheduler" })
                directory.Write($"m{node}/etc/kubernetes/manifests/{component}.yaml", $"spec: {{ containers: [{{ command: [\n    - {component}\n    - --encryption-provider-config=/etc/kubernetes/ssl/secrets_encryption.yaml\n");
            directory.Write($"m{node}/etc/kubernetes/ssl/secrets_encryption.yaml", "kind: EncryptionConfiguration # the-key-of-all-secrets\n");
            directory.Write($"m{node}/etc/kubernetes/ssl/ca.crt", "the authority\n");
            machines.Add(Process.Start("unshare", ["--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc", "sh", "-c", Boot, "sh", directory.File($"m{node}")]));
        }

        Certificates();
        foreach (var node in Enumerable.Range(0, count))
        {
            directory.Write($"m{node}/etc/etcd.env", Configuration(node));
            await UntilAsync("the node is up", () => Task.FromResult(System.IO.File.Exists(File(node, "up"))));
        }

        if (count > 1)
            await ConnectAsync(count);
        await StartSshdAsync(count);
    }

    private string Configuration(int node)
    {
        var address = addresses[node];
        var members = string.Join(',', addresses.Select((each, number) => $"etcd{number + 1}=https://{each}:2380"));
        var data = File(node, "data").Replace(" ", "\\ ", StringComparison.Ordinal);
        return $"""
            ETCD_DATA_DIR={data}
            ETCD_NAME=etcd{node + 1}
            ETCD_ADVERTISE_CLIENT_URLS=https://{address}:2379
            ETCD_INITIAL_ADVERTISE_PEER_URLS=https://{address}:2380
            ETCD_INITIAL_CLUSTER_STATE=new
            ETCD_INITIAL_CLUSTER_TOKEN=k8s_etcd
            ETCD_INITIAL_CLUSTER={members}
            ETCD_LISTEN_CLIENT_URLS=https://127.0.0.1:2379{(address == "127.0.0.1" ? "" : $",https://{address}:2379")}
            ETCD_LISTEN_PEER_URLS=https://{address}:2380
            ETCD_TRUSTED_CA_FILE=/etc/ssl/etcd/ca.pem
            ETCD_CERT_FILE=/etc/ssl/etcd/member.pem
            ETCD_KEY_FILE=/etc/ssl/etcd/member-key.pem
            ETCD_CLIENT_CERT_AUTH=true
            ETCD_PEER_TRUSTED_CA_FILE=/etc/ssl/etcd/ca.pem
            ETCD_PEER_CERT_FILE=/etc/ssl/etcd/member.pem
            ETCD_PEER_KEY_FILE=/etc/ssl/etcd/member-key.pem
            ETCD_PEER_CLIENT_CERT_AUTH=true

            """;
    }

    private void Certificates()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var authority = new CertificateRequest("CN=etcd-ca", key, HashAlgorithmName.SHA256);
        authority.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        var (from, to) = (DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(30));
        using var ca = authority.CreateSelfSigned(from, to);
        var request = new CertificateRequest("CN=etcd-member", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        foreach (var address in addresses.Append("127.0.0.1").Distinct())
            names.AddIpAddress(IPAddress.Parse(address));
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1"), new Oid("1.3.6.1.5.5.7.3.2")], false));
        using var member = request.Create(ca, from, to, [1, 2, 3]);
        foreach (var node in Enumerable.Range(0, addresses.Count))
        {
            directory.Write($"m{node}/etc/ssl/etcd/ca.pem", ca.ExportCertificatePem());
            directory.Write($"m{node}/etc/ssl/etcd/member.pem", member.ExportCertificatePem());
            directory.Write($"m{node}/etc/ssl/etcd/member-key.pem", key.ExportPkcs8PrivateKeyPem());
        }
    }

    // A bridge in the first node's own network: nothing of it is seen on this machine.
    private async Task ConnectAsync(int count)
    {
        await IpAsync("link", "add", "members", "type", "bridge");
        await IpAsync("link", "set", "members", "up");
        await IpAsync("address", "add", $"{addresses[0]}/24", "dev", "members");
        foreach (var node in Enumerable.Range(1, count - 1))
        {
            await IpAsync("link", "add", $"m{node}", "type", "veth", "peer", "name", "members", "netns", $"{Inner(node)}");
            await IpAsync("link", "set", $"m{node}", "master", "members", "up");
            (await InAsync(node, "ip", "address", "add", $"{addresses[node]}/24", "dev", "members")).EnsureSucceeded("ip");
            (await InAsync(node, "ip", "link", "set", "members", "up")).EnsureSucceeded("ip");
        }

        async Task IpAsync(params string[] words) => (await Commands.RunAsync(
            new CommandLine("nsenter", ["--target", $"{Inner(0)}", "--net", "--", "ip", .. words]))).EnsureSucceeded("ip");
    }

    private async Task StartSshdAsync(int count)
    {
        int[] ports = [.. Enumerable.Range(0, count).Select(_ => LoopbackSshd.FreePort())];
        var configuration = string.Concat(ports.Select(port => $"ListenAddress 127.0.0.1:{port}\n")) + string.Concat(ports.Select((port, node) =>
            $"Match LocalPort {port}\n  ForceCommand exec nsenter --target {Inner(node)} --mount --net --pid -- env 'NODE={directory.File($"m{node}")}' 'PATH={directory.File($"m{node}/bin")}:/usr/sbin:/usr/bin:/sbin:/bin' /bin/sh -c \"$SSH_ORIGINAL_COMMAND\"\n"));
        sshd = await LoopbackSshd.StartAsync(extraConfiguration: configuration);
        var key = System.IO.File.ReadAllText(sshd.KnownHosts).Split(' ', 2)[1];
        await System.IO.File.AppendAllLinesAsync(sshd.KnownHosts, ports.Select(port => $"[127.0.0.1]:{port} {key.Trim()}"));
        Inventory = Inventories.With([.. ports.Select((port, node) => Nodes.Node(
            $"k8s-m{node}", ["kube_control_plane", "etcd"], ("ansible_host", "127.0.0.1"), ("ansible_port", $"{port}")))]);
    }

    // The first process of the node, as this machine numbers it.
    private int Inner(int node)
    {
        var outer = machines[node].Id;
        return int.Parse(System.IO.File.ReadAllText($"/proc/{outer}/task/{outer}/children").Trim(), System.Globalization.CultureInfo.InvariantCulture);
    }
}
