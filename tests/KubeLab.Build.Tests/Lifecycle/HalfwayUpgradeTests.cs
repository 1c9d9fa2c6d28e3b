using KubeLab.Kubernetes;
using KubeLab.Lifecycle;
using KubeLab.Tests.Smoke;

namespace KubeLab.Tests.Lifecycle;

/// <summary>Where an upgrade has stopped, and the ways on and back.</summary>
public class HalfwayUpgradeTests
{
    [Fact]
    public void I_see_the_state_of_each_node_and_how_to_go_on_and_back()
    {
        var said = string.Join('\n', HalfwayUpgrade.Tell("v1.32.8",
            [Node("k8s-m0", "v1.32.8"), Node("k8s-n0", "v1.31.9", cordoned: true, ready: false), Node("k8s-n1", "v1.31.9")], "1.32.8", "./build.sh Upgrade"));

        said.ShouldContain("the API server that answers is v1.32.8; kubelets: v1.31.9 on k8s-n0, k8s-n1; v1.32.8 on k8s-m0.");
        said.ShouldContain("Not ready: k8s-n0.");
        said.ShouldContain("Before going on: kubectl uncordon k8s-n0; the playbook neither drains nor uncordons what it finds cordoned.");
        said.ShouldContain("then the same again: ./build.sh Upgrade.");
        said.ShouldContain("/var/backups/etcd-*/snapshot.db");
    }

    [Fact]
    public async Task I_am_told_where_to_look_where_the_API_does_not_answer()
    {
        var kubectl = new StandInKubectl().Answers("", StandInKubectl.Error("The connection to the server 192.0.2.10:6443 was refused"));

        var said = string.Join('\n', await HalfwayUpgrade.LookAsync(() => Task.FromResult<IKubectl>(kubectl), "1.32.8", "./build.sh Upgrade"));

        said.ShouldContain("was refused");
        said.ShouldContain("journalctl -u kubelet");
        said.ShouldContain("then the same again: ./build.sh Upgrade.");
    }

    private static KubeNode Node(string name, string version, bool cordoned = false, bool ready = true) => new()
    { Name = name, KubeletVersion = version, Unschedulable = cordoned, Conditions = [new("Ready", ready ? "True" : "False", "", "")] };
}
