using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;

namespace KubeLab.Lab.Tests;

// What the smoke test says of a cluster that is broken: the right check fails, it names the node, and no other check blames
// something else. Each chapter mends what it broke and waits until that holds.
public partial class LabStory
{
    // What takes longest and has nothing to say about a node that is cut off.
    private const string Lengthy = "rolling-update,namespace-removed,storage";

    [Fact, Chapter(19)]
    public async Task I_see_that_large_packets_get_lost_on_the_way_through_a_node()
    {
        LabMachine.SkipUnlessRoot();
        const string rule = "FORWARD -m length --length 1300: -j DROP";
        await using var mend = await BreakAsync("k8s-n0", $"iptables -I {rule}", $"iptables -D {rule}");

        (await lab.SmokeTestAsync("--skip-checks", Lengthy))
            .ShouldBlame("packet-size", ["k8s-m0", "k8s-n0", "k8s-n1"], "only 0 of 262144 bytes");
    }

    [Fact, Chapter(20)]
    public async Task I_see_a_stopped_kubelet_in_the_smoke_test_by_its_node()
    {
        LabMachine.SkipUnlessRoot();
        await using var mend = await BreakAsync("k8s-n0", "systemctl stop kubelet", "systemctl start kubelet", NodeIsReadyAsync);
        await UntilAsync("k8s-n0 is NotReady", TimeSpan.FromMinutes(2), async () => !await NodeIsReadyAsync("k8s-n0"));

        (await lab.SmokeTestAsync("--tier", "0")).ShouldBlame("nodes-ready", ["k8s-n0"], "is not Ready");
    }

    [Fact, Chapter(21)]
    public async Task I_see_a_broken_route_between_two_nodes_by_both_of_them()
    {
        LabMachine.SkipUnlessRoot();
        var network = await ValueAsync("get", "node", "k8s-n1", "-o", "jsonpath={.spec.podCIDR}");
        var route = await ValueOnNodeAsync("k8s-n0", $"ip route show {network}");
        await using var mend = await BreakAsync("k8s-n0", $"ip route replace blackhole {network}", $"ip route replace {route}");

        (await lab.SmokeTestAsync("--skip-checks", Lengthy)).ShouldBlame("pod-network", ["k8s-n0", "k8s-n1"], "don't reach the pods of k8s-n1");
    }

    [Fact, Chapter(22)]
    public async Task I_see_a_stopped_kube_proxy_by_its_node()
    {
        LabMachine.SkipUnlessRoot();
        await using var mend = await BreakAsync("k8s-n1", "systemctl stop kube-proxy", "systemctl start kube-proxy");

        (await lab.SmokeTestAsync("--skip-checks", Lengthy)).ShouldBlame("service", ["k8s-n1"], "is kube-proxy, or what stands for it, running there?");
    }

    [Fact, Chapter(23)]
    public async Task I_see_removed_CNI_configuration_by_its_node()
    {
        LabMachine.SkipUnlessRoot();
        await using var mend = await BreakAsync(
            "k8s-n1", "mkdir /root/cni && mv /etc/cni/net.d/* /root/cni/", "cp -a /root/cni/. /etc/cni/net.d/ && rm -r /root/cni", NodeIsReadyAsync);
        await UntilAsync("k8s-n1 is NotReady", TimeSpan.FromMinutes(2), async () => !await NodeIsReadyAsync("k8s-n1"));

        (await lab.SmokeTestAsync("--tier", "0")).ShouldBlame("nodes-ready", ["k8s-n1"], "cni plugin not initialized");
    }

    [Fact, Chapter(24)]
    public async Task I_see_a_taint_that_keeps_pods_away_by_its_node()
    {
        LabMachine.SkipUnlessRoot();
        (await LabMachine.KubectlAsync("taint", "node", "k8s-n1", "maintenance=yes:NoSchedule")).ShouldSucceed();
        await using var mend = new Mending(() => LabMachine.KubectlAsync("taint", "node", "k8s-n1", "maintenance-"));

        (await lab.SmokeTestAsync("--skip-checks", $"{Lengthy},node-clocks")).ShouldBlame("node-taints", ["k8s-n1"], "maintenance=yes:NoSchedule");
    }

    [Fact, Chapter(25)]
    public async Task I_see_a_pod_of_the_control_plane_whose_manifest_is_gone_and_no_pods_are_made_that_nothing_would_start()
    {
        LabMachine.SkipUnlessRoot();
        const string manifest = "/etc/kubernetes/manifests/kube-scheduler.yaml";
        await using var mend = await BreakAsync("k8s-m0", $"mv {manifest} /root/", $"mv /root/kube-scheduler.yaml {manifest}", _ => PodIsReadyAsync("kube-scheduler-k8s-m0"));
        await UntilAsync("the scheduler is gone", TimeSpan.FromMinutes(1), async () =>
            (await LabMachine.KubectlAsync("-n", "kube-system", "get", "pod", "kube-scheduler-k8s-m0")).ExitCode != 0);

        (await lab.SmokeTestAsync()).ShouldBlame("control-plane-pods", ["k8s-m0"], "kube-scheduler is missing");
    }

    [Fact, Chapter(26)]
    public async Task I_see_a_full_disk_by_its_node()
    {
        LabMachine.SkipUnlessRoot();
        // A small disk in the place of the node's, which is this machine's: nobody wants to fill that one.
        const string fill = """
            set -e
            systemctl stop kubelet
            mkdir /root/kubelet
            (cd /var/lib/kubelet && cp -a config.yaml kubeadm-flags.env pki cpu_manager_state /root/kubelet/)
            mount -t tmpfs -o size=1200m tmpfs /var/lib/kubelet
            mount --make-rshared /var/lib/kubelet
            cp -a /root/kubelet/. /var/lib/kubelet/
            systemctl start kubelet
            fallocate -l 250M /var/lib/kubelet/large
            """;
        const string empty = """
            systemctl stop kubelet
            if [ "$(stat --file-system --format %T /var/lib/kubelet)" = tmpfs ]; then umount --recursive --lazy /var/lib/kubelet; fi
            rm -rf /root/kubelet
            systemctl start kubelet
            """;
        await using var mend = await BreakAsync("k8s-n1", fill, empty, NodeIsHealthyAsync);
        await UntilAsync("k8s-n1 has DiskPressure", TimeSpan.FromMinutes(2), async () => await ConditionAsync("k8s-n1", "DiskPressure") == "True");

        (await lab.SmokeTestAsync("--tier", "0")).ShouldBlame("nodes-ready", ["k8s-n1"], "DiskPressure");
    }

    [Fact, Chapter(27)]
    public async Task I_see_that_the_certificate_of_my_kubeconfig_has_expired()
    {
        LabMachine.SkipUnlessRoot();
        var kubeconfig = await ExpiredKubeconfigAsync();

        (await lab.SmokeTestAsync("--kubeconfig", kubeconfig)).ShouldBlame("kubeconfig", [], "expired");
    }

    [Fact, Chapter(28)]
    public async Task I_see_a_cluster_DNS_that_has_stopped_on_every_node_that_asks_it()
    {
        LabMachine.SkipUnlessRoot();
        await using var mend = await BreakAsync("k8s-m0", "pkill -STOP dnsmasq", "pkill -CONT dnsmasq", _ => ClusterDnsIsReadyAsync());

        (await lab.SmokeTestAsync("--skip-checks", Lengthy)).ShouldBlame("dns", ["k8s-m0", "k8s-n0", "k8s-n1"], "doesn't answer its pods");
    }

    [Fact, Chapter(29)]
    public async Task I_see_a_Service_of_the_cluster_without_endpoints_by_its_name()
    {
        LabMachine.SkipUnlessRoot();
        (await LabMachine.KubectlAsync("-n", "kube-system", "create", "service", "clusterip", "nobody", "--tcp=80")).ShouldSucceed();
        await using var mend = new Mending(() => LabMachine.KubectlAsync("-n", "kube-system", "delete", "service", "nobody"));

        (await lab.SmokeTestAsync("--tier", "0")).ShouldBlame("system-services", [], "nobody has no endpoint");
    }

    [Fact, Chapter(30)]
    public async Task I_see_a_node_that_the_inventory_does_not_have_one_that_is_missing_and_a_wrong_version()
    {
        LabMachine.SkipUnlessRoot();
        using (lab.ChangeInventory("inventory.ini", text => text.Replace("k8s-n1", "k8s-n9", StringComparison.Ordinal)))
        {
            var outcome = await lab.SmokeTestAsync("--tier", "0");

            outcome.ShouldBlame("node-set", ["k8s-n1", "k8s-n9"], "is a node of the cluster, but not in the inventory");
            outcome.Blames.Any(blame => blame.Node == "k8s-n9" && blame.Message.Contains("it never joined", StringComparison.Ordinal)).ShouldBeTrue();
        }

        using (lab.ChangeInventory(Path.Combine("group_vars", "all.yml"), text => text + "\nkube_version: v1.20.9\n"))
            (await lab.SmokeTestAsync("--tier", "0")).ShouldBlame("version", ["k8s-m0", "k8s-n0", "k8s-n1"], "v1.20.2, configured is v1.20.9");
    }

    [Fact, Chapter(31)]
    public async Task I_see_that_the_API_is_down_and_nothing_else_is_blamed()
    {
        LabMachine.SkipUnlessRoot();
        const string manifest = "/etc/kubernetes/manifests/kube-apiserver.yaml";
        await using var mend = await BreakAsync("k8s-m0", $"mv {manifest} /root/", $"mv /root/kube-apiserver.yaml {manifest}", _ => ApiIsReadyAsync());
        await UntilAsync("the API is down", TimeSpan.FromMinutes(1), async () => !await ApiIsReadyAsync());

        var outcome = await lab.SmokeTestAsync();

        outcome.ShouldBlame("api-ready", [], "no API server answers");
        outcome.Checks.Values.ShouldNotContain("passed");
    }

    [Fact, Chapter(32)]
    public async Task I_interrupt_the_smoke_test_and_its_namespace_goes()
    {
        LabMachine.SkipUnlessRoot();
        // The control plane has just lost its API: what it lost with it takes a while to come back.
        using var run = lab.StartBuild("SmokeTest", "--wait", "2m", "--skip-checks", "rolling-update");
        var name = await NamespaceAsync();

        (await LabMachine.HereAsync("kill", "-INT", run.Id.ToString(CultureInfo.InvariantCulture))).ShouldSucceed();
        await run.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(1));

        run.ExitCode.ShouldBe(130);
        await UntilAsync($"{name} is being removed", TimeSpan.FromSeconds(5), async () => await IsGoingAsync(name));
    }

    [Fact, Chapter(33)]
    public async Task I_kill_the_smoke_test_and_the_next_one_removes_its_namespace()
    {
        LabMachine.SkipUnlessRoot();
        using var run = lab.StartBuild("SmokeTest", "--skip-checks", "rolling-update");
        var name = await NamespaceAsync();
        run.Kill();
        await run.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(1));
        (await IsGoingAsync(name)).ShouldBeFalse();

        var outcome = await lab.SmokeTestAsync("--checks", "access-control");

        outcome.Run.ShouldSucceed().Output.ShouldContain($"Removed the namespace {name}");
        (await IsGoingAsync(name)).ShouldBeTrue();
    }

    [Fact, Chapter(34)]
    public async Task I_may_only_look_and_what_needs_more_is_skipped_for_that_reason()
    {
        LabMachine.SkipUnlessRoot();
        (await LabMachine.KubectlAsync("-n", "default", "create", "serviceaccount", "viewer")).ShouldSucceed();
        await using var mend = new Mending(async () =>
        {
            await LabMachine.KubectlAsync("delete", "clusterrolebinding", "viewer");
            return await LabMachine.KubectlAsync("-n", "default", "delete", "serviceaccount", "viewer");
        });
        (await LabMachine.KubectlAsync("create", "clusterrolebinding", "viewer", "--clusterrole=view", "--serviceaccount=default:viewer")).ShouldSucceed();

        var outcome = await lab.SmokeTestAsync("--tier", "0", "--kubeconfig", await ViewersKubeconfigAsync());

        outcome.Run.ShouldSucceed().Output.ShouldContain("the kubeconfig's user lacks the right");
        outcome.Checks["nodes-ready"].ShouldBe("skipped");
        outcome.Checks["control-plane-pods"].ShouldBe("passed");
    }

    [Fact, Chapter(35)]
    public async Task I_test_a_cluster_with_nothing_but_its_kubeconfig()
    {
        LabMachine.SkipUnlessRoot();

        var run = await lab.BuildWithoutInventoryAsync("SmokeTest", "--kubeconfig", Path.Combine(lab.Inventory, "artifacts", "admin.conf"), "--checks", "nodes-ready,service", "--smoke-image", "kubelab.invalid/busybox:1.35");

        run.ShouldSucceed().Output.ShouldContain("2 passed, 0 failed");
        run.Output.ShouldMatch("InstallRequirements +Skipped");
    }

    [Fact, Chapter(36)]
    public async Task I_see_the_cluster_whole_again_after_all_of_that()
    {
        LabMachine.SkipUnlessRoot();

        var outcome = await lab.SmokeTestAsync("--wait", "2m");

        outcome.Run.ShouldSucceed();
        foreach (var check in new[] { "dns", "storage", "version", "etcd", "rolling-update", "namespace-removed" })
            outcome.Checks[check].ShouldBe("passed", outcome.Run.Output);
    }

    private static async Task<Mending> BreakAsync(string node, string how, string mend, Func<string, Task<bool>>? holds = null)
    {
        var broken = await LabMachine.OnNodeAsync(LabMachine.Nodes[node], how);
        var mending = new Mending(async () =>
        {
            var mended = await LabMachine.OnNodeAsync(LabMachine.Nodes[node], mend);
            if (holds is not null)
                await UntilAsync($"{node} is mended", TimeSpan.FromMinutes(3), () => holds(node));
            return mended;
        });
        if (broken.ExitCode != 0)
            await mending.DisposeAsync();
        broken.ShouldSucceed();
        return mending;
    }

    private static async Task<bool> NodeIsReadyAsync(string node) => await ConditionAsync(node, "Ready") == "True";

    private static async Task<bool> NodeIsHealthyAsync(string node) =>
        await NodeIsReadyAsync(node) && await ConditionAsync(node, "DiskPressure") == "False";

    private static Task<string> ConditionAsync(string node, string type) =>
        ValueAsync("get", "node", node, "-o", $"jsonpath={{.status.conditions[?(@.type==\"{type}\")].status}}");

    // The kubelet has noticed by then that it didn't answer.
    private static async Task<bool> ClusterDnsIsReadyAsync() =>
        await ValueAsync("-n", "kube-system", "get", "deployment", "kube-dns", "-o", "jsonpath={.status.availableReplicas}") == "1";

    private static async Task<bool> PodIsReadyAsync(string pod) =>
        await ValueAsync("-n", "kube-system", "get", "pod", pod, "-o", "jsonpath={.status.conditions[?(@.type==\"Ready\")].status}") == "True";

    private static async Task<bool> ApiIsReadyAsync() => (await LabMachine.KubectlAsync("--request-timeout=5s", "get", "--raw", "/readyz")).ExitCode == 0;

    private static async Task<string> ValueAsync(params string[] arguments) => (await LabMachine.KubectlAsync(arguments)).Output.Trim();

    private static async Task<string> ValueOnNodeAsync(string node, string script) => (await LabMachine.OnNodeAsync(LabMachine.Nodes[node], script)).ShouldSucceed().Output.Trim();

    // The one that is not on its way out.
    private static async Task<string> NamespaceAsync()
    {
        var name = "";
        await UntilAsync("the smoke test has a namespace", TimeSpan.FromMinutes(3), async () =>
        {
            name = (await ValueAsync(
                "get", "namespaces", "-l", "kubelab.dev/smoke=true", "-o", "jsonpath={range .items[?(@.status.phase==\"Active\")]}{.metadata.name}{\"\\n\"}{end}")).Split('\n')[0];
            return name.StartsWith("kubelab-smoke-", StringComparison.Ordinal);
        });
        return name;
    }

    private static async Task<bool> IsGoingAsync(string name) =>
        await ValueAsync("get", "namespaces", "-o", $"jsonpath={{.items[?(@.metadata.name==\"{name}\")].status.phase}}") != "Active";

    // The administrator's kubeconfig with a certificate that ended a minute ago, signed by the cluster's own authority.
    private async Task<string> ExpiredKubeconfigAsync()
    {
        var authorityPem = await ValueOnNodeAsync("k8s-m0", "cat /etc/kubernetes/pki/ca.crt");
        var authorityKeyPem = await ValueOnNodeAsync("k8s-m0", "cat /etc/kubernetes/pki/ca.key");
        using var authority = X509Certificate2.CreateFromPem(authorityPem, authorityKeyPem);
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("O=system:masters, CN=kubernetes-admin", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var certificate = request.Create(authority, new DateTimeOffset(authority.NotBefore), DateTimeOffset.UtcNow.AddMinutes(-1), [1, 2, 3]);
        return await KubeconfigAsync("expired", new JsonObject
        {
            ["client-certificate-data"] = Convert.ToBase64String(Encoding.ASCII.GetBytes(certificate.ExportCertificatePem())),
            ["client-key-data"] = Convert.ToBase64String(Encoding.ASCII.GetBytes(key.ExportPkcs8PrivateKeyPem())),
        });
    }

    private async Task<string> ViewersKubeconfigAsync()
    {
        var secret = "";
        await UntilAsync("the viewer has a token", TimeSpan.FromSeconds(30), async () =>
            (secret = await ValueAsync("-n", "default", "get", "serviceaccount", "viewer", "-o", "jsonpath={.secrets[0].name}")).Length > 0);
        var token = await ValueAsync("-n", "default", "get", "secret", secret, "-o", "jsonpath={.data.token}");
        return await KubeconfigAsync("viewer", new JsonObject { ["token"] = Encoding.ASCII.GetString(Convert.FromBase64String(token)) });
    }

    private async Task<string> KubeconfigAsync(string name, JsonObject user)
    {
        var config = JsonNode.Parse(await ValueAsync("config", "view", "--raw", "-o", "json"))!;
        config["users"]![0]!["user"] = user;
        return lab.WriteSecret($"{name}.conf", config.ToJsonString());
    }
}
