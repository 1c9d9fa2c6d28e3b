using KubeLab.Ansible;
using KubeLab.Diagnosis;
using KubeLab.Tests.Ansible;

namespace KubeLab.Tests.Diagnosis;

public class VariablePlacesTests
{
    [Fact]
    public async Task I_am_told_where_each_variable_of_a_remedy_stands_or_would_be_written()
    {
        using var scene = new AnsibleScene();
        scene.Directory.Write("cluster/group_vars/all/all.yml", "---\nkube_vip_interface: eth1\n");
        scene.Directory.Write("cluster/host_vars/k8s-n0.yml", "# own\n\nkube_vip_interface: eth2\n");
        scene.Directory.Write("distribution/roles/kubespray-defaults/defaults/main.yaml", "bin_dir: /usr/local/bin\n");
        var deployment = new Deployment(await scene.EnvironmentAsync(), await scene.NodesAsync(), scene.Directory.Path);
        var places = new VariablePlaces(deployment.Variables, deployment.Inventory);
        var explanation = new Explanation
        {
            Title = "t",
            Meaning = "m",
            Remedy = "Set kube_vip_interface in group_vars, or bin_dir; no_such_variable and cilium_* are none, nor is /etc/bin_dir.",
        };

        Lines(places.In(explanation)).ShouldBe([
            "kube_vip_interface is set in cluster/group_vars/all/all.yml:2", "bin_dir is not set: cluster/group_vars/all/all.yml is where to write it"]);
        Lines(places.In(explanation with { Nodes = ["k8s-n0"] }))[0].ShouldBe("kube_vip_interface is set in cluster/host_vars/k8s-n0.yml:3");
        places.In(explanation with { Remedy = "Wait." }).Remedy.ShouldBe("Wait.");
    }

    private static string[] Lines(Explanation explanation) => explanation.Remedy.Split('\n')[1..];
}
