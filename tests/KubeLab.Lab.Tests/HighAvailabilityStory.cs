namespace KubeLab.Lab.Tests;

/// <summary>Three control planes: the first is replaced, another dies, the API goes on. What lives on it survives.</summary>
[Collection(LabMachine.Turn)]
[TestMethodOrderer(typeof(StoryOrder))]
public partial class HighAvailabilityStory(HighAvailabilityStory.Machine lab) : IClassFixture<HighAvailabilityStory.Machine>
{
    private const string Spare = "k8s-m3 ansible_host=10.86.0.13 lab_memory_mb=2048";

    private static readonly TimeSpan FailoverLimit = TimeSpan.FromMinutes(1);

    /// <summary>The lab with the inventory of three control planes.</summary>
    public sealed class Machine() : LabMachine("lab-ha");

    [Fact, Chapter(1)]
    public async Task I_have_three_control_planes_and_etcd_of_three_members()
    {
        LabMachine.SkipUnlessRoot();

        (await lab.BuildAsync("Deploy", "--tier", "0")).ShouldSucceed();

        (await MembersAsync("10.86.0.10")).ShouldBe(["etcd1", "etcd2", "etcd3"]);
        (await KubectlAsync("--namespace", "default", "create", "configmap", "survivor", "--from-literal=is=here")).ShouldSucceed();
    }

    [Fact, Chapter(2)]
    public async Task I_am_refused_a_removal_that_would_cost_the_quorum()
    {
        LabMachine.SkipUnlessRoot();

        var run = (await lab.BuildAsync("RemoveNode", "--node", "k8s-m1,k8s-m2")).ShouldFail();

        run.Output.ReplaceLineEndings(" ").ShouldContain("etcd would lose its quorum");
        run.Output.ShouldNotContain("PLAY [");
    }

    // A worker's own load balancer has all three behind it: who asks through it notices nothing.
    [Fact, Chapter(3)]
    public async Task I_renew_all_certificates_and_a_client_of_the_API_notices_nothing()
    {
        LabMachine.SkipUnlessRoot();
        const string fingerprints = "sha256sum /etc/kubernetes/pki/apiserver.crt /etc/kubernetes/pki/sa.key | cut -d' ' -f1";
        var before = (await LabMachine.OnNodeAsync("10.86.0.11", fingerprints)).ShouldSucceed().Output.Split('\n');
        await BeginAskingAsync();

        var run = await lab.BuildAsync("RenewCertificates");

        var (asked, failed, said) = await EndAskingAsync();
        run.ShouldSucceed();
        var after = (await LabMachine.OnNodeAsync("10.86.0.11", fingerprints)).ShouldSucceed().Output.Split('\n');
        after[0].ShouldNotBe(before[0]);
        after[1].ShouldBe(before[1]);
        failed.ShouldBe(0, said);
        asked.ShouldBeGreaterThan(20);
    }

    // As docs/replace-node.md says it: the machine that was the first one is the spare then, and dies no more.
    [Fact, Chapter(5)]
    public async Task I_replace_the_first_control_plane_while_a_client_asks_and_the_cluster_keeps_what_it_has()
    {
        LabMachine.SkipUnlessRoot();
        Edit(inventory => inventory.Replace("\nk8s-n0 ", $"\n{Spare}\nk8s-n0 ", StringComparison.Ordinal));
        await BeginAskingAsync();

        var run = await lab.BuildAsync("ReplaceNode", "--node", "k8s-m0", "--by", "k8s-m3", "--unencrypted", "--confirm", "lab-ha", "--tier", "0");

        var (asked, failed, said) = await EndAskingAsync();
        run.ShouldSucceed().Output.ShouldMatch(@"SmokeTest +Succeeded");
        // What an API server was just asking of the member that leaves is lost to a Kubernetes of 1.20, which asks no other one then.
        failed.ShouldBeLessThanOrEqualTo(2, said);
        asked.ShouldBeGreaterThan(20);
        (await MembersAsync("10.86.0.13")).ShouldBe(["etcd1", "etcd2", "etcd3"]);
        (await NodesAsync()).ShouldBe("k8s-m1 k8s-m2 k8s-m3 k8s-n0 k8s-n1");
        (await KubectlAsync("--namespace", "default", "get", "configmap", "survivor")).ShouldSucceed();
        (await lab.BuildAsync("Scale")).ShouldFail().Output.ReplaceLineEndings(" ").ShouldContain("Scale would bring k8s-m0 back");
        Edit(AfterReplacement);
    }

    [Fact, Chapter(6)]
    public async Task I_replace_a_worker_by_the_same_machine()
    {
        LabMachine.SkipUnlessRoot();
        var before = await IdAsync();

        (await lab.BuildAsync("ReplaceNode", "--node", "k8s-n1", "--confirm", "lab-ha", "--tier", "0")).ShouldSucceed().Output.ShouldMatch(@"SmokeTest +Succeeded");

        (await IdAsync()).ShouldNotBe(before);
        (await NodesAsync()).ShouldBe("k8s-m1 k8s-m2 k8s-m3 k8s-n0 k8s-n1");

        async Task<string> IdAsync() => (await KubectlAsync("get", "node", "k8s-n1", "--output", "jsonpath={.metadata.uid}")).ShouldSucceed().Output.Trim();
    }

    [Fact, Chapter(7)]
    public async Task The_first_control_plane_dies_and_the_API_goes_on()
    {
        LabMachine.SkipUnlessRoot();
        (await LabMachine.HereAsync("lxc-stop", "-P", "/var/lib/kubelab/lab/nodes", "-n", "k8s-m3", "-k")).ShouldSucceed();

        var run = (await lab.BuildAsync("FetchKubeconfig")).ShouldSucceed();

        run.Output.ShouldContain("(from k8s-m1)");
        await LabStory.UntilAsync("the API answers", FailoverLimit, async () => (await KubectlAsync("get", "--raw", "/readyz")).ExitCode == 0);
        // A worker, whose load balancer had it among those that it asks, goes on writing.
        var renewed = await LeaseAsync();
        await LabStory.UntilAsync("k8s-n0 renews its lease", FailoverLimit, async () => await LeaseAsync() != renewed);
        (await lab.SmokeTestAsync("--tier", "0")).Blames.Select(blame => blame.Node).ShouldContain("k8s-m3");
    }

    [Fact, Chapter(8)]
    public async Task Another_machine_takes_its_place()
    {
        LabMachine.SkipUnlessRoot();
        using var replaced = lab.ChangeInventory("inventory.ini", Replaced);

        (await lab.BuildAsync("RecoverControlPlane", "--tier", "0")).ShouldSucceed().Output.ShouldMatch(@"SmokeTest +Succeeded");

        (await MembersAsync("10.86.0.11")).ShouldBe(["etcd2", "etcd3", "etcd4"]);
        (await NodesAsync()).ShouldBe("k8s-m0 k8s-m1 k8s-m2 k8s-n0 k8s-n1");
        (await KubectlAsync("--namespace", "default", "get", "configmap", "survivor")).ShouldSucceed();
        // The way from a worker to the new one is there, though no playbook ran on it but for that.
        (await LabMachine.OnNodeAsync("10.86.0.20", "grep k8s-m0 /etc/haproxy/haproxy.cfg && ! grep k8s-m3 /etc/haproxy/haproxy.cfg")).ShouldSucceed();
    }

    private static string AfterReplacement(string inventory) => inventory
        .Replace("\nk8s-m0\n", "\nk8s-m3\n", StringComparison.Ordinal).Replace(" etcd_member_name=etcd1", "", StringComparison.Ordinal)
        .Replace(Spare, $"{Spare} etcd_member_name=etcd1", StringComparison.Ordinal);

    // As docs/lab.md says it.
    private static string Replaced(string inventory)
    {
        var others = inventory.Replace("\nk8s-m3\n", "\n", StringComparison.Ordinal).Replace("\nk8s-m2\n", "\nk8s-m2\nk8s-m0\n", StringComparison.Ordinal)
            .Replace("\nk8s-m0 ", "\nk8s-m0 etcd_member_name=etcd4 ", StringComparison.Ordinal);
        return $"{others}\n[broken_kube_control_plane]\nk8s-m3\n\n[broken_etcd]\nk8s-m3\n";
    }

    // For the chapters after it too.
    private void Edit(Func<string, string> change)
    {
        var file = Path.Combine(lab.Inventory, "inventory.ini");
        File.WriteAllText(file, change(File.ReadAllText(file)));
    }

    // A worker's own load balancer has all control planes behind it.
    private static async Task BeginAskingAsync()
    {
        const string client = """
            rm -f /var/tmp/stop-asking /var/tmp/asked
            nohup sh -c 'asked=0; failed=0
              while [ ! -e /var/tmp/stop-asking ] && [ $asked -lt 10000 ]; do
                sleep 0.2
                asked=$((asked + 1))
                kubectl --kubeconfig /etc/kubernetes/kubelet.conf --request-timeout 20s get node k8s-n0 || failed=$((failed + 1))
                echo "$asked $failed" > /var/tmp/asked
              done' > /var/tmp/asking.log 2>&1 < /dev/null &
            """;
        (await LabMachine.OnNodeAsync("10.86.0.20", client)).ShouldSucceed();
    }

    private static async Task<(int Asked, int Failed, string Said)> EndAskingAsync()
    {
        const string counts = "touch /var/tmp/stop-asking; sleep 1; cat /var/tmp/asked; grep -v '^NAME\\|^k8s-n0' /var/tmp/asking.log | tail -n 5";
        var said = (await LabMachine.OnNodeAsync("10.86.0.20", counts)).ShouldSucceed().Output;
        var numbers = said.Split('\n')[0].Split(' ');
        return (int.Parse(numbers[0]), int.Parse(numbers[1]), said);
    }

    private async Task<string> NodesAsync() =>
        (await KubectlAsync("get", "nodes", "--output", "jsonpath={.items[*].metadata.name}")).ShouldSucceed().Output.Trim();

    private static async Task<IReadOnlyList<string>> MembersAsync(string address)
    {
        const string list = """
            cd /etc/ssl/etcd/ssl
            ETCDCTL_API=3 etcdctl --endpoints https://127.0.0.1:2379 --cacert ca.pem --cert member-$(hostname).pem --key member-$(hostname)-key.pem member list
            """;
        var listed = (await LabMachine.OnNodeAsync(address, list)).ShouldSucceed().Output;
        return [.. listed.Split('\n').Select(line => line.Split(", ")).Where(words => words is [_, "started", ..]).Select(words => words[2]).Order()];
    }

    private async Task<string> LeaseAsync() => (await KubectlAsync(
        "--namespace", "kube-node-lease", "get", "lease", "k8s-n0", "--output", "jsonpath={.spec.renewTime}")).Output.Trim();

    private Task<KubeLabRun> KubectlAsync(params string[] arguments) => LabMachine.HereAsync(
        // Where the distribution leaves it (kubectl_localhost), as Kubespray does.
        Path.Combine(lab.Inventory, "artifacts", "kubectl"), ["--kubeconfig", Path.Combine(lab.OwnArtifacts, "admin.conf"), .. arguments]);
}
