using System.Text.Json.Nodes;

namespace KubeLab.Lab.Tests;

/// <summary>
/// What comes after the installation, on a living cluster with a workload that must survive: a worker leaves, comes back, etcd is
/// lost and restored, and in the end the cluster is reset.
/// </summary>
[Collection(LabMachine.Turn)]
[TestMethodOrderer(typeof(StoryOrder))]
public class LifecycleStory(LabMachine lab) : IClassFixture<LabMachine>
{
    private const string Leaving = "k8s-n1";

    // Two replicas that any worker may run, on a node each as long as there are two.
    private const string Workload = """
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: survivor }
        spec:
          replicas: 2
          selector: { matchLabels: { app: survivor } }
          template:
            metadata: { labels: { app: survivor } }
            spec:
              terminationGracePeriodSeconds: 1
              topologySpreadConstraints:
                - { maxSkew: 1, topologyKey: kubernetes.io/hostname, whenUnsatisfiable: ScheduleAnyway, labelSelector: { matchLabels: { app: survivor } } }
              containers:
                - name: survivor
                  image: kubelab.invalid/busybox:1.35
                  imagePullPolicy: IfNotPresent
                  command: [sleep, infinity]
        """;

    [Fact, Chapter(1)]
    public async Task I_have_a_cluster_with_a_workload()
    {
        LabMachine.SkipUnlessRoot();

        (await lab.BuildAsync("Deploy", "--tier", "0")).ShouldSucceed();

        (await LabMachine.KubectlAsync("create", "namespace", "story")).ShouldSucceed();
        (await LabMachine.KubectlWithInputAsync(Workload, "--namespace", "story", "apply", "-f", "-")).ShouldSucceed();
        await WorkloadRunsAsync();
    }

    [Theory, Chapter(2)]
    [InlineData("No node is named that is to leave", "RemoveNode")]
    [InlineData("k8s-m0 is the first control plane node", "RemoveNode", "--node", "k8s-m0")]
    [InlineData("No worker would be left", "RemoveNode", "--node", "k8s-n0,k8s-n1")]
    [InlineData("nobody has confirmed that", "Reset")]
    [InlineData("and other was confirmed", "Reset", "--confirm", "other")]
    [InlineData("has no playbook that upgrades a cluster", "Upgrade", "--kubernetes-version", "v1.20.2")]
    [InlineData("The inventory calls no node broken", "RecoverControlPlane")]
    public async Task I_am_refused_what_would_break_the_cluster(string says, params string[] arguments)
    {
        LabMachine.SkipUnlessRoot();

        var run = (await lab.BuildAsync(arguments)).ShouldFail();

        run.Output.ReplaceLineEndings(" ").ShouldContain(says);
        run.Output.ShouldNotContain("PLAY [");
        (await NodesAsync()).ShouldBe(["k8s-m0", "k8s-n0", "k8s-n1"]);
    }

    [Fact, Chapter(3)]
    public async Task I_remove_a_worker_and_the_workload_survives()
    {
        LabMachine.SkipUnlessRoot();

        var run = (await lab.BuildAsync("RemoveNode", "--node", Leaving, "--tier", "0")).ShouldSucceed();

        run.Output.ShouldMatch(@"SmokeTest +Succeeded");
        run.Output.ShouldContain($"Now take {Leaving} out of");
        (await NodesAsync()).ShouldBe(["k8s-m0", "k8s-n0"]);
        await WorkloadRunsAsync();
        (await LabMachine.OnNodeAsync("10.86.0.21", "test ! -e /etc/kubernetes/kubelet.conf && ! systemctl is-active --quiet kubelet")).ShouldSucceed();
    }

    [Fact, Chapter(4)]
    public async Task I_add_it_again_and_the_workload_survives()
    {
        LabMachine.SkipUnlessRoot();

        (await lab.BuildAsync("Scale", "--tier", "0")).ShouldSucceed().Output.ShouldMatch(@"SmokeTest +Succeeded");

        (await NodesAsync()).ShouldBe(["k8s-m0", "k8s-n0", "k8s-n1"]);
        await WorkloadRunsAsync();
    }

    // Within three minutes, and beside a living etcd and API server of the same node.
    [Fact, Chapter(5)]
    public async Task I_prove_a_backup_and_the_cluster_is_not_touched()
    {
        LabMachine.SkipUnlessRoot();
        const string traces = "ls -d /var/tmp/kubelab-drill* 2> /dev/null; ps -eo args | grep '^[^ ]*etcd \\|^kube-apiserver ' | grep kubelab-drill; ip -o link | wc -l";
        var before = (await LabMachine.OnNodeAsync("10.86.0.10", traces)).Output;
        (await LabMachine.KubectlAsync("--namespace", "story", "create", "secret", "generic", "of-a-user", "--from-literal=password=hidden-from-view")).ShouldSucceed();
        (await lab.BuildAsync("BackupEtcd", "--unencrypted")).ShouldSucceed();
        try
        {
            var run = (await lab.BuildAsync("DrillRestore")).ShouldSucceed();

            var drill = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(LabMachine.LastRecord(), "etcd-drill.json")))!.AsObject();
            drill["seconds"]!.GetValue<int>().ShouldBeLessThan(180);
            drill["isDecrypted"]!.GetValue<bool>().ShouldBeTrue(run.Output);
            drill["isGone"]!.GetValue<bool>().ShouldBeTrue(run.Output);
            var (then, now) = (drill["objects"]!.AsObject(), drill["living"]!.AsObject());
            foreach (var kind in new[] { "namespaces", "secrets", "configmaps", "services", "deployments", "minions" })
                then[kind]!.GetValue<int>().ShouldBe(now[kind]!.GetValue<int>(), kind);
            run.Output.ShouldNotContain("hidden-from-view");
            (await LabMachine.OnNodeAsync("10.86.0.10", traces)).Output.ShouldBe(before);
            await WorkloadRunsAsync();
        }
        finally
        {
            Directory.Delete(Path.Combine(LabMachine.Artifacts, "backups"), recursive: true);
        }
    }

    [Fact, Chapter(6)]
    public async Task I_lose_all_that_etcd_holds_and_a_backup_brings_it_back()
    {
        LabMachine.SkipUnlessRoot();
        (await LabMachine.KubectlAsync("--namespace", "story", "create", "configmap", "of-a-user", "--from-literal=data=precious")).ShouldSucceed();
        (await lab.BuildAsync("BackupEtcd", "--unencrypted")).ShouldSucceed();
        var backups = Path.Combine(LabMachine.Artifacts, "backups");
        try
        {
            (await LabMachine.OnNodeAsync("10.86.0.10", "systemctl stop etcd && rm -rf /var/lib/etcd/default/member")).ShouldSucceed();

            var run = (await lab.BuildAsync("RestoreEtcd", "--confirm", "lab", "--tier", "0")).ShouldSucceed();

            run.Output.ShouldContain("etcd is as it was at");
            run.Output.ShouldMatch(@"SmokeTest +Succeeded");
            (await LabMachine.KubectlAsync("--namespace", "story", "get", "configmap", "of-a-user", "--output", "jsonpath={.data.data}")).ShouldSucceed().Output.ShouldContain("precious");
            await WorkloadRunsAsync();
        }
        finally
        {
            Directory.Delete(backups, recursive: true);
        }
    }

    [Fact, Chapter(7)]
    public async Task I_reset_the_cluster_and_nothing_of_it_is_left()
    {
        LabMachine.SkipUnlessRoot();

        (await lab.BuildAsync("Reset", "--confirm", "lab")).ShouldSucceed();

        File.Exists(LabMachine.Kubeconfig).ShouldBeFalse();
        foreach (var address in new[] { "10.86.0.10", "10.86.0.20", "10.86.0.21" })
            (await LabMachine.OnNodeAsync(address, "test ! -e /etc/kubernetes && test ! -e /var/lib/etcd/member && ! systemctl is-active --quiet kubelet")).ShouldSucceed();
    }

    private static async Task<IReadOnlyList<string>> NodesAsync() =>
        (await LabMachine.KubectlAsync("get", "nodes", "--output", "jsonpath={.items[*].metadata.name}")).ShouldSucceed().Output.Trim().Split(' ');

    private static async Task WorkloadRunsAsync() =>
        (await LabMachine.KubectlAsync("--namespace", "story", "rollout", "status", "deployment/survivor", "--timeout=50s")).ShouldSucceed();
}
