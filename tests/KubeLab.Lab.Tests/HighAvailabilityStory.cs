namespace KubeLab.Lab.Tests;

/// <summary>Three control planes: one dies, the API goes on, and another machine takes its place. What lives on it survives.</summary>
[Collection(LabMachine.Turn)]
[TestMethodOrderer(typeof(StoryOrder))]
public partial class HighAvailabilityStory(HighAvailabilityStory.Machine lab) : IClassFixture<HighAvailabilityStory.Machine>
{
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
        const string client = """
            rm -f /var/tmp/stop-asking /var/tmp/asked
            nohup sh -c 'asked=0; failed=0
              while [ ! -e /var/tmp/stop-asking ]; do
                asked=$((asked + 1))
                kubectl --kubeconfig /etc/kubernetes/kubelet.conf --request-timeout 20s get node k8s-n0 || failed=$((failed + 1))
                echo "$asked $failed" > /var/tmp/asked
              done' > /var/tmp/asking.log 2>&1 < /dev/null &
            """;
        const string fingerprints = "sha256sum /etc/kubernetes/pki/apiserver.crt /etc/kubernetes/pki/sa.key | cut -d' ' -f1";
        var before = (await LabMachine.OnNodeAsync("10.86.0.11", fingerprints)).ShouldSucceed().Output.Split('\n');
        (await LabMachine.OnNodeAsync("10.86.0.20", client)).ShouldSucceed();

        var run = await lab.BuildAsync("RenewCertificates");

        var counts = (await LabMachine.OnNodeAsync("10.86.0.20", "touch /var/tmp/stop-asking; sleep 1; cat /var/tmp/asked; grep -v '^NAME\\|^k8s-n0' /var/tmp/asking.log | tail -n 5")).ShouldSucceed().Output;
        run.ShouldSucceed();
        var after = (await LabMachine.OnNodeAsync("10.86.0.11", fingerprints)).ShouldSucceed().Output.Split('\n');
        after[0].ShouldNotBe(before[0]);
        after[1].ShouldBe(before[1]);
        counts.Split('\n')[0].Split(' ')[1].ShouldBe("0", counts);
        int.Parse(counts.Split(' ')[0]).ShouldBeGreaterThan(20);
    }

    [Fact, Chapter(4)]
    public async Task The_first_control_plane_dies_and_the_API_goes_on()
    {
        LabMachine.SkipUnlessRoot();
        (await LabMachine.HereAsync("lxc-stop", "-P", "/var/lib/kubelab/lab/nodes", "-n", "k8s-m0", "-k")).ShouldSucceed();

        var run = (await lab.BuildAsync("FetchKubeconfig")).ShouldSucceed();

        run.Output.ShouldContain("(from k8s-m1)");
        await LabStory.UntilAsync("the API answers", FailoverLimit, async () => (await KubectlAsync("get", "--raw", "/readyz")).ExitCode == 0);
        // A worker, whose load balancer had it among those that it asks, goes on writing.
        var renewed = await LeaseAsync();
        await LabStory.UntilAsync("k8s-n0 renews its lease", FailoverLimit, async () => await LeaseAsync() != renewed);
        (await lab.SmokeTestAsync("--tier", "0")).Blames.Select(blame => blame.Node).ShouldContain("k8s-m0");
    }

    [Fact, Chapter(5)]
    public async Task Another_machine_takes_its_place()
    {
        LabMachine.SkipUnlessRoot();
        using var replaced = lab.ChangeInventory("inventory.ini", Replaced);

        (await lab.BuildAsync("RecoverControlPlane", "--tier", "0")).ShouldSucceed().Output.ShouldMatch(@"SmokeTest +Succeeded");

        (await MembersAsync("10.86.0.11")).ShouldBe(["etcd2", "etcd3", "etcd4"]);
        (await KubectlAsync("get", "nodes", "--output", "jsonpath={.items[*].metadata.name}")).Output.Trim()
            .ShouldBe("k8s-m1 k8s-m2 k8s-m3 k8s-n0 k8s-n1");
        (await KubectlAsync("--namespace", "default", "get", "configmap", "survivor")).ShouldSucceed();
        // The way from a worker to the new one is there, though no playbook ran on it but for that.
        (await LabMachine.OnNodeAsync("10.86.0.20", "grep k8s-m3 /etc/haproxy/haproxy.cfg && ! grep k8s-m0 /etc/haproxy/haproxy.cfg")).ShouldSucceed();
    }

    // As docs/lab.md says it.
    private static string Replaced(string inventory)
    {
        var others = inventory.Replace("\nk8s-m0\n", "\n", StringComparison.Ordinal).Replace("\nk8s-m2\n", "\nk8s-m2\nk8s-m3\n", StringComparison.Ordinal)
            .Replace("\nk8s-n0 ", "\nk8s-m3 ansible_host=10.86.0.13 lab_memory_mb=2048 etcd_member_name=etcd4\nk8s-n0 ", StringComparison.Ordinal);
        return $"{others}\n[broken_kube_control_plane]\nk8s-m0\n\n[broken_etcd]\nk8s-m0\n";
    }

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
