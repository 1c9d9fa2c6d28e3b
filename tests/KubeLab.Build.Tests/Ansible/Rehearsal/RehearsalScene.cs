using KubeLab.Ansible;
using KubeLab.Clusters;
using KubeLab.Distributions;
using KubeLab.Ssh;
using KubeLab.Tests.Clusters;
using KubeLab.Tests.Machines;

namespace KubeLab.Tests.Ansible;

/// <summary>A small tree with Kubespray's names, whose asserts a test writes, and a cluster of three nodes that nobody can reach.</summary>
internal sealed class RehearsalScene : IDisposable
{
    public const string Inventory = """
        [all]
        m1 ansible_host=192.0.2.1
        w1 ansible_host=192.0.2.2
        w2 ansible_host=192.0.2.3

        [kube_control_plane]
        m1

        [etcd]
        m1

        [kube_node]
        w1
        w2

        [k8s_cluster:children]
        kube_control_plane
        kube_node
        """;

    public const string VerifySettings = "distribution/roles/kubernetes/preinstall/tasks/0040-verify-settings.yml";

    private readonly string inventory;

    public RehearsalScene(string asserts, string inventory = Inventory)
    {
        Programs.Require(AnsibleFinder.Playbook);
        this.inventory = inventory;
        Write("distribution/cluster.yml", "---\n");
        Write("distribution/roles/kubernetes/preinstall/tasks/main.yml", "---\n- name: Check settings\n  import_tasks: 0040-verify-settings.yml\n  when:\n    - not dns_late\n");
        Write("distribution/roles/kubernetes/preinstall/defaults/main.yml", "---\ndns_late: false\nignore_assert_errors: false\n");
        Write(VerifySettings, asserts);
        Write("cluster/inventory.ini", inventory);
    }

    public TemporaryDirectory Root { get; } = new();

    public string? ExtraVariables { get; set; }

    public Dictionary<string, RehearsalFacts> Facts { get; } = new(StringComparer.Ordinal);

    public Cluster Cluster => new("mycluster", Root.File("cluster"), Root.File("cluster/inventory.ini"), new ClusterSettings { Become = new BecomeSettings { User = Environment.UserName } }, Root.File("artifacts"));

    public Distribution Distribution => Distribution.Open("a small one", Root.File("distribution"));

    public RehearsalScene Write(string path, string text)
    {
        Root.Write(path, text);
        return this;
    }

    public RehearsalScene Role(string role, string part, string text) => Write($"distribution/roles/{role}/{part}/main.yml", text);

    public async Task<AnsibleEnvironment> EnvironmentAsync() => new(Cluster, Distribution, await RealAnsible.ToolchainAsync(), new SshOptions(Cluster));

    public async Task<Inventory> NodesAsync() => await new InventoryReader(new CommandRunner(), await EnvironmentAsync(), Root.Path).ReadAsync();

    public async Task<Rehearsal> RunAsync(Task<IReadOnlyDictionary<string, RehearsalFacts>>? facts = null, CancellationToken cancellationToken = default)
    {
        var known = Task.FromResult<IReadOnlyDictionary<string, RehearsalFacts>>(Facts);
        return await new AssertRehearsal(new CommandRunner(), await EnvironmentAsync(), await NodesAsync(), ExtraVariables)
            .RunAsync(facts ?? known, cancellationToken);
    }

    public void Dispose() => Root.Dispose();
}
