using KubeLab.Clusters;
using KubeLab.Lifecycle;
using KubeLab.Ssh;
using KubeLab.Tests.Machines;

namespace KubeLab.Tests.Lifecycle;

/// <summary>What joins a cluster is led away from a control plane that leaves. The real script runs here, with what stands in for kubectl.</summary>
public sealed class JoinAddressTests : IDisposable
{
    // As kubeadm 1.20 writes them; the members of etcd have their own, which stay.
    private const string ClusterInfo = "data:\n  kubeconfig: |\n    clusters:\n    - cluster:\n        server: https://192.0.2.10:6443\n";

    private const string KubeadmConfig =
        "data:\n  ClusterConfiguration: |\n    controlPlaneEndpoint: 192.0.2.10:6443\n    etcd:\n      external:\n        endpoints:\n        - https://192.0.2.10:2379\n";

    private readonly TemporaryDirectory root = new();

    public JoinAddressTests()
    {
        root.Write("nodes/k8s-m0", "192.0.2.10");
        root.Write("nodes/k8s-m1", "192.0.2.11");
        root.Write("nodes/k8s-m10", "192.0.2.100");
        root.Write("cluster-info", ClusterInfo);
        root.Write("kubeadm-config", KubeadmConfig);
        File.SetUnixFileMode(
            root.Write("bin/kubectl", $$"""
                #!/bin/sh
                cd '{{root.Path}}' || exit 1
                shift 4
                case "$*" in
                  'get node '*) cat "nodes/$3" ;;
                  '--namespace kube-public get configmap cluster-info --output yaml') cat cluster-info ;;
                  '--namespace kube-system get configmap kubeadm-config --output yaml') cat kubeadm-config ;;
                  'replace --filename -') cat > new; if grep -q kubeconfig new; then mv new cluster-info; else mv new kubeadm-config; fi ;;
                  *) echo "unknown: $*" >&2; exit 1 ;;
                esac

                """),
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    public void Dispose() => root.Dispose();

    [Fact]
    public async Task Nothing_asks_the_first_control_plane_any_more_once_it_is_gone()
    {
        var changed = await LeadAwayAsync("k8s-m0", "k8s-m9");

        changed.ShouldBe([
            "kube-public/cluster-info named k8s-m0 (192.0.2.10), and names k8s-m1 (192.0.2.11) now",
            "kube-system/kubeadm-config named k8s-m0 (192.0.2.10), and names k8s-m1 (192.0.2.11) now",
        ]);
        File.ReadAllText(root.File("cluster-info")).ShouldBe(ClusterInfo.Replace("192.0.2.10", "192.0.2.11"));
        File.ReadAllText(root.File("kubeadm-config")).ShouldBe(KubeadmConfig.Replace("192.0.2.10:6443", "192.0.2.11:6443"));
        (await LeadAwayAsync("k8s-m0")).ShouldBeEmpty();
    }

    [Fact]
    public async Task What_names_another_one_or_a_balancer_stays_as_it_is()
    {
        (await LeadAwayAsync("k8s-m10")).ShouldBeEmpty();

        File.WriteAllText(root.File("cluster-info"), ClusterInfo.Replace("192.0.2.10", "balancer.example"));
        File.WriteAllText(root.File("kubeadm-config"), KubeadmConfig.Replace("192.0.2.10:6443", "balancer.example:6443"));

        (await LeadAwayAsync("k8s-m0")).ShouldBeEmpty();
        File.ReadAllText(root.File("kubeadm-config")).ShouldContain("controlPlaneEndpoint: balancer.example:6443");
    }

    [Fact]
    public async Task I_am_told_where_to_look_when_the_API_is_silent()
    {
        File.Delete(root.File("nodes/k8s-m1"));

        var error = await Should.ThrowAsync<UserError>(() => LeadAwayAsync("k8s-m0"));

        error.Problem.ShouldContain("Whether what joins asks k8s-m0 can't be told on k8s-m1: ");
        error.Remedy!.ShouldContain("get configmap cluster-info");
        File.ReadAllText(root.File("cluster-info")).ShouldBe(ClusterInfo);
    }

    private Task<IReadOnlyList<string>> LeadAwayAsync(params string[] leave) =>
        new JoinAddress(new ThisMachine(), new NodeBecome(new BecomeSettings { User = Environment.UserName }), "/etc/kubernetes/admin.conf", root.File("bin"))
            .LeadAwayAsync(Nodes.On("k8s-m1", "192.0.2.11", 22), leave);

    private sealed class ThisMachine : INodeShell
    {
        public async Task<NodeResult> RunAsync(Node node, NodeCommand command, CancellationToken cancellationToken = default)
        {
            var line = new CommandLine(command.Words[0], [.. command.Words.Skip(1)]) { StandardInput = command.StandardInput };
            var result = await new CommandRunner().RunAsync(line, cancellationToken: cancellationToken);
            return new NodeResult(result.ExitCode, result.StandardOutput, result.StandardError, result.Duration, null);
        }
    }
}
