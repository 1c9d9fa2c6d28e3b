using static KubeLab.Lab.Tests.Kubespray.ControlPlanes;

namespace KubeLab.Lab.Tests.Kubespray;

/// <summary>
/// One control plane of the real Kubespray becomes three, with as many members of etcd. What lives on the cluster survives.
/// </summary>
[Collection(LabMachine.Turn)]
[TestMethodOrderer(typeof(StoryOrder))]
public class ControlPlanesStory(KubesprayMachine kubespray) : IClassFixture<KubesprayMachine>
{
    [Fact, Chapter(1)]
    public async Task I_have_one_control_plane_and_one_member_of_etcd()
    {
        kubespray.SkipUnlessComplete();
        await GoOnWithAsync(kubespray, ["ks-m0"]);

        (await kubespray.PlayAsync("Deploy")).ShouldSucceed();

        (await MembersAsync("ks-m0")).ShouldBe(["etcd1"]);
    }

    [Fact, Chapter(2)]
    public async Task I_deploy_with_two_more_of_each_and_any_of_them_may_fail()
    {
        kubespray.SkipUnlessComplete();
        await HaveSurvivorAsync();
        var before = await BalancerAsync();
        await GoOnWithAsync(kubespray, ["ks-m0", "ks-m1", "ks-m2"]);

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
    public async Task All_of_it_came_from_the_bundle()
    {
        kubespray.SkipUnlessComplete();

        await NodeTraffic.ShouldBeOfTheBundleAsync(KubesprayMachine.Nodes[Worker]);
    }

    private static async Task<string> BalancerAsync() => (await KubesprayMachine.KubectlAsync(
        "get", "pods", "--namespace", "kube-system", "--selector", "k8s-app=kube-nginx",
        "--output", "jsonpath={.items[*].status.containerStatuses[0].containerID}")).ShouldSucceed().Output;
}
