namespace KubeLab.Lab.Tests.Kubespray;

/// <summary>The real Kubespray from new machines to a cluster that works, and back: what <c>.ci/run</c> plays.</summary>
[Collection(LabMachine.Turn)]
[TestMethodOrderer(typeof(StoryOrder))]
public class ShortStory(KubesprayMachine kubespray) : IClassFixture<KubesprayMachine>
{
    // The least that a whole run of cluster.yml has: it stopped nowhere and left nothing out.
    private const int LeastTasks = 1000;

    // What can't be had has no place to be tested: a DNS, storage, network policies, a name outside of the lab.
    private static readonly string[] NotInThisCluster = ["dns", "external-names", "network-policy", "storage", "system-services"];

    [Fact, Chapter(1)]
    public async Task I_deploy_the_real_Kubespray_on_new_machines()
    {
        kubespray.SkipUnlessComplete();

        var run = (await kubespray.PlayAsync("Deploy")).ShouldSucceed();

        var recap = KubesprayMachine.LastRecap();
        recap.Keys.Order(StringComparer.Ordinal).Where(KubesprayMachine.Nodes.ContainsKey).ShouldBe(KubesprayMachine.Nodes.Keys);
        recap.Values.ShouldAllBe(host => host.GetProperty("failures").GetInt32() == 0 && host.GetProperty("unreachable").GetInt32() == 0, run.Output);
        KubesprayMachine.Tasks().ShouldBeGreaterThan(LeastTasks);
        var record = KubesprayMachine.Record("run.json");
        record.GetProperty("exitCode").GetInt32().ShouldBe(0);
        record.GetProperty("versions").GetProperty("kubernetes").GetString().ShouldBe(KubesprayMachine.Era.Kubernetes);
        record.GetProperty("targets").EnumerateArray().Select(target => target.GetProperty("status").GetString()).ShouldAllBe(status => status == "succeeded");
        File.Exists(Path.Combine(KubesprayMachine.LastRecord(), "explanations.json")).ShouldBeFalse("nothing failed");
        File.GetUnixFileMode(KubesprayMachine.Kubeconfig).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    [Fact, Chapter(2)]
    public async Task Every_node_is_Ready_with_the_version_that_I_asked_for()
    {
        kubespray.SkipUnlessComplete();

        var nodes = (await KubesprayMachine.KubectlAsync(
            "get", "nodes", "--output", "jsonpath={range .items[*]}{.metadata.name} {.status.nodeInfo.kubeletVersion} {.status.conditions[?(@.type==\"Ready\")].status}{\"\\n\"}{end}"))
            .ShouldSucceed().Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);

        nodes.Order(StringComparer.Ordinal).ShouldBe(KubesprayMachine.Nodes.Keys.Select(node => $"{node} {KubesprayMachine.Era.Kubernetes} True"));
    }

    [Fact, Chapter(3)]
    public async Task The_smoke_test_passes_but_for_what_the_cluster_does_not_have()
    {
        kubespray.SkipUnlessComplete();

        var outcome = await kubespray.SmokeTestAsync();

        outcome.Run.ShouldSucceed();
        outcome.Blames.ShouldBeEmpty();
        outcome.Checks.Where(check => check.Value == "skipped").Select(check => check.Key).Order(StringComparer.Ordinal).ShouldBe(NotInThisCluster);
    }

    [Fact, Chapter(4)]
    public async Task All_of_it_came_from_the_bundle_from_new_machines_to_the_smoke_test()
    {
        kubespray.SkipUnlessComplete();

        await NodeTraffic.ShouldBeOfTheBundleAsync(KubesprayMachine.Nodes["ks-n0"]);
    }

    [Fact, Chapter(5)]
    public async Task I_reset_the_machines_and_nothing_of_the_cluster_is_left()
    {
        kubespray.SkipUnlessComplete();

        (await kubespray.PlayAsync("Reset", "--confirm", "lab-kubespray")).ShouldSucceed();

        File.Exists(KubesprayMachine.Kubeconfig).ShouldBeFalse();
        foreach (var address in KubesprayMachine.Nodes.Values)
            (await LabMachine.OnNodeAsync(
                address, "test ! -e /etc/kubernetes && test ! -e /var/lib/etcd/member && test ! -e /etc/cni && ! systemctl is-active --quiet kubelet containerd etcd")).ShouldSucceed();
    }
}
