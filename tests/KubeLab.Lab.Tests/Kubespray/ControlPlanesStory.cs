using System.Text.RegularExpressions;

namespace KubeLab.Lab.Tests.Kubespray;

/// <summary>
/// One control plane of the real Kubespray becomes three, with as many members of etcd; then one of them is lost for good, and another
/// machine takes its place; then two of three are, and with them etcd's quorum. What lives on the cluster survives.
/// </summary>
[Collection(LabMachine.Turn)]
[TestMethodOrderer(typeof(StoryOrder))]
public class ControlPlanesStory(KubesprayMachine kubespray) : IClassFixture<KubesprayMachine>
{
    private const string Worker = "ks-n0";

    private static readonly TimeSpan FailoverLimit = TimeSpan.FromMinutes(2);

    [Fact, Chapter(1)]
    public async Task I_have_one_control_plane_and_one_member_of_etcd()
    {
        kubespray.SkipUnlessComplete();
        await GoOnWithAsync(["ks-m0"]);

        (await kubespray.PlayAsync("Deploy")).ShouldSucceed();

        (await MembersAsync("ks-m0")).ShouldBe(["etcd1"]);
    }

    [Fact, Chapter(2)]
    public async Task I_deploy_with_two_more_of_each_and_any_of_them_may_fail()
    {
        kubespray.SkipUnlessComplete();
        await HaveSurvivorAsync();
        var before = await BalancerAsync();
        await GoOnWithAsync(["ks-m0", "ks-m1", "ks-m2"]);

        (await kubespray.PlayAsync("Deploy")).ShouldSucceed().Output.ShouldMatch(@"SmokeTest +Succeeded");

        KubesprayMachine.LastRecap().Values.ShouldAllBe(host => host.GetProperty("failures").GetInt32() == 0);
        (await MembersAsync("ks-m0")).ShouldBe(["etcd1", "etcd2", "etcd3"]);
        (await KubesprayMachine.NodeNamesAsync()).ShouldBe(["ks-m0", "ks-m1", "ks-m2", Worker]);
        // What docs/nodes.md leaves to hands: --etcd-servers, the restart of nginx-proxy, and cluster-info, whose address is still right.
        (await AskedMembersAsync()).ShouldBe(["ks-m0 10.86.0.30 10.86.0.33 10.86.0.34", "ks-m1 10.86.0.30 10.86.0.33 10.86.0.34", "ks-m2 10.86.0.30 10.86.0.33 10.86.0.34"]);
        (await KubesprayMachine.KubectlAsync("get", "configmap", "cluster-info", "--namespace", "kube-public", "--output", "yaml")).ShouldSucceed()
            .Output.ShouldContain("server: https://10.86.0.30:6443");
        if (kubespray.HasLocalBalancer)
            (await BalancerAsync()).ShouldNotBe(before, "it has started anew with what its configuration says now");
        await ShouldHaveSurvivorAsync();
    }

    [Fact, Chapter(3)]
    public async Task One_of_three_is_lost_for_good_and_another_machine_takes_its_place()
    {
        kubespray.SkipUnlessComplete();
        await SwitchOffAsync("ks-m1");
        await ShouldHaveSurvivorAsync();
        await GoOnWithAsync(["ks-m0", "ks-m2", "ks-m3"], "ks-m1");

        // The playbook would take what etcdctl 3.4 says for a lost quorum, and put a snapshot in the place of what works.
        var refused = (await kubespray.PlayAsync("RecoverControlPlane")).ShouldFail();

        refused.Output.ReplaceLineEndings(" ").ShouldContain("says on standard error what is healthy, where the playbook doesn't look");
        (await MembersAsync("ks-m0")).ShouldBe(["etcd1", "etcd2", "etcd3"]);

        KubesprayMachine.WriteNodes(["ks-m0", "ks-m2"], [Worker], "ks-m1");
        (await kubespray.PlayAsync("RecoverControlPlane")).ShouldSucceed();
        await GoOnWithAsync(["ks-m0", "ks-m2", "ks-m3"]);
        (await kubespray.PlayAsync("Deploy")).ShouldSucceed().Output.ShouldMatch(@"SmokeTest +Succeeded");

        (await MembersAsync("ks-m0")).ShouldBe(["etcd1", "etcd3", "etcd4"]);
        (await KubesprayMachine.NodeNamesAsync()).ShouldBe(["ks-m0", "ks-m2", "ks-m3", Worker]);
        (await AskedMembersAsync()).ShouldBe(["ks-m0 10.86.0.30 10.86.0.34 10.86.0.35", "ks-m2 10.86.0.30 10.86.0.34 10.86.0.35", "ks-m3 10.86.0.30 10.86.0.34 10.86.0.35"]);
        await ShouldHaveSurvivorAsync();
    }

    [Fact, Chapter(4)]
    public async Task Two_of_three_are_lost_and_a_snapshot_becomes_the_new_etcd()
    {
        kubespray.SkipUnlessComplete();
        await SwitchOffAsync("ks-m2");
        await SwitchOffAsync("ks-m3");
        await GoOnWithAsync(["ks-m0"], "ks-m2", "ks-m3");

        var run = (await kubespray.PlayAsync("RecoverControlPlane")).ShouldSucceed();

        run.Output.ShouldContain("etcd has lost its quorum: a snapshot of ks-m0 becomes the new etcd");
        run.Output.ShouldMatch(@"SmokeTest +Succeeded");
        (await MembersAsync("ks-m0")).ShouldBe(["etcd1"]);
        await ShouldHaveSurvivorAsync();
    }

    [Fact, Chapter(5)]
    public async Task All_of_it_came_from_the_bundle()
    {
        kubespray.SkipUnlessComplete();

        await NodeTraffic.ShouldBeOfTheBundleAsync(Address(Worker));
    }

    // Its machines are made, and have a pod network before Kubespray looks at them.
    private async Task GoOnWithAsync(string[] controlPlanes, params string[] broken)
    {
        KubesprayMachine.WriteNodes(controlPlanes, [Worker], broken);
        (await kubespray.BuildAsync("LabUp")).ShouldSucceed();
        await KubesprayMachine.GivePodNetworkAsync([.. controlPlanes, Worker]);
    }

    private static async Task SwitchOffAsync(string node) =>
        (await LabMachine.HereAsync("lxc-stop", "-P", "/var/lib/kubelab/lab/nodes", "-n", node, "-k")).ShouldSucceed();

    private static async Task<string> BalancerAsync() => (await KubesprayMachine.KubectlAsync(
        "get", "pods", "--namespace", "kube-system", "--selector", "k8s-app=kube-nginx",
        "--output", "jsonpath={.items[*].status.containerStatuses[0].containerID}")).ShouldSucceed().Output;

    private static async Task HaveSurvivorAsync()
    {
        if ((await KubesprayMachine.KubectlAsync("get", "configmap", "survivor")).ExitCode != 0)
            (await KubesprayMachine.KubectlAsync("create", "configmap", "survivor", "--from-literal=is=here")).ShouldSucceed();
    }

    // The API may have lost a member of etcd just now.
    private static Task ShouldHaveSurvivorAsync() => LabStory.UntilAsync(
        "the API still has what a user wrote", FailoverLimit,
        async () => (await KubesprayMachine.KubectlAsync("get", "configmap", "survivor")).ExitCode == 0);

    private static async Task<IReadOnlyList<string>> MembersAsync(string node)
    {
        const string list = """
            . /etc/etcd.env
            ETCDCTL_API=3 /usr/local/bin/etcdctl --endpoints https://127.0.0.1:2379 --cacert $ETCDCTL_CACERT --cert $ETCDCTL_CERT --key $ETCDCTL_KEY member list
            """;
        var listed = (await LabMachine.OnNodeAsync(Address(node), list)).ShouldSucceed().Output;
        return [.. listed.Split('\n').Select(line => line.Split(", ")).Where(words => words is [_, "started", ..]).Select(words => words[2]).Order()];
    }

    // The members that each API server asks, as it runs.
    private static async Task<IReadOnlyList<string>> AskedMembersAsync()
    {
        var pods = (await KubesprayMachine.KubectlAsync(
            "get", "pods", "--namespace", "kube-system", "--selector", "component=kube-apiserver",
            "--output", "jsonpath={range .items[*]}{.spec.nodeName} {.spec.containers[0].command}{\"\\n\"}{end}")).ShouldSucceed().Output;
        return [.. pods.Split('\n', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal).Select(pod =>
            $"{pod.Split(' ')[0]} {string.Join(' ', Endpoint(pod).Order(StringComparer.Ordinal))}")];
    }

    private static IEnumerable<string> Endpoint(string pod) =>
        Regex.Matches(pod, @"(?<=https://)[0-9.]+(?=:2379)", RegexOptions.None, TimeSpan.FromSeconds(1)).Select(match => match.Value);

    private static string Address(string node) => KubesprayMachine.Nodes.GetValueOrDefault(node) ?? KubesprayMachine.MoreNodes[node];
}
