using System.Text.Json;
using System.Text.RegularExpressions;
using KubeLab.Ansible;
using KubeLab.Clusters;
using KubeLab.Distributions;
using KubeLab.Ssh;
using KubeLab.Tests.Clusters;
using KubeLab.Tests.Machines;

namespace KubeLab.Tests.Ansible;

/// <summary>
/// The rehearsal's verdicts on a release's asserts are those of Ansible's own strategy on the same files: where all holds, and where
/// as much as can fail at once does.
/// </summary>
public sealed partial class ReleaseVerdictsTests : IDisposable
{
    private const string CheckoutVariable = "KUBESPRAY_CHECKOUT";

    private readonly TemporaryDirectory root = new();

    // Of our own making: each makes at least one assert of some release fail.
    private static readonly Dictionary<string, string> Inputs = new(StringComparer.Ordinal)
    {
        ["nothing"] = "{}",
        ["settings"] = """
            {"kube_network_plugin": "calcio", "dns_mode": "kubedns", "kube_proxy_mode": "ipvss", "cert_management": "mine",
             "resolvconf_mode": "mine", "container_manager": "dockerd", "etcd_deployment_type": "mine", "download_localhost": true,
             "download_run_once": false, "helm_enabled": "true", "kube_version": "v1.19.0", "cloud_provider": "mine",
             "kube_service_addresses": "10.233.0.0/33", "kube_pods_subnet": "none", "kube_external_ca_mode": true,
             "auto_renew_certificates": true, "kube_apiserver_enable_admission_plugins": ["A,B"], "containerd_config": {"a": 1},
             "dashboard_enabled": true, "rbac_enabled": false, "ip": "192.0.2.99"}
            """,
        ["networks"] = """
            {"kube_network_plugin": "flannel", "container_manager": "docker", "etcd_deployment_type": "host", "gvisor_enabled": true,
             "kata_containers_enabled": true, "kube_service_addresses": "10.233.64.0/18", "kube_pods_subnet": "10.233.64.0/18",
             "kube_network_node_prefix": 18, "kubelet_max_pods": 99999, "download_run_once": true}
            """,
        ["calico"] = """
            {"kube_network_plugin": "calico", "ipip": true, "ipip_mode": "x", "calcio_ipam_autoallocateblocks": true,
             "calico_version": "v0", "peer_with_calico_rr": true, "calico_pool_name": "a b", "calico_network_backend": "x",
             "calico_ipip_mode": "x", "calico_vxlan_mode": "Always", "calico_apiserver_enabled": true, "typha_enabled": true,
             "calico_datastore": "etcd", "enable_dual_stack_networks": true, "ipv6_stack": true, "calico_ipip_mode_ipv6": "Always"}
            """,
        ["cilium"] = """
            {"kube_network_plugin": "cilium", "cilium_encryption_enabled": true, "cilium_encryption_type": "ipsec",
             "cilium_tunnel_mode": "vxlan", "cilium_identity_allocation_mode": "x", "cilium_cluster_id": 300,
             "cilium_version": "v1.0.0", "cilium_hubble_event_buffer_capacity": 2, "kube_owner": "kube"}
            """,
    };

    public static TheoryData<string, string> Cases =>
    [
        .. new[] { "v2.18.2", "v2.23.3", "v2.27.1", "v2.31.0", "HEAD" }.SelectMany(tag => Inputs.Keys.Select(input => (tag, input))),
    ];

    [Theory, MemberData(nameof(Cases))]
    public async Task They_are_those_of_Ansibles_own_strategy(string tag, string input)
    {
        var distribution = await ExtractAsync(tag);
        var toolchain = await RealAnsible.ToolchainAsync();
        Assert.SkipUnless(distribution.AnsibleWindow!.Contains(toolchain.Version), $"{tag} wants another Ansible than {toolchain.Version}");
        var cluster = new Cluster("mycluster", root.File("cluster"), root.File("cluster/hosts.json"), new ClusterSettings(), root.File("artifacts"));
        var environment = new AnsibleEnvironment(cluster, distribution, toolchain, new SshOptions(cluster));
        WriteInventory(Inputs[input]);
        var inventory = await new InventoryReader(new CommandRunner(), environment, root.Path).ReadAsync();

        var rehearsal = await new AssertRehearsal(new CommandRunner(), environment, inventory, null).RunAsync(Task.FromResult<IReadOnlyDictionary<string, RehearsalFacts>>(
            inventory.Nodes.ToDictionary(node => node.Name, node => new RehearsalFacts { Facts = Facts(input), Absent = ["calicoctl.sh"], Paths = Paths, Files = Files }, StringComparer.Ordinal)));

        rehearsal.Problem.ShouldBeNull();
        var judged = rehearsal.Tasks.Where(task => task.Action == "assert").ToList();
        var names = judged.Select(task => task.Name).ToHashSet(StringComparer.Ordinal);
        var unknown = judged.Where(task => task.Unknown.Count > 0).Select(task => task.Name).ToHashSet(StringComparer.Ordinal);
        var failed = judged.SelectMany(task => task.Failed.Select(failure => $"{task.Name} on {failure.Host}")).Distinct(StringComparer.Ordinal).ToList();
        var reference = await ReferenceAsync(environment, inventory, input);
        failed.ShouldBe(
            reference.Where(each => names.Any(name => each.StartsWith($"{name} on ", StringComparison.Ordinal)) && !unknown.Any(name => each.StartsWith($"{name} on ", StringComparison.Ordinal))),
            ignoreOrder: true);
        if (input != "nothing")
            failed.ShouldNotBeEmpty();
    }

    public void Dispose() => root.Dispose();

    private static Dictionary<string, object> Paths { get; } = new(StringComparer.Ordinal)
    {
        ["/etc/resolv.conf"] = new { exists = true },
        ["/run/ostree-booted"] = new { exists = false },
    };

    private static Dictionary<string, string> Files { get; } = new(StringComparer.Ordinal) { ["/etc/resolv.conf"] = "bmFtZXNlcnZlciAxOTIuMC4yLjUzCg==" };

    // The same play by Ansible's own strategy, which goes on after a failure, with the same facts in its cache.
    private async Task<List<string>> ReferenceAsync(AnsibleEnvironment environment, Inventory inventory, string input)
    {
        using var folder = new RehearsalFolder(environment.Distribution, inventory, TimeSpan.FromSeconds(5));
        var play = (await File.ReadAllTextAsync(folder.Playbook)).Replace("\"strategy\":\"kubelab_rehearsal\"", "\"strategy\":\"linear\",\"ignore_errors\":true", StringComparison.Ordinal);
        await File.WriteAllTextAsync(folder.Playbook, play);
        foreach (var node in inventory.Nodes)
            root.Write($"facts/{node.Name}", JsonSerializer.Serialize(Facts(input).ToDictionary(fact => $"ansible_{fact.Key}", fact => fact.Value, StringComparer.Ordinal)));
        var variables = environment.ForInventory();
        variables["ANSIBLE_ROLES_PATH"] = folder.Roles;
        variables["ANSIBLE_CACHE_PLUGIN"] = "jsonfile";
        variables["ANSIBLE_CACHE_PLUGIN_CONNECTION"] = root.File("facts");
        variables["ANSIBLE_STDOUT_CALLBACK"] = "default";
        variables["HOME"] = folder.Home;
        var command = environment.Toolchain.Command("ansible-playbook", "-i", folder.Inventory, folder.Playbook) with { Environment = variables, WorkingDirectory = folder.Home, Timeout = TimeSpan.FromMinutes(10) };
        var result = await new CommandRunner().RunAsync(command);

        var failed = new List<string>();
        var task = "";
        foreach (var line in result.StandardOutput.Split('\n'))
        {
            if (TaskLine().Match(line) is { Success: true } named)
                task = named.Groups["name"].Value;
            else if (Failed().Match(line) is { Success: true } match)
                failed.Add($"{task} on {match.Groups["host"].Value}");
        }

        return [.. failed.Distinct(StringComparer.Ordinal)];
    }

    private static Dictionary<string, object?> Facts(string input) => new(StringComparer.Ordinal)
    {
        ["memtotal_mb"] = input == "settings" ? 512 : 4096,
        ["service_mgr"] = input == "settings" ? "init" : "systemd",
        ["distribution"] = input == "settings" ? "Other" : "Debian",
        ["distribution_major_version"] = "12",
        ["os_family"] = input == "networks" ? "Flatcar" : "Debian",
        ["architecture"] = "x86_64",
        ["all_ipv4_addresses"] = new[] { "192.0.2.1" },
        ["all_ipv6_addresses"] = Array.Empty<string>(),
        ["default_ipv4"] = new { address = "192.0.2.1", @interface = "eth0" },
        ["default_ipv6"] = new { },
        ["kernel"] = input is "settings" or "cilium" ? "4.4.0" : "6.1.0-18-amd64",
        ["hostname"] = "node",
        ["nodename"] = "node",
    };

    private void WriteInventory(string variables) => root.Write("cluster/hosts.json", """
        {"all": {"hosts": {"m1": {}, "w1": {}, "w2": {}}, "vars": VARIABLES,
         "children": {"kube_control_plane": {"hosts": {"m1": {}}}, "etcd": {"hosts": {"m1": {}}}, "kube_node": {"hosts": {"w1": {}, "w2": {}}},
                      "calico_rr": {"hosts": {"w2": {}}}, "connected": {"hosts": {"m1": {}, "w1": {}, "w2": {}}, "vars": {"ansible_connection": "local"}},
                      "k8s_cluster": {"children": {"kube_control_plane": {}, "kube_node": {}, "calico_rr": {}}}}}}
        """.Replace("VARIABLES", variables, StringComparison.Ordinal));

    private async Task<Distribution> ExtractAsync(string tag)
    {
        var checkout = Environment.GetEnvironmentVariable(CheckoutVariable);
        Assert.SkipWhen(string.IsNullOrEmpty(checkout), $"{CheckoutVariable} names no clone of Kubespray");
        var commands = new CommandRunner();
        var archive = CommandLine.Of("git", "-C", checkout!, "archive", "--format=tar", $"--output={root.File("tree.tar")}", tag);
        Assert.SkipUnless((await commands.RunAsync(archive)).Succeeded, $"the clone in {checkout} has no {tag}");
        Directory.CreateDirectory(root.File("tree"));
        (await commands.RunAsync(CommandLine.Of("tar", "-xf", root.File("tree.tar"), "-C", root.File("tree")))).EnsureSucceeded("tar");
        return Distribution.Open($"kubespray {tag}", root.File("tree"));
    }

    [GeneratedRegex(@"^TASK \[(.+ : )?(?<name>.+)\] \**$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex TaskLine();

    [GeneratedRegex(@"^(fatal|failed): \[(?<host>[^\]]+)\](: FAILED!| \()", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Failed();
}
