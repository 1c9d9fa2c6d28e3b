using KubeLab.Tests.Machines;
using static KubeLab.Tests.Lifecycle.LifecycleRunTests;

namespace KubeLab.Tests.Lifecycle;

/// <summary>Upgrades of a small cluster; beside the other tests of its life, as each takes its time.</summary>
public class LifecycleUpgradeTests
{
    [Fact]
    public async Task I_upgrade_to_another_version_than_the_inventorys_with_a_release_that_asks_in_the_old_way()
    {
        await RequireAsync();
        using var cluster = new SmallCluster("v2.19.1", OneControlPlane, "v1.23.7").Living("v1.20.15", "k8s-m0", "k8s-n0", "k8s-n1");

        ShouldSucceed(await cluster.RunAsync("Upgrade", "--kubernetes-version", "1.21.0"), "set kube_version: v1.21.0 in its group_vars");
        cluster.Nodes.ShouldBe(["k8s-m0 v1.21.0", "k8s-n0 v1.21.0", "k8s-n1 v1.21.0"]);

        var reset = await cluster.RunAsync("Reset", "--confirm", "mine");
        reset.ExitCode.ShouldBe(0, reset.StandardOutput + reset.StandardError);
        cluster.Nodes.ShouldBeEmpty();
    }

    [Fact]
    public async Task I_plan_an_upgrade_by_the_tags_of_my_checkout_and_take_its_step()
    {
        await RequireAsync();
        using var cluster = new SmallCluster("v2.28.1", OneControlPlane, "1.31.9").Living("v1.31.9", "k8s-m0", "k8s-n0", "k8s-n1");
        cluster.Folder.Write("artifacts/mine/admin.conf", "");
        await GitAsync(cluster, "init", "--quiet");
        await GitAsync(cluster, "add", "--all");
        await GitAsync(cluster, "-c", "user.name=Test", "-c", "user.email=test@example.com", "commit", "--quiet", "--message", "Everything");
        await GitAsync(cluster, "tag", "v2.28.1");

        var plan = await cluster.RunAsync("UpgradePlan");

        plan.ExitCode.ShouldBe(0, plan.StandardOutput + plan.StandardError);
        var command = $"./build.sh Upgrade --inventory mine --kubespray-path {ShellWords.Quote(cluster.Folder.File("distribution"))} --kubernetes-version 1.32.8";
        Words(plan).ShouldContain($"1. git -C {ShellWords.Quote(cluster.Folder.File("distribution"))} checkout v2.28.1 && {command}");
        Words(plan).ShouldContain("inventory/mine/group_vars/all.yml:2: kube_version is 1.31.9, which outranks what each release brings");
        Words(plan).ShouldContain("Not known: what the releases have made in the cluster");
        cluster.Nodes.ShouldBe(["k8s-m0 v1.31.9", "k8s-n0 v1.31.9", "k8s-n1 v1.31.9"]);

        var behind = await cluster.RunAsync("UpgradePlan", "--to", "v2.28.0");
        behind.ExitCode.ShouldNotBe(0);
        Words(behind).ShouldContain("There is no release v2.28.0 of Kubespray. Did you mean v2.28.1?");

        ShouldSucceed(await cluster.RunAsync("Upgrade", "--kubernetes-version", "1.32.8"));
        cluster.Nodes.ShouldBe(["k8s-m0 v1.32.8", "k8s-n0 v1.32.8", "k8s-n1 v1.32.8"]);
    }

    [Fact]
    public async Task I_am_told_where_an_upgrade_has_stopped_and_go_on_with_the_same_command()
    {
        await RequireAsync();
        using var cluster = new SmallCluster("v2.28.1", OneControlPlane, "1.32.8").Living("v1.31.9", "k8s-m0", "k8s-n0", "k8s-n1");
        var broken = cluster.Folder.Write("machines/broken-k8s-n1", "");

        var stopped = await cluster.RunAsync("Upgrade");

        stopped.ExitCode.ShouldNotBe(0);
        Words(stopped).ShouldContain("It has stopped half-way to 1.32.8: the API server that answers is v1.32.8; kubelets: v1.31.9 on k8s-n1; v1.32.8 on k8s-m0, k8s-n0.");
        Words(stopped).ShouldContain("then the same again: ./build.sh Upgrade --inventory mine");
        File.Delete(broken);
        ShouldSucceed(await cluster.RunAsync("Upgrade"));
        cluster.Nodes.ShouldBe(["k8s-m0 v1.32.8", "k8s-n0 v1.32.8", "k8s-n1 v1.32.8"]);
    }

    private static async Task GitAsync(SmallCluster cluster, params string[] arguments) =>
        (await new CommandRunner().RunAsync(new CommandLine("git", ["-C", cluster.Folder.File("distribution"), .. arguments]))).EnsureSucceeded("git", "");
}
