using System.Text.Json;
using System.Text.RegularExpressions;
using KubeLab.Ansible;
using KubeLab.Clusters;
using KubeLab.Distributions;
using KubeLab.Ssh;
using KubeLab.Tests.Clusters;
using KubeLab.Tests.Machines;
using KubeLab.Variables;

namespace KubeLab.Tests.Ansible;

/// <summary>
/// The rehearsal's verdicts on a release's asserts are those of Ansible's own strategy on the same files: where all holds, and where
/// as much as can fail at once does. Each assert of each release fails for one of the inputs and passes for another.
/// Needs a clone of Kubespray that KUBESPRAY_CHECKOUT names; each release runs with an Ansible of its window, of the PATH or of
/// a folder that KUBELAB_BENCH_ANSIBLES names (with colons between them; of a tree of Ansible, what starts <c>bin/</c> of it with
/// <c>lib/</c> in PYTHONPATH), or is left out. Modules run with the system's Python, as another that is found may run none.
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
             "dashboard_enabled": true, "rbac_enabled": false, "ip": "192.0.2.99", "kubelet_static_pod_path": "/x"}
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
             "cilium_version": "1.0.0", "cilium_hubble_event_buffer_capacity": 2, "kube_owner": "kube",
             "cilium_ipsec_enabled": true, "containerd_version": "1.0.0"}
            """,
        ["clouds"] = """
            {"cloud_provider": "oci", "rbac_enabled": false, "kube_version": "v1.22.0", "kata_containers_version": "2.3.0",
             "dynamic_kubelet_configuration": true, "kube_apiserver_insecure_port": 0, "etcd_kubeadm_enabled": true,
             "etcd_deployment_type": "docker", "container_manager": "containerd", "kube_proxy_mode": "nftables"}
            """,
        ["azure"] = """
            {"cloud_provider": "azure", "calico_ipip_mode": "Always", "calico_vxlan_mode": "Never"}
            """,
        ["external"] = """
            {"cloud_provider": "external", "external_cloud_provider": "mine"}
            """,
        ["wireguard"] = """
            {"kube_network_plugin": "cilium", "cilium_encryption_enabled": true, "cilium_encryption_type": "wireguard",
             "cilium_ipsec_enabled": true, "kube_proxy_mode": "nftables"}
            """,
        ["encryption"] = """
            {"kube_network_plugin": "cilium", "cilium_encryption_enabled": true, "cilium_encryption_type": "mine"}
            """,
        ["gateway"] = """
            {"kube_network_plugin": "cilium", "cilium_gateway_api_enabled": true, "gateway_api_enabled": true,
             "gateway_api_version": "1.5.0", "gateway_api_channel": "standard", "cilium_version": "1.19.0"}
            """,
        ["ipv6"] = """
            {"kube_network_plugin": "flannel", "ipv6_stack": true, "kube_service_addresses_ipv6": "none", "kube_pods_subnet_ipv6": "none"}
            """,
        ["ipv6 networks"] = """
            {"kube_network_plugin": "flannel", "ipv6_stack": true, "kube_service_addresses_ipv6": "fd85::/112",
             "kube_pods_subnet_ipv6": "fd85::/112", "kube_network_node_prefix_ipv6": 112}
            """,
        // Of the plainest that pass what the releases' defaults leave out.
        ["options"] = """
            {"kube_network_plugin": "flannel", "ip": "192.0.2.1", "kubelet_max_pods": 100, "download_run_once": true,
             "download_localhost": true, "kata_containers_enabled": true, "gvisor_enabled": true, "rbac_enabled": true,
             "dashboard_enabled": true, "kube_external_ca_mode": true, "auto_renew_certificates": false, "cloud_provider": "external",
             "external_cloud_provider": "openstack", "kube_apiserver_enable_admission_plugins": ["A"], "ipv6_stack": true,
             "kata_containers_version": "2.3.0", "dynamic_kubelet_configuration": false, "kube_proxy_mode": "nftables"}
            """,
        ["options of Calico"] = """
            {"kube_network_plugin": "calico", "peer_with_calico_rr": true, "cluster_id": "192.0.2.250", "calico_datastore": "kdd",
             "calico_apiserver_enabled": true, "typha_enabled": true, "ipv6_stack": true, "enable_dual_stack_networks": true,
             "calico_ipip_mode": "Never", "calico_vxlan_mode": "Always", "calico_network_backend": "vxlan", "cloud_provider": "azure", "etcd_kubeadm_enabled": true,
             "etcd_deployment_type": "kubeadm"}
            """,
        ["options of Cilium"] = """
            {"kube_network_plugin": "cilium", "cilium_encryption_enabled": true, "cilium_encryption_type": "ipsec",
             "cilium_tunnel_mode": "vxlan", "cilium_ipsec_key": "a", "cilium_ipsec_enabled": true, "cilium_cluster_id": 1,
             "cilium_hubble_event_buffer_capacity": 1, "cilium_gateway_api_enabled": true, "gateway_api_enabled": true,
             "gateway_api_version": "1.4.0", "cilium_version": "1.19.0", "kube_owner": "root", "cloud_provider": "oci", "rbac_enabled": true}
            """,
        ["options of Wireguard"] = """
            {"kube_network_plugin": "cilium", "cilium_encryption_enabled": true, "cilium_encryption_type": "wireguard",
             "cilium_version": "1.19.0"}
            """,
        ["no workers"] = "{}",
        ["no etcd"] = "{}",
        ["even etcd"] = "{}",
        ["no control plane"] = "{}",
        ["a route reflector outside"] = "{}",
    };

    private static readonly Dictionary<string, string> Groups = new(StringComparer.Ordinal)
    {
        ["no workers"] = """ "kube_control_plane": {"hosts": {"m1": {}}}, "etcd": {"hosts": {"m1": {}}}, "kube_node": {"hosts": {}} """,
        ["no etcd"] = """ "kube_control_plane": {"hosts": {"m1": {}}}, "etcd": {"hosts": {}}, "kube_node": {"hosts": {"w1": {}}} """,
        ["even etcd"] =
            """ "kube_control_plane": {"hosts": {"m1": {}}}, "etcd": {"hosts": {"m1": {}, "W_1": {}}}, "kube_node": {"hosts": {"W_1": {}}} """,
        ["no control plane"] =
            """ "kube_control_plane": {"hosts": {}}, "etcd": {"hosts": {"w1": {}}}, "kube_node": {"hosts": {"w1": {}}} """,
        ["a route reflector outside"] =
            """ "kube_control_plane": {"hosts": {"m1": {}}}, "etcd": {"hosts": {"r1": {}}}, "kube_node": {"hosts": {"w1": {}}}, "calico_rr": {"hosts": {"r1": {}}} """,
    };

    // Beside these, each assert has an input for which it fails and one for which it passes.
    private static readonly Dictionary<string, string> Without = new(StringComparer.Ordinal)
    {
        ["Check if inventory match current cluster configuration"] = "asks a Calico that is alive",
        ["Check if ipv6 inventory match current cluster configuration"] = "asks a Calico that is alive",
        ["Check that current calico version is enough for upgrade"] = "asks a Calico that is alive",
        ["Assert that current calico version is enough for upgrade"] = "asks a Calico that is alive",
        ["Stop if any host not in '--limit' does not have a fact cache"] = "of runs with a limit alone",
        ["Verify that the packages list is sorted"] = "of the release itself, which no input changes",
        ["Stop if using deprecated containerd_config variable"] = "skipped or failed, never passed",
        ["Check that calico_rr nodes are in k8s_cluster group"] = "from v2.27 on the release puts them there",
        ["Stop if `etcd_kubeadm_enabled` is defined and `etcd_deployment_type` is not `kubeadm` or `host`"] =
            "the release sets the type to kubeadm itself before it asks",
        ["Stop if /etc/resolv.conf has no configured nameservers"] = "passes here; what fails it is a node's, and a test of the rule's",
    };

    public static TheoryData<string, string> Cases =>
    [
        .. new[] { "v2.18.2", "v2.23.3", "v2.27.1", "v2.31.0", "HEAD" }.SelectMany(tag => Inputs.Keys.Select(input => (tag, input))),
    ];

    [Theory, MemberData(nameof(Cases))]
    public async Task They_are_those_of_Ansibles_own_strategy(string tag, string input)
    {
        var distribution = await ExtractAsync(tag);
        var toolchain = await ToolchainAsync(distribution);
        var cluster = new Cluster("mycluster", root.File("cluster"), root.File("cluster/hosts.json"), new ClusterSettings(), root.File("artifacts"));
        var environment = new AnsibleEnvironment(cluster, distribution, toolchain, new SshOptions(cluster));
        var (inventory, rehearsal) = await RehearseAsync(environment, input);

        var judged = rehearsal.Tasks.Where(task => task.Action == "assert").ToList();
        var names = judged.Select(task => task.Name).ToHashSet(StringComparer.Ordinal);
        var unknown = judged.Where(task => task.Unknown.Count > 0).Select(task => task.Name).ToHashSet(StringComparer.Ordinal);
        var failed = judged.SelectMany(task => task.Failed.Select(failure => $"{task.Name} on {failure.Host}")).Distinct(StringComparer.Ordinal).ToList();
        var reference = (await ReferenceAsync(environment, inventory, input)).Select(each => AsWritten(each, names)).ToList();
        failed.ShouldBe(
            reference.Where(each => names.Any(name => each.StartsWith($"{name} on ", StringComparison.Ordinal)) && !unknown.Any(name => each.StartsWith($"{name} on ", StringComparison.Ordinal))),
            ignoreOrder: true);
        if (input is "settings" or "networks" or "calico" or "cilium")
            failed.ShouldNotBeEmpty();
    }

    [Theory, InlineData("v2.18.2"), InlineData("v2.23.3"), InlineData("v2.27.1"), InlineData("v2.31.0"), InlineData("HEAD")]
    public async Task Each_assert_fails_for_an_input_and_passes_for_another(string tag)
    {
        var distribution = await ExtractAsync(tag);
        var toolchain = await ToolchainAsync(distribution);
        var cluster = new Cluster("mycluster", root.File("cluster"), root.File("cluster/hosts.json"), new ClusterSettings(), root.File("artifacts"));
        var environment = new AnsibleEnvironment(cluster, distribution, toolchain, new SshOptions(cluster));
        var asserts = new HashSet<string>(StringComparer.Ordinal);
        var (failing, passing) = (new HashSet<string>(StringComparer.Ordinal), new HashSet<string>(StringComparer.Ordinal));
        foreach (var input in Inputs.Keys)
        {
            var tasks = (await RehearseAsync(environment, input)).Rehearsal.Tasks.Where(task => task.Action is "assert" or "fail");
            foreach (var task in tasks)
            {
                asserts.Add(task.Name);
                if (task.Failed.Count > 0)
                    failing.Add(task.Name);
                if (task.Passed.Count > 0)
                    passing.Add(task.Name);
            }
        }

        asserts.Count.ShouldBeGreaterThan(40);
        asserts.Except(failing).Except(Without.Keys).Order().ShouldBeEmpty("these fail for no input");
        asserts.Except(passing).Except(Without.Keys).Order().ShouldBeEmpty("these pass for no input");
    }

    private async Task<(Inventory Inventory, Rehearsal Rehearsal)> RehearseAsync(AnsibleEnvironment environment, string input)
    {
        WriteInventory(Inputs[input], Groups.GetValueOrDefault(input));
        var inventory = await new InventoryReader(new CommandRunner(), environment, root.Path).ReadAsync();
        var rehearsal = await new AssertRehearsal(new CommandRunner(), environment, inventory, null).RunAsync(Task.FromResult<IReadOnlyDictionary<string, RehearsalFacts>>(
            inventory.Nodes.ToDictionary(node => node.Name, node => new RehearsalFacts { Facts = Facts(input), Absent = ["calicoctl.sh"], Paths = Paths, Files = Files }, StringComparer.Ordinal)));
        rehearsal.Problem.ShouldBeNull(input);
        return (inventory, rehearsal);
    }

    private static readonly Lazy<Task<AnsibleToolchain?[]>> OfTheBench = new(() =>
    {
        var folders = (Environment.GetEnvironmentVariable("KUBELAB_BENCH_ANSIBLES") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries);
        var finder = new AnsibleFinder(new CommandRunner());
        return Task.WhenAll(folders.Select(folder => finder.InAsync(folder, "the bench's")));
    });

    private static async Task<AnsibleToolchain> ToolchainAsync(Distribution distribution)
    {
        AnsibleToolchain?[] toolchains = [await RealAnsible.ToolchainAsync(), .. await OfTheBench.Value];
        var fitting = toolchains.OfType<AnsibleToolchain>().FirstOrDefault(toolchain => distribution.AnsibleWindow!.Contains(toolchain.Version));
        Assert.SkipWhen(fitting is null, $"{distribution.Name} wants another Ansible");
        return fitting!;
    }

    public void Dispose() => root.Dispose();

    private static Dictionary<string, object> Paths { get; } = new(StringComparer.Ordinal)
    {
        ["/etc/resolv.conf"] = new { exists = true },
        ["/run/ostree-booted"] = new { exists = false },
    };

    private static Dictionary<string, string> Files { get; } = new(StringComparer.Ordinal) { ["/etc/resolv.conf"] = "bmFtZXNlcnZlciAxOTIuMC4yLjUzCg==" };

    // Ansible tells a task by what the templates in its name have become.
    private static string AsWritten(string said, IEnumerable<string> names)
    {
        var on = said.LastIndexOf(" on ", StringComparison.Ordinal);
        return names.FirstOrDefault(name => name.Contains("{{") && said.StartsWith(name[..name.IndexOf("{{", StringComparison.Ordinal)], StringComparison.Ordinal)
            && said[..on].EndsWith(name[(name.LastIndexOf("}}", StringComparison.Ordinal) + 2)..], StringComparison.Ordinal)) is { } written ? written + said[on..] : said;
    }

    // The same play by Ansible's own strategy, which goes on after a failure, with the same facts in its cache.
    private async Task<List<string>> ReferenceAsync(AnsibleEnvironment environment, Inventory inventory, string input)
    {
        using var folder = new RehearsalFolder();
        folder.Write(environment.Distribution, inventory, InventoryLines.ReadAll([root.File("cluster/hosts.json")], root.Path).Children, TimeSpan.FromSeconds(5));
        var play = (await File.ReadAllTextAsync(folder.Playbook)).Replace("\"strategy\":\"kubelab_rehearsal\"", "\"strategy\":\"linear\",\"ignore_errors\":true", StringComparison.Ordinal);
        await File.WriteAllTextAsync(folder.Playbook, play);
        foreach (var node in inventory.Nodes)
            root.Write($"facts/{node.Name}", JsonSerializer.Serialize(Facts(input).ToDictionary(fact => $"ansible_{fact.Key}", fact => fact.Value, StringComparer.Ordinal)));
        var variables = environment.ForInventory();
        variables["ANSIBLE_ROLES_PATH"] = folder.Roles;
        variables["ANSIBLE_CACHE_PLUGIN"] = "jsonfile";
        variables["ANSIBLE_CACHE_PLUGIN_CONNECTION"] = root.File("facts");
        variables["ANSIBLE_STDOUT_CALLBACK"] = "default";
        variables["ANSIBLE_PIPELINING"] = "True";
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
        ["kernel"] = input is "settings" or "cilium" or "wireguard" ? "4.4.0" : "6.1.0-18-amd64",
        ["hostname"] = "node",
        ["nodename"] = "node",
    };

    private const string Members = """
        "kube_control_plane": {"hosts": {"m1": {}}}, "etcd": {"hosts": {"m1": {}}}, "kube_node": {"hosts": {"w1": {}, "w2": {}}},
        "calico_rr": {"hosts": {"w2": {}}}
        """;

    private void WriteInventory(string variables, string? groups) => root.Write("cluster/hosts.json", """
        {"all": {"vars": VARIABLES,
         "children": {GROUPS, "connected": {"children": {"kube_control_plane": {}, "kube_node": {}, "etcd": {}}, "vars": {"ansible_connection": "local", "ansible_python_interpreter": "/usr/bin/python3"}},
                      "k8s_cluster": {"children": {"kube_control_plane": {}, "kube_node": {}REFLECTORS}}}}}
        """.Replace("VARIABLES", variables, StringComparison.Ordinal).Replace("GROUPS", groups ?? Members, StringComparison.Ordinal)
        .Replace("REFLECTORS", groups is null ? ", \"calico_rr\": {}" : "", StringComparison.Ordinal));

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

    [GeneratedRegex(@"^(fatal|failed): \[(?<host>[^\] ]+)( -> .*?)?\](: FAILED!| \()", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Failed();
}
