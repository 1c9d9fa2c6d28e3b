using System.Text.Json;
using KubeLab.Ansible;
using KubeLab.Clusters;
using KubeLab.Distributions;
using KubeLab.Preflight;
using KubeLab.Ssh;
using KubeLab.Tests.Machines;
using KubeLab.Variables;

namespace KubeLab.Tests.Preflight;

/// <summary>A cluster whose tree, inventory and nodes' facts a test decides, and that is healthy where it decides nothing.</summary>
internal sealed class SampleCluster : IDisposable
{
    private static readonly IReadOnlyList<Rule> Rules = CheckCatalog.All<Rule>();

    private readonly TemporaryDirectory directory = new();
    private readonly List<ProbedNode> probed = [];
    private readonly List<Node> nodes = [];
    private readonly Dictionary<string, IReadOnlyList<string>> written = [];
    private string tree;

    public SampleCluster(string defaults = Defaults)
    {
        tree = directory.File("distribution");
        directory.Write("distribution/cluster.yml", "---\n");
        File("roles/dynamic_groups/tasks/main.yml", Groups);
        File("roles/validate_inventory/tasks/main.yml", Asserts);
        Default(defaults);
    }

    /// <summary>Kubespray's names and values of v2.31, as far as rules read them.</summary>
    public const string Defaults = """
        ---
        ignore_assert_errors: false
        minimal_node_memory_mb: 1024
        minimal_master_memory_mb: 1500
        kube_service_addresses: 10.233.0.0/18
        kube_pods_subnet: 10.233.64.0/18
        kube_network_node_prefix: 24
        kube_network_plugin: flannel
        kube_apiserver_port: 6443
        kube_proxy_mode: ipvs
        dns_mode: coredns
        upstream_dns_servers: []
        override_system_hostname: true
        kubelet_fail_swap_on: true
        supported_os_distributions:
          - 'Debian'
          - 'Ubuntu'
          - 'Rocky'

        """;

    /// <summary>How Kubespray makes its groups, from v2.27.0 on.</summary>
    public const string Groups = """
        ---
        - name: Make the groups
          vars:
            group_mappings:
              kube_control_plane: [kube-master]
              kube_node: [kube-node]
              k8s_cluster: [kube_node, kube_control_plane, calico_rr]
          group_by:
            key: "{{ item.key }}"
          loop: "{{ group_mappings | dict2items }}"

        """;

    /// <summary>How Kubespray made its groups, up to v2.26.</summary>
    public const string OldGroups = """
        ---
        - name: Add the members of the old group
          hosts: k8s-cluster
          tasks:
            - name: Add nodes
              group_by:
                key: 'k8s_cluster'

        """;

    /// <summary>Asserts in Kubespray's shapes.</summary>
    public const string Asserts = """
        ---
        - name: Stop if a boolean is a text
          assert:
            that:
              - helm_enabled | type_debug == 'bool'
        - name: Stop if a group is empty
          assert:
            that: "groups.get( item )"
          with_items:
            - kube_control_plane
            - kube_node
          when: not ignore_assert_errors
        - name: Stop if a value is none
          assert:
            that:
              - kube_network_plugin in ['calico', 'flannel', 'cilium']
              - minimal_node_memory_mb > 0
        - name: Stop if the tunnel does not fit
          assert:
            that: cilium_tunnel_mode in ['vxlan']
          when: cilium_encryption_enabled

        """;

    public string InventoryDirectory => directory.File("inventory");

    public ControlMachine? ControlMachine { get; set; }

    public IReadOnlyList<string> Warnings { get; set; } = [];

    public PreflightOptions Options { get; set; } = new();

    public SampleCluster Default(string yaml)
    {
        directory.Write($"distribution/{Distribution.PreinstallDefaults}", yaml);
        return this;
    }

    /// <summary>A tree that is there takes the place of the sample's.</summary>
    public SampleCluster On(string distribution)
    {
        tree = distribution;
        return this;
    }

    public SampleCluster File(string path, string text)
    {
        directory.Write($"distribution/{path}", text);
        return this;
    }

    public SampleCluster Inventory(string path, string text)
    {
        directory.Write($"inventory/{path}", text);
        return this;
    }

    /// <summary>A node by its groups' initials: c for the control plane, e for etcd, w for a worker.</summary>
    public SampleCluster Node(string name, string roles, NodeFacts? facts, params (string Name, object Value)[] variables)
    {
        var node = new Node(
            name,
            roles.Select(role => role switch { 'c' => NodeGroups.ControlPlane, 'e' => NodeGroups.Etcd, _ => NodeGroups.Worker }).ToHashSet(StringComparer.Ordinal),
            variables.ToDictionary(each => each.Name, each => JsonSerializer.SerializeToElement(each.Value), StringComparer.Ordinal));
        nodes.Add(node);
        probed.Add(new ProbedNode(node) { Facts = facts, ClockOffset = new ClockOffset(0, 0, 0) });
        return this;
    }

    public SampleCluster Probed(Func<ProbedNode, ProbedNode> change)
    {
        probed[^1] = change(probed[^1]);
        return this;
    }

    public PreflightContext Scene() =>
        new(new Deployment(Ansible(), ReadInventory(), directory.Path)) { ControlMachine = ControlMachine, Nodes = probed };

    public Cluster Cluster() => new("sample", InventoryDirectory, Path.Combine(InventoryDirectory, "inventory.ini"), new ClusterSettings(), directory.File("artifacts"));

    /// <summary>An Ansible that nobody starts.</summary>
    public AnsibleEnvironment Ansible() => new(
        Cluster(), Distribution.Open("a distribution", tree), new AnsibleToolchain("", new Version(2, 18), "nowhere"), new SshOptions(Cluster()));

    /// <summary>What Ansible said that the groups are, by the names that the inventory itself has.</summary>
    public SampleCluster Written(string group, params IReadOnlyList<string> members)
    {
        written[group] = members;
        return this;
    }

    public Inventory ReadInventory()
    {
        var groups = nodes.SelectMany(node => node.Groups.Select(group => (group, node.Name))).GroupBy(pair => pair.group, pair => pair.Name, StringComparer.Ordinal)
            .ToDictionary(group => group.Key, group => (IReadOnlyList<string>)[.. group], StringComparer.Ordinal);
        return new Inventory("inventory.ini", nodes, [], groups, new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal))
        {
            Written = written.Count > 0 ? written : groups,
            Warnings = Warnings,
        };
    }

    /// <summary>What one rule says.</summary>
    public IReadOnlyList<Finding> Judge(string rule) => Judge(Rules.Where(each => each.Id == rule));

    /// <summary>What all rules say.</summary>
    public IReadOnlyList<Finding> Judge() => Judge(Rules);

    public PreflightReport Report() => new()
    {
        Cluster = "sample",
        Distribution = "a distribution",
        Target = "ValidateNodes",
        StartedAt = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero),
        Duration = TimeSpan.FromSeconds(1.5),
        Nodes = [.. nodes.Select(node => node.Name)],
        Findings = Judge(),
    };

    public void Dispose() => directory.Dispose();

    private IReadOnlyList<Finding> Judge(IEnumerable<Rule> rules) => Explained(new RuleRunner([.. rules], Options).Findings(Scene()));

    /// <summary>Findings, of which every failure and warning says what was found, what is required, who requires it and what to do.</summary>
    public static IReadOnlyList<Finding> Explained(IReadOnlyList<Finding> findings)
    {
        foreach (var finding in findings.Where(finding => finding.Status is FindingStatus.Failed or FindingStatus.Warning))
        {
            string?[] parts = [finding.Message, finding.Observed?.Text, finding.Required?.Text, finding.Source?.ToString(), finding.Remedy];
            parts.ShouldAllBe(part => !string.IsNullOrWhiteSpace(part), $"{finding}");
        }

        return findings;
    }
}
