using System.Text.Json;
using KubeLab.Ansible;
using KubeLab.Clusters;
using KubeLab.Diagnosis;
using KubeLab.Distributions;
using KubeLab.Records;
using KubeLab.Ssh;
using KubeLab.Tests.Clusters;
using KubeLab.Tests.Machines;

namespace KubeLab.Tests.Ansible;

/// <summary>Two clusters whose machines have the same names, deployed at the same time, don't mix.</summary>
public class ClustersApartTests : IDisposable
{
    private static readonly Dictionary<string, SettingValue> Nothing = [];
    private readonly TemporaryDirectory root = new();

    [Fact]
    public async Task Two_clusters_with_the_same_host_names_are_deployed_at_the_same_time()
    {
        Programs.Require("ansible-playbook");
        await using var firstMachine = await LoopbackSshd.StartAsync();
        await using var secondMachine = await LoopbackSshd.StartAsync();
        RealAnsible.Distribution(root);
        // The port that a machine was reached at tells it from its namesake.
        root.Write("distribution/cluster.yml", "- hosts: all\n  gather_facts: false\n  tasks:\n    - ansible.builtin.shell: echo \"$SSH_CONNECTION\" | cut -d' ' -f4\n      register: reached\n    - ansible.builtin.set_fact:\n        reached_at: \"{{ reached.stdout }}\"\n        cacheable: true\n");
        var first = Describe("first", firstMachine);
        var second = Describe("second", secondMachine);

        await Task.WhenAll(DeployAsync(first), DeployAsync(second));

        ReachedAt(first).ShouldBe($"{firstMachine.Port}");
        ReachedAt(second).ShouldBe($"{secondMachine.Port}");
        new SshOptions(first).ControlPath.ShouldNotBe(new SshOptions(second).ControlPath);
        first.Settings.Ssh.KnownHosts.ShouldNotBe(second.Settings.Ssh.KnownHosts);
        first.ArtifactsDirectory.ShouldNotBe(second.ArtifactsDirectory);
        foreach (var cluster in new[] { first, second })
            await new OpenSshShell(new SshOptions(cluster), new CommandRunner()).CloseAsync();
    }

    public void Dispose() => root.Dispose();

    private Cluster Describe(string name, LoopbackSshd machine)
    {
        root.Write($"inventory/{name}/inventory.ini", $"[kube_control_plane]\nk8s-m0 ansible_host=127.0.0.1 ansible_port={machine.Port} ansible_user=root\n");
        root.Write($"inventory/{name}/kubelab.yml", $"ssh: {{ private_key: '{machine.PrivateKey}' }}\n");
        File.Copy(machine.KnownHosts, root.File($"inventory/{name}/known_hosts"));
        return new ClusterLocator(root.Path).Find(name, Nothing, Nothing);
    }

    private async Task DeployAsync(Cluster cluster)
    {
        var distribution = KubeLab.Distributions.Distribution.Open("a distribution", root.File("distribution"));
        var ansible = await RealAnsible.EnvironmentAsync(cluster, distribution);
        var inventory = await new InventoryReader(new CommandRunner(), ansible, ansible.Cluster.Directory).ReadAsync();
        new SshOptions(cluster).PrepareControlDirectory();
        var record = new RunRecord(cluster, DateTimeOffset.UtcNow);
        var console = Consoles.Silent();
        var explainer = new FailureExplainer(
            new SignatureMatcher(SignatureCatalog.Load(), distribution.Directory, "./build.sh Deploy --resume"),
            new NodeLogs(new OpenSshShell(new SshOptions(cluster), new CommandRunner()), new NodeBecome(cluster.Settings.Become)), console, record);
        var views = new PlaybookViews(console, TimeProvider.System, verbose: false);
        await new PlaybookRunner(new CommandRunner(), console, views, explainer, ansible, record)
            .RunAsync("cluster.yml", inventory, new PlaybookOptions());
    }

    private static string ReachedAt(Cluster cluster)
    {
        using var facts = JsonDocument.Parse(File.ReadAllText(Path.Combine(cluster.ArtifactsDirectory, "facts", "k8s-m0")));
        return facts.RootElement.GetProperty("reached_at").GetString()!;
    }
}
