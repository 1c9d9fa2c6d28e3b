using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using KubeLab.Tests.Machines;

namespace KubeLab.Tests.Lifecycle;

/// <summary>What comes after the installation, from the command line to the smoke test: KubeLab's program, the real Ansible, a small cluster.</summary>
public class LifecycleRunTests
{
    internal const string OneControlPlane = """
        [all:vars]
        ansible_connection=local
        [kube_control_plane]
        k8s-m0 etcd_member_name=etcd1
        [etcd:children]
        kube_control_plane
        [kube_node]
        k8s-n0
        k8s-n1
        """;

    [Fact]
    public async Task I_upgrade_a_cluster_remove_a_node_add_it_again_and_reset_all_of_it()
    {
        await RequireAsync();
        using var cluster = new SmallCluster("v2.28.1", OneControlPlane, "1.32.8").Living("v1.31.9", "k8s-m0", "k8s-n0", "k8s-n1");

        var upgrade = await cluster.RunAsync("Upgrade");
        ShouldSucceed(upgrade, "From Kubernetes 1.31.9 to 1.32.8: one step");
        Words(upgrade).ShouldContain("Upgrade takes no backup of etcd, as no recipient is given that it could be encrypted to");
        cluster.Nodes.ShouldBe(["k8s-m0 v1.32.8", "k8s-n0 v1.32.8", "k8s-n1 v1.32.8"]);

        ShouldSucceed(await cluster.RunAsync("RemoveNode", "--node", "k8s-n1"), "Now take k8s-n1 out of inventory/mine/inventory.ini");
        cluster.Nodes.ShouldBe(["k8s-m0 v1.32.8", "k8s-n0 v1.32.8"]);
        File.Exists(cluster.Folder.File("machines/emptied-k8s-n1")).ShouldBeTrue();

        // Without a look at all nodes before, the one within the limit could not be told the names of the others.
        Directory.Delete(cluster.Folder.File("artifacts/mine/facts"), recursive: true);
        ShouldSucceed(await cluster.RunAsync("Scale", "--limit", "k8s-n1"), "The facts of all nodes first");
        cluster.Nodes.ShouldBe(["k8s-m0 v1.32.8", "k8s-n0 v1.32.8", "k8s-n1 v1.32.8"]);
        File.Exists(cluster.Folder.File("machines/hosts-k8s-n0")).ShouldBeFalse();

        var reset = await cluster.RunAsync("Reset", "--confirm", "mine");
        reset.ExitCode.ShouldBe(0, reset.StandardOutput + reset.StandardError);
        cluster.Nodes.ShouldBeEmpty();
        File.Exists(cluster.Folder.File("artifacts/mine/admin.conf")).ShouldBeFalse();
        Playbooks(cluster).ShouldBe(["upgrade-cluster.yml", "remove-node.yml", "playbooks/facts.yml", "scale.yml", "reset.yml"]);
    }

    [Fact]
    public async Task I_list_the_certificates_of_a_cluster_and_leave_a_record_of_them()
    {
        await RequireAsync();
        using var cluster = new SmallCluster("v2.28.1", OneControlPlane, "1.32.8").Living("v1.32.8", "k8s-m0", "k8s-n0", "k8s-n1");
        var none = await cluster.RunAsync("Certificates");
        none.ExitCode.ShouldNotBe(0);
        Words(none).ShouldContain("k8s-n0 has no certificate where they are looked for");

        File.AppendAllText(cluster.Folder.File("inventory/mine/group_vars/all.yml"), "kube_cert_dir: \"{{ machines }}/pki\"\n");
        using var key = RSA.Create(2048);
        using var certificate = new CertificateRequest("CN=kube-apiserver", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            .CreateSelfSigned(TimeProvider.System.GetUtcNow().AddDays(-1), TimeProvider.System.GetUtcNow().AddDays(300));
        cluster.Folder.Write("machines/pki/apiserver.crt", certificate.ExportCertificatePem());
        var listed = await cluster.RunAsync("Certificates");

        listed.ExitCode.ShouldBe(0, listed.StandardOutput + listed.StandardError);
        Words(listed).ShouldContain("CN=kube-apiserver");
        var record = Directory.GetDirectories(cluster.Folder.File("artifacts/mine/runs")).Order(StringComparer.Ordinal).Last();
        File.ReadAllText(Path.Combine(record, "certificates.json")).ShouldContain("\"subject\": \"CN=kube-apiserver\"");
        File.ReadAllText(Path.Combine(record, "summary.md")).ShouldContain("## Every certificate");
    }

    [Fact]
    public async Task I_see_what_differs_from_what_was_asked_for_and_nothing_is_changed()
    {
        await RequireAsync();
        using var cluster = new SmallCluster("v2.28.1", OneControlPlane, "1.32.8").Living("v1.32.8", "k8s-m0", "k8s-n0", "k8s-n1");
        cluster.Folder.Write("distribution/roles/kubernetes/node/tasks/main.yml", "---\n- name: Write it\n  template:\n    src: kubelet.env.j2\n    dest: \"{{ machines }}/{{ inventory_hostname }}.env\"\n");
        cluster.Folder.Write("distribution/roles/kubernetes/node/templates/kubelet.env.j2", "NAME={{ inventory_hostname }}\nTOKEN=new\nMEMORY={{ ansible_memtotal_mb > 0 }}\nHERE={{ ansible_fqdn | length > 0 }}\n");
        foreach (var node in new[] { "k8s-m0", "k8s-n0" })
            cluster.Folder.Write($"machines/{node}.env", $"NAME={node}\nTOKEN=new\nMEMORY=True\nHERE=True\n");
        cluster.Folder.Write("machines/k8s-n1.env", "NAME=k8s-n1\nTOKEN=old-secret-word\nMEMORY=False\nHERE=True\n");

        var status = await cluster.RunAsync("Status");

        // What stands for kubectl knows no workloads, so that not all can be told.
        status.ExitCode.ShouldBe(2, status.StandardOutput + status.StandardError);
        Words(status).Contains("k8s-n1.env differs in 4 lines", StringComparison.Ordinal).ShouldBeTrue(status.StandardOutput + status.StandardError);
        status.StandardOutput.ShouldContain("-MEMORY=False");
        (status.StandardOutput + status.StandardError).ShouldNotContain("old-secret-word");
        Words(status).ShouldNotContain("k8s-n0.env differs");
        var record = Directory.GetDirectories(cluster.Folder.File("artifacts/mine/runs")).Single();
        File.ReadAllText(Path.Combine(record, "status.json")).ShouldContain("-TOKEN=(withheld)");
        File.ReadAllText(Path.Combine(record, "summary.md")).ShouldContain("+MEMORY=True");
        File.ReadAllText(Path.Combine(record, "report.html")).ShouldContain("-MEMORY=False");
        File.ReadAllText(Path.Combine(record, "junit.xml")).ShouldContain("Status.k8s-n1");
        File.ReadAllText(cluster.Folder.File("machines/k8s-n1.env")).ShouldContain("MEMORY=False");
        Directory.Exists(cluster.Folder.File("inventory/mine/credentials")).ShouldBeFalse();
    }

    [Fact]
    public async Task I_recover_a_control_plane_of_which_one_node_is_gone_for_good()
    {
        await RequireAsync();
        using var cluster = new SmallCluster("v2.28.1", $"""
            [all:vars]
            ansible_connection=local
            [kube_control_plane]
            k8s-m1 etcd_member_name=etcd2
            k8s-m2 etcd_member_name=etcd3
            k8s-m3 etcd_member_name=etcd4
            [etcd:children]
            kube_control_plane
            [kube_node]
            k8s-n0
            [broken_kube_control_plane]
            {Gone("k8s-m0")} etcd_member_name=etcd1
            [broken_etcd:children]
            broken_kube_control_plane
            """, "1.32.8").Living("v1.32.8", "k8s-m0", "k8s-m1", "k8s-m2", "k8s-n0");

        // Without a quorum, and with an etcdctl that can't restore, the playbook would remove the data and then stop.
        cluster.Folder.Write("machines/etcdctl", "3.6.10");
        cluster.Folder.Write("machines/quorum-lost", "");
        var refused = await cluster.RunAsync("RecoverControlPlane", "--skip");
        refused.ExitCode.ShouldNotBe(0);
        Words(refused).ShouldContain("which its etcdctl 3.6.10 no longer has");
        Words(refused).ShouldContain("etcdutl snapshot restore");
        cluster.Etcd.ShouldBe(["etcd1", "etcd2", "etcd3"]);

        File.Delete(cluster.Folder.File("machines/quorum-lost"));
        var recovery = await cluster.RunAsync("RecoverControlPlane");
        ShouldSucceed(recovery, "etcd has its quorum: 2 members work, and 3 nodes are in etcd");
        Words(recovery).ShouldContain("Now take k8s-m0 out of inventory/mine/inventory.ini; then ./build.sh Deploy --inventory mine");
        // There is no kubectl on its machines.
        Words(recovery).ShouldContain("Whether what joins asks k8s-m0 can't be told on k8s-m1");

        cluster.Nodes.ShouldBe(["k8s-m1 v1.32.8", "k8s-m2 v1.32.8", "k8s-m3 v1.32.8", "k8s-n0 v1.32.8"]);
        cluster.Etcd.ShouldBe(["etcd2", "etcd3", "etcd4"]);
        Playbooks(cluster).ShouldBe(["playbooks/facts.yml", "recover-control-plane.yml"]);
        cluster.Commands.ShouldContain("--limit=etcd,kube_control_plane");
    }

    [Fact]
    public async Task I_replace_a_worker_and_what_can_go_wrong_goes_wrong_before_it_leaves()
    {
        await RequireAsync();
        const string with = "[all]\nk8s-n2\n";
        using var cluster = new SmallCluster("v2.28.1", with + OneControlPlane, "1.32.8").Living("v1.32.8", "k8s-m0", "k8s-n0", "k8s-n1");
        string[] command = ["ReplaceNode", "--node", "k8s-n1", "--by", "k8s-n2", "--confirm", "mine"];
        IEnumerable<string> before = [.. cluster.Nodes];

        // The name, the budgets, and the machine that is to come: each before anything is changed.
        Words(await cluster.RunAsync([.. command[..^1], "yours"])).ShouldContain("ReplaceNode would delete all that k8s-n1 of the cluster mine holds, and yours was confirmed");
        var budgets = cluster.Folder.Write("machines/budgets", """{"items": [{"metadata": {"name": "web", "namespace": "shop"}, "spec": {"selector": {"matchLabels": {"app": "web"}}}, "status": {"disruptionsAllowed": 0, "currentHealthy": 1, "desiredHealthy": 1, "expectedPods": 1}}]}""");
        Words(await cluster.RunAsync(command)).ShouldContain("the PodDisruptionBudget shop/web lets none of web go");
        File.Delete(budgets);
        var inventory = cluster.Folder.File("inventory/mine/inventory.ini");
        cluster.Folder.Write("inventory/mine/inventory.ini", File.ReadAllText(inventory).Replace("k8s-n2", Gone("k8s-n2"), StringComparison.Ordinal));
        (await cluster.RunAsync(command)).ExitCode.ShouldNotBe(0);
        cluster.Folder.Write("inventory/mine/inventory.ini", with + OneControlPlane);
        cluster.Nodes.ShouldBe(before);
        cluster.Commands.ShouldBeEmpty();

        // kill -9 in a step, and on with the same command: the one that has joined doesn't join again.
        cluster.Folder.Write("machines/killed-in-drain", "");
        (await cluster.RunAsync(command)).ExitCode.ShouldNotBe(0);
        cluster.Nodes.ShouldBe([.. before, "k8s-n2 v1.32.8"]);
        Words(await cluster.RunAsync("Scale")).ShouldContain("k8s-n1 is being replaced by k8s-n2 since");
        var replaced = await cluster.RunAsync(command);

        ShouldSucceed(replaced, "inventory/mine/inventory.ini still has k8s-n1: put k8s-n2 where k8s-n1 stands in kube_node, and take k8s-n1 out");
        Words(replaced).ShouldContain("done is backup, join.");
        cluster.Nodes.ShouldBe(["k8s-m0 v1.32.8", "k8s-n0 v1.32.8", "k8s-n2 v1.32.8"]);
        File.ReadAllText(cluster.Folder.File("machines/drained")).ShouldBe("k8s-n1\n");
        Playbooks(cluster).ShouldBe(["playbooks/facts.yml", "scale.yml", "remove-node.yml"]);
        File.ReadAllText(inventory).ShouldBe(with + OneControlPlane);
        Words(await cluster.RunAsync("Scale")).ShouldContain("Scale would bring k8s-n1 back");
    }

    [Fact]
    public async Task I_replace_the_first_control_plane_by_the_same_machine()
    {
        await RequireAsync();
        using var cluster = new SmallCluster("v2.28.1", """
            [all:vars]
            ansible_connection=local
            [kube_control_plane]
            k8s-m0
            k8s-m1
            [etcd]
            k8s-e0 etcd_member_name=etcd1
            [kube_node]
            k8s-n0
            """, "1.32.8").Living("v1.32.8", "k8s-m0", "k8s-m1", "k8s-n0");

        ShouldSucceed(await cluster.RunAsync("ReplaceNode", "--node", "k8s-m0", "--confirm", "mine"), "ReplaceNode takes no backup of etcd");

        cluster.Nodes.ShouldBe(["k8s-m0 v1.32.8", "k8s-m1 v1.32.8", "k8s-n0 v1.32.8"]);
        Playbooks(cluster).ShouldBe(["remove-node.yml", "cluster.yml"]);
        cluster.Commands.ShouldContain("inventory-leaving.yml");
        // No playbook had it as the first one.
        File.ReadAllText(cluster.Folder.File("machines/first")).ShouldBe("k8s-m1");
        File.Exists(cluster.Folder.File("artifacts/mine/node-replacement.state.json")).ShouldBeFalse();
    }

    [Fact]
    public async Task I_remove_a_node_whose_machine_does_not_answer_any_more()
    {
        await RequireAsync();
        using var cluster = new SmallCluster("v2.28.1", OneControlPlane.Replace("k8s-n1", Gone("k8s-n1"), StringComparison.Ordinal), "1.32.8")
            .Living("v1.32.8", "k8s-m0", "k8s-n0", "k8s-n1").AsCollection();

        ShouldSucceed(await cluster.RunAsync("RemoveNode", "--node", "k8s-n1", "--node-is-gone"));
        Playbooks(cluster).ShouldBe(["playbooks/remove_node.yml"]);

        cluster.Nodes.ShouldBe(["k8s-m0 v1.32.8", "k8s-n0 v1.32.8"]);
        File.Exists(cluster.Folder.File("machines/emptied-k8s-n1")).ShouldBeFalse();
    }

    [Theory]
    [InlineData("to 1.32.8 it is more than one minor version", "Upgrade")]
    [InlineData("has no Kubernetes 1.31.1", "Upgrade", "--kubernetes-version", "1.31.1")]
    [InlineData("RemoveNode takes no --limit: --node says which nodes leave", "RemoveNode", "--node", "k8s-n1", "--limit", "k8s-n0")]
    [InlineData("nobody has confirmed that", "Reset", "--skip")]
    [InlineData("k8s-m0 is the first control plane node", "RemoveNode", "--skip", "--node", "k8s-m0")]
    [InlineData("k8s-m0 is the only control plane", "ReplaceNode", "--node", "k8s-m0", "--confirm", "mine")]
    [InlineData("Reset takes no --limit", "Reset", "--confirm", "mine", "--limit", "k8s-n1")]
    public async Task I_am_refused_what_would_go_wrong_before_anything_is_changed(string says, params string[] arguments)
    {
        await RequireAsync();
        using var cluster = new SmallCluster("v2.28.1", OneControlPlane, "1.32.8").Living("v1.30.0", "k8s-m0", "k8s-n0", "k8s-n1");

        var run = await cluster.RunAsync(arguments);

        run.ExitCode.ShouldNotBe(0);
        Words(run).ShouldContain(says);
        cluster.Nodes.ShouldBe(["k8s-m0 v1.30.0", "k8s-n0 v1.30.0", "k8s-n1 v1.30.0"]);
        Directory.GetFiles(cluster.Folder.File("artifacts"), "commands.txt", SearchOption.AllDirectories).ShouldBeEmpty();
    }

    internal static async Task RequireAsync()
    {
        Programs.Require("ansible-playbook");
        await PrivateMachine.RequireAsync();
    }

    // Nothing listens on such a port, as on a machine that is gone.
    private static string Gone(string name) => $"{name} ansible_connection=ssh ansible_host=127.0.0.1 ansible_port={LoopbackSshd.FreePort()}";

    internal static void ShouldSucceed(CommandResult run, string says = "")
    {
        run.ExitCode.ShouldBe(0, run.StandardOutput + run.StandardError);
        run.StandardOutput.ShouldMatch(@"SmokeTest +Succeeded");
        Words(run).ShouldContain(says);
    }

    internal static string Words(CommandResult run) => string.Join(' ', run.StandardOutput.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    private static IEnumerable<string> Playbooks(SmallCluster cluster) =>
        cluster.Commands.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' ')[^1]);
}
