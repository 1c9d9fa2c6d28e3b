using KubeLab.Clusters;
using KubeLab.Lifecycle;
using KubeLab.Ssh;
using KubeLab.Tests.Machines;

namespace KubeLab.Tests.Lifecycle;

/// <summary>The real script on nodes that a real sshd leads to; a little kubelet there runs what has a manifest, and a little kubeadm
/// makes certificates.</summary>
public sealed class CertificateRenewalTests : IDisposable
{
    private const string Kubeadm = """
        #!/bin/sh
        # kubeadm certs renew NAME --cert-dir DIR
        if [ -e "$(dirname "$0")/broken-$3" ]; then echo "error execution phase: no such certificate"; exit 1; fi
        case $3 in
          *.conf) echo "renewed" > "$5/../$3" ;;
          *) mkdir -p "$(dirname "$5/$3")"; echo "renewed" > "$5/$3.crt" ;;
        esac
        echo "$3" >> "$(dirname "$0")/renewed"

        """;

    // Is ready as long as the API server of its folder runs.
    private const string Kubectl = """
        #!/bin/sh
        [ ! -e "$(dirname "$0")/not-ready" ] || exit 1
        grep -qx kl-apiserver /proc/[0-9]*/comm 2> /dev/null

        """;

    // Starts what has a manifest, and ends what has none any more, as gently as a kubelet.
    private const string Kubelet = """
        #!/bin/sh
        cd "$(dirname "$0")" || exit 1
        while [ -d . ] && [ ! -e stop ]; do
          for name in kl-apiserver kl-scheduler; do
            pid=$(cat "$name.pid" 2> /dev/null)
            if [ -e "etc/kubernetes/manifests/$name.yaml" ]; then
              if ! kill -0 "$pid" 2> /dev/null; then "./$name" 600 & echo $! > "$name.pid"; echo "started $name" >> log; fi
            elif kill -0 "$pid" 2> /dev/null; then
              [ -e "stuck-$name" ] || { kill "$pid"; [ -e "$name.$pid" ] || echo "stopped $name" >> log; : > "$name.$pid"; }
            fi
          done
          sleep 0.1
        done
        kill $(cat ./*.pid) 2> /dev/null

        """;

    private readonly TemporaryDirectory directory = new();
    private readonly List<Task> kubelets = [];

    [Fact]
    public async Task I_renew_each_certificate_and_each_component_is_stopped_before_it_is_started_anew()
    {
        await using var sshd = await LoopbackSshd.StartAsync();
        Machine();

        var done = await RenewAsync(sshd, etcd: false);

        var node = done.ShouldHaveSingleItem();
        node.Renewed.ShouldBe(["apiserver", "apiserver-kubelet-client", "front-proxy-client", "admin.conf", "controller-manager.conf", "scheduler.conf"]);
        File.ReadAllLines(directory.File("usr/local/bin/renewed")).ShouldBe(node.Renewed);
        File.ReadAllText(directory.File("etc/kubernetes/pki/apiserver.crt")).ShouldBe("renewed\n");
        // The service accounts' key is as it was, what was there is set aside, and root's kubectl has the new one.
        File.ReadAllText(directory.File("etc/kubernetes/pki/sa.key")).ShouldBe("a key");
        File.ReadAllText(Path.Combine(node.Aside!, "pki/apiserver.crt")).ShouldBe("before");
        File.ReadAllText(directory.File("root/.kube/config")).ShouldBe("renewed\n");
        Directory.GetFiles(directory.File("etc/kubernetes/manifests")).Length.ShouldBe(2);
        Directory.Exists(directory.File("etc/kubernetes/kubelab-stopped")).ShouldBeFalse();
        File.ReadAllLines(directory.File("log")).ShouldBe([
            "started kl-apiserver", "started kl-scheduler",
            "stopped kl-apiserver", "started kl-apiserver", "stopped kl-scheduler", "started kl-scheduler"]);
        node.Started.ShouldBe(["kl-apiserver", "kl-scheduler"]);
    }

    [Fact]
    public async Task I_renew_etcds_only_when_I_ask_for_them()
    {
        await using var sshd = await LoopbackSshd.StartAsync();
        Machine();

        var refused = await Should.ThrowAsync<UserError>(RenewAsync(sshd, etcd: true));
        refused.Problem.ShouldContain("etcd's certificates there are not kubeadm's: move them and their keys away on the first member");
        File.Exists(directory.File("usr/local/bin/renewed")).ShouldBeFalse();

        directory.Write("etc/kubernetes/pki/etcd/server.crt", "before");
        (await RenewAsync(sshd, etcd: true))[0].Renewed.ShouldContain("etcd-server");
    }

    [Fact]
    public async Task A_certificate_that_cannot_be_renewed_leaves_the_components_alone()
    {
        await using var sshd = await LoopbackSshd.StartAsync();
        Machine();
        directory.Write("usr/local/bin/broken-front-proxy-client", "");

        var error = await Should.ThrowAsync<UserError>(RenewAsync(sshd, etcd: false));

        error.Problem.ShouldContain("k8s-m0: kubeadm certs renew front-proxy-client: error execution phase: no such certificate; what was there is in ");
        File.ReadAllText(directory.File("log")).ShouldNotContain("stopped");
    }

    [Theory]
    [InlineData("etc/kubernetes/pki/ca.key", "certificates are signed elsewhere")]
    [InlineData("usr/local/bin/kubeadm", "there is no kubeadm")]
    public async Task I_am_refused_before_anything_is_changed(string missing, string because)
    {
        await using var sshd = await LoopbackSshd.StartAsync();
        Machine();
        File.Delete(directory.File(missing));

        (await Should.ThrowAsync<UserError>(RenewAsync(sshd, etcd: false))).Problem.ShouldContain(because);

        File.Exists(directory.File("usr/local/bin/renewed")).ShouldBeFalse();
    }

    [Fact]
    public async Task A_control_plane_is_left_as_it_is_as_long_as_nobody_else_answers()
    {
        await using var sshd = await LoopbackSshd.StartAsync();
        Machine();
        directory.Write("usr/local/bin/not-ready", "");

        var error = await Should.ThrowAsync<UserError>(RenewAsync(sshd, etcd: false, "k8s-m0", "k8s-m1"));

        error.Problem.ShouldBe("k8s-m1: its API server is not ready. Without it nobody would answer while that of k8s-m0 is started anew, so k8s-m0 is left as it is.");
        File.Exists(directory.File("usr/local/bin/renewed")).ShouldBeFalse();
    }

    [Fact]
    public async Task A_manifest_that_a_run_was_killed_over_is_put_back_by_the_next_one()
    {
        await using var sshd = await LoopbackSshd.StartAsync();
        Machine();
        Directory.CreateDirectory(directory.File("etc/kubernetes/kubelab-stopped"));
        File.Move(directory.File("etc/kubernetes/manifests/kl-scheduler.yaml"), directory.File("etc/kubernetes/kubelab-stopped/kl-scheduler.yaml"));

        await RenewAsync(sshd, etcd: false);

        File.Exists(directory.File("etc/kubernetes/manifests/kl-scheduler.yaml")).ShouldBeTrue();
    }

    public void Dispose()
    {
        directory.Write("stop", "");
        Task.WaitAll([.. kubelets], TimeSpan.FromSeconds(10));
        directory.Dispose();
    }

    private Task<IReadOnlyList<RenewedNode>> RenewAsync(LoopbackSshd sshd, bool etcd, params string[] names)
    {
        var cluster = sshd.Cluster();
        var nodes = names.DefaultIfEmpty("k8s-m0").Select(name => Nodes.Node(name, ["kube_control_plane"], ("ansible_host", "127.0.0.1"), ("ansible_port", $"{sshd.Port}"))).ToList();
        var shell = new OpenSshShell(new SshOptions(cluster), new CommandRunner());
        return new CertificateRenewal(shell, new NodeBecome(cluster.Settings.Become), Consoles.Silent(), TimeProvider.System, etcd)
        { Root = directory.Path, Started = ["kl-apiserver", "kl-scheduler"] }.RunAsync(nodes, TestContext.Current.CancellationToken);
    }

    private void Machine()
    {
        foreach (var (path, text) in new[]
        {
            ("etc/kubernetes/pki/ca.crt", "ca"), ("etc/kubernetes/pki/ca.key", "key"), ("etc/kubernetes/pki/sa.key", "a key"), ("etc/kubernetes/pki/sa.pub", "its half"),
            ("etc/kubernetes/pki/apiserver.crt", "before"), ("etc/kubernetes/admin.conf", "before"), ("etc/kubernetes/controller-manager.conf", "before"), ("etc/kubernetes/scheduler.conf", "before"),
            ("root/.kube/config", "before"), ("etc/kubernetes/manifests/kl-apiserver.yaml", "pod"), ("etc/kubernetes/manifests/kl-scheduler.yaml", "pod"),
        })
            directory.Write(path, text);
        foreach (var (path, text) in new[] { ("usr/local/bin/kubeadm", Kubeadm), ("usr/local/bin/kubectl", Kubectl), ("kubelet", Kubelet) })
            File.SetUnixFileMode(directory.Write(path, text), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        foreach (var name in new[] { "kl-apiserver", "kl-scheduler" })
            File.Copy(File.ResolveLinkTarget("/bin/sleep", true)?.FullName ?? "/bin/sleep", directory.File(name));
        kubelets.Add(new CommandRunner().RunAsync(CommandLine.Of(directory.File("kubelet")) with { Timeout = TimeSpan.FromMinutes(2) }));
    }
}
