using CsCheck;
using KubeLab.Ansible;
using KubeLab.Clusters;
using KubeLab.Tests.Clusters;
using KubeLab.Tests.Machines;

namespace KubeLab.Tests.Ansible;

public class LimitTests
{
    private static readonly Inventory Inventory = new(
        "inventory.ini",
        [
            Nodes.Node("m0", ["kube_control_plane", "etcd"]), Nodes.Node("m1", ["kube_control_plane", "etcd"]), Nodes.Node("m2", ["kube_control_plane", "etcd"]),
            Nodes.Node("n0", ["kube_node"]), Nodes.Node("n1", ["kube_node"]),
        ],
        [],
        new Dictionary<string, IReadOnlyList<string>> { ["kube_control_plane"] = ["m0", "m1", "m2"], ["etcd"] = ["m0", "m1", "m2"], ["kube_node"] = ["n0", "n1"] },
        new Dictionary<string, IReadOnlyList<string>>());

    [Theory, InlineData("n1"), InlineData("n0", "n1"), InlineData("m0", "m1", "m2"), InlineData("m0", "m1", "m2", "n0")]
    public void I_can_limit_a_run_to_workers_or_to_the_whole_control_plane(params string[] hosts) =>
        Should.NotThrow(() => LimitGuard.Check(Inventory, "a limit", hosts));

    [Fact]
    public void I_cannot_leave_etcd_half_configured_and_am_told_the_limit_that_works()
    {
        var error = Should.Throw<UserError>(() => LimitGuard.Check(Inventory, "m1,n0", ["m1", "n0"]));

        error.Problem.ShouldContain("m0, m2 would not learn");
        error.Remedy!.ShouldContain("--limit m0,m1,m2,n0");
    }

    [Fact]
    public void I_cannot_leave_out_the_first_control_plane_that_the_others_join_through()
    {
        var external = Inventory with { Groups = new Dictionary<string, IReadOnlyList<string>> { ["kube_control_plane"] = ["m0", "m1"], ["etcd"] = ["n0"] } };

        Should.Throw<UserError>(() => LimitGuard.Check(external, "m1", ["m1"])).Problem.ShouldContain("but not the first, m0");
    }

    [Fact]
    public async Task I_am_told_that_a_limit_matches_no_host()
    {
        using var scene = new AnsibleScene();
        var limits = new HostLimit(scene.Commands, await scene.EnvironmentAsync());

        (await limits.HostsAsync("kube_node,!k8s-m0")).ShouldBe(["k8s-n0"]);
        (await Should.ThrowAsync<UserError>(() => limits.HostsAsync("nosuch"))).Problem.ShouldContain("--limit nosuch matches no host");
    }

    [Fact]
    public async Task I_can_limit_a_run_to_a_host_of_a_further_inventory()
    {
        using var scene = new AnsibleScene();
        var cluster = scene.Cluster with { MoreInventories = [scene.Directory.Write("cluster/more.ini", "[kube_node]\nk8s-n1 ansible_connection=local\n")] };
        var limits = new HostLimit(scene.Commands, await scene.EnvironmentAsync() with { Cluster = cluster });

        (await limits.HostsAsync("k8s-n1")).ShouldBe(["k8s-n1"]);
    }

    [Theory, InlineData(null), InlineData("{\"helm_enabled\": true}"), InlineData(" {}")]
    public void I_can_give_extra_variables_as_JSON(string? text) => Should.NotThrow(() => ExtraVariables.Check(text));

    [Theory, InlineData("helm_enabled=true", "makes a string"), InlineData("{\"a\": }", "no JSON"), InlineData("@/no/such.yml", "no file /no/such.yml")]
    public void I_am_told_why_extra_variables_are_refused(string text, string why) =>
        Should.Throw<UserError>(() => ExtraVariables.Check(text)).Problem.ShouldContain(why);

    [Fact]
    public void Whatever_I_give_as_extra_variables_is_read_or_refused_in_words() => Gen.String[Gen.Char["{}[]\":,ab1 \\\n'&*!|>-\t@"], 0, 60].Sample(
        text =>
        {
            try
            {
                ExtraVariables.Check(text);
                ExtraVariables.Written(text).ShouldAllBe(variable => variable.Source.Path.Length > 0);
            }
            catch (UserError error)
            {
                error.Remedy.ShouldNotBeNullOrEmpty();
            }
        },
        iter: 10_000);
}
