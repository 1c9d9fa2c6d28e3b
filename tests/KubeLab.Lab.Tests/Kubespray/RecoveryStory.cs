using static KubeLab.Lab.Tests.Kubespray.ControlPlanes;

namespace KubeLab.Lab.Tests.Kubespray;

/// <summary>
/// Of three control planes of the real Kubespray one is lost for good, and another machine takes its place; then two of three are, and
/// with them etcd's quorum. What lives on the cluster survives.
/// </summary>
[Collection(LabMachine.Turn)]
[TestMethodOrderer(typeof(StoryOrder))]
public class RecoveryStory(KubesprayMachine kubespray) : IClassFixture<KubesprayMachine>
{
    [Fact, Chapter(1)]
    public async Task I_deploy_three_control_planes_on_new_machines()
    {
        kubespray.SkipUnlessComplete();
        await GoOnWithAsync(kubespray, ["ks-m0", "ks-m1", "ks-m2"]);

        (await kubespray.PlayAsync("Deploy")).ShouldSucceed().Output.ShouldMatch(@"SmokeTest +Succeeded");

        (await MembersAsync("ks-m0")).ShouldBe(["etcd1", "etcd2", "etcd3"]);
        await HaveSurvivorAsync();
    }

    [Fact, Chapter(2)]
    public async Task One_is_lost_for_good_and_I_am_told_how_to_take_it_out()
    {
        kubespray.SkipUnlessComplete();
        await SwitchOffAsync("ks-m1");
        await ShouldHaveSurvivorAsync();
        KubesprayMachine.WriteNodes(["ks-m0", "ks-m2"], [Worker], "ks-m1");

        // The playbook of this release would stop at its silence, in the middle.
        var refused = (await kubespray.PlayAsync("RecoverControlPlane")).ShouldFail();

        refused.Output.ReplaceLineEndings(" ").ShouldContain("./build.sh RemoveNode --node ks-m1 --node-is-gone");
        (await MembersAsync("ks-m0")).ShouldBe(["etcd1", "etcd2", "etcd3"]);

        // LabUp would bring the machine back.
        KubesprayMachine.WriteNodes(["ks-m0", "ks-m2", "ks-m1"], [Worker]);
        (await kubespray.PlayAsync("RemoveNode", "--node", "ks-m1", "--node-is-gone", "--skip", "LabUp"))
            .ShouldSucceed().Output.ShouldMatch(@"SmokeTest +Succeeded");

        (await MembersAsync("ks-m0")).ShouldBe(["etcd1", "etcd3"]);
        (await KubesprayMachine.NodeNamesAsync()).ShouldBe(["ks-m0", "ks-m2", Worker]);
        await ShouldHaveSurvivorAsync();
    }

    [Fact, Chapter(3)]
    public async Task Another_machine_takes_its_place()
    {
        kubespray.SkipUnlessComplete();
        await GoOnWithAsync(kubespray, ["ks-m0", "ks-m2", "ks-m3"]);

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
        KubesprayMachine.WriteNodes(["ks-m0"], [Worker], "ks-m2", "ks-m3");

        var run = (await kubespray.PlayAsync("RecoverControlPlane")).ShouldSucceed();

        run.Output.ReplaceLineEndings(" ").ShouldContain("etcd has lost its quorum: a snapshot of ks-m0 becomes the new etcd");
        run.Output.ShouldMatch(@"SmokeTest +Succeeded");
        (await MembersAsync("ks-m0")).ShouldBe(["etcd1"]);
        await ShouldHaveSurvivorAsync();
    }

    [Fact, Chapter(5)]
    public async Task All_of_it_came_from_the_bundle()
    {
        kubespray.SkipUnlessComplete();

        await NodeTraffic.ShouldBeOfTheBundleAsync(KubesprayMachine.Nodes[Worker]);
    }

    private static async Task SwitchOffAsync(string node) =>
        (await LabMachine.HereAsync("lxc-stop", "-P", "/var/lib/kubelab/lab/nodes", "-n", node, "-k")).ShouldSucceed();
}
