using System.Text;
using System.Text.RegularExpressions;
using KubeLab.Distributions;
using KubeLab.Preflight;
using KubeLab.Tests.Machines;

namespace KubeLab.Tests.Preflight;

/// <summary>
/// The verdict is the one of the playbook's own assert, as a real Ansible evaluates it, for every memory around both thresholds and
/// every group membership.
/// </summary>
public partial class MemoryAgreementTests
{
    private static readonly string[] Roles = ["c", "w", "e", "cw", "ce", "ew", "cew"];
    private static readonly long[] Memories = [512, 1023, 1024, 1499, 1500, 4096];

    // The conditions and assertions of Kubespray's preinstall role.
    private const string Playbook = """
        - hosts: all
          gather_facts: false
          tasks:
            - assert:
                that: ansible_memtotal_mb >= minimal_master_memory_mb
              when:
                - not ignore_assert_errors
                - ('kube_control_plane' in group_names)
            - assert:
                that: ansible_memtotal_mb >= minimal_node_memory_mb
              when:
                - not ignore_assert_errors
                - ('kube_node' in group_names)
        """;

    [Theory]
    [InlineData("false", "1024", "1500")]
    [InlineData("true", "1024", "1500")]
    [InlineData("\"false\"", "1024", "1500")]
    [InlineData("false", "\"1024\"", "1500")]
    [InlineData("false", "1024.5", "1499.5")]
    [InlineData("false", "0", "2000")]
    public async Task My_verdict_is_that_of_the_assert(string ignore, string ofWorker, string ofControlPlane)
    {
        var program = Programs.Require("ansible-playbook");
        using var directory = new TemporaryDirectory();
        var defaults = $"ignore_assert_errors: {ignore}\nminimal_node_memory_mb: {ofWorker}\nminimal_master_memory_mb: {ofControlPlane}\n";
        var cases = Roles.SelectMany(roles => Memories.Select(memory => (Name: $"n-{roles}-{memory}", roles, memory))).ToList();
        using var cluster = new SampleCluster(defaults);
        foreach (var (name, roles, memory) in cases)
            cluster.Node(name, roles, SampleFacts.Healthy(memoryMb: memory));

        var failed = await FailedHostsAsync(program, directory, defaults, cases);

        var judged = cluster.Judge("memory").Where(finding => finding.Status == FindingStatus.Failed).Select(finding => finding.Node!).Distinct();
        judged.ShouldBe(failed, ignoreOrder: true);
    }

    /// <summary>The lab's distribution, and the checkouts of Kubespray in the folder that KUBELAB_KUBESPRAY_TREES names.</summary>
    public static TheoryData<string> Trees
    {
        get
        {
            var trees = new TheoryData<string> { Path.Combine(Repository.Root, "lab", "distribution") };
            if (Environment.GetEnvironmentVariable("KUBELAB_KUBESPRAY_TREES") is { Length: > 0 } folder)
                trees.AddRange(Directory.GetDirectories(folder));
            return trees;
        }
    }

    [Theory]
    [MemberData(nameof(Trees))]
    public async Task My_verdict_is_that_of_a_distributions_own_tasks_and_defaults(string tree)
    {
        var program = Programs.Require("ansible-playbook");
        using var directory = new TemporaryDirectory();
        long[] memories = [0, 511, 1023, 1024, 1025, 1499, 1500, 1501, 1699, 1700, 8192];
        var cases = Roles.SelectMany(roles => memories.Select(memory => (Name: $"n-{roles}-{memory}", roles, memory))).ToList();
        using var cluster = new SampleCluster().On(tree);
        foreach (var (name, roles, memory) in cases)
            cluster.Node(name, roles, SampleFacts.Healthy(memoryMb: memory));

        var failed = await FailedHostsAsync(program, directory, File.ReadAllText(Path.Combine(tree, Distribution.PreinstallDefaults)), cases, OwnTasks(tree));

        var judged = cluster.Judge("memory").Where(finding => finding.Status == FindingStatus.Failed).ToList();
        var byAssert = judged.Where(finding => finding.Source!.Place.StartsWith(Distribution.PreinstallDefaults, StringComparison.Ordinal));
        byAssert.Select(finding => finding.Node!).Distinct().ShouldBe(failed, ignoreOrder: true);
        failed.Count.ShouldBeGreaterThan(10);

        // kubeadm's own check stands beside it where the tree has kubeadm make it.
        var checksItself = cluster.Scene().Variables.HasDefault(KubeadmPreflight.Variable);
        judged.Except(byAssert).Select(finding => finding.Node!).ShouldBe(
            cases.Where(each => checksItself && each.roles.Contains('c') && each.memory < 1700).Select(each => each.Name), ignoreOrder: true);
    }

    // The tree's own asserts on memory, out of the file that holds all of its asserts.
    private static string OwnTasks(string tree)
    {
        var file = Directory.EnumerateFiles(Path.Combine(tree, "roles/kubernetes/preinstall/tasks"), "*verify-settings.yml").Single();
        var tasks = File.ReadAllText(file).Split("\n- ").Skip(1).Where(task => task.Contains("ansible_memtotal_mb", StringComparison.Ordinal)).ToList();
        tasks.Count.ShouldBe(2);
        return "- hosts: all\n  gather_facts: false\n  tasks:\n" + string.Concat(tasks.Select(task => $"    - {task.ReplaceLineEndings("\n    ").TrimEnd()}\n"));
    }

    private static async Task<IReadOnlyList<string>> FailedHostsAsync(
        string program, TemporaryDirectory directory, string defaults, List<(string Name, string Roles, long Memory)> cases, string playbook = Playbook)
    {
        var inventory = new StringBuilder();
        foreach (var (group, initial) in new[] { ("kube_control_plane", 'c'), ("kube_node", 'w'), ("etcd", 'e') })
        {
            inventory.AppendLine($"[{group}]");
            foreach (var each in cases.Where(each => each.Roles.Contains(initial)))
                inventory.AppendLine($"{each.Name} ansible_memtotal_mb={each.Memory} ansible_connection=local");
        }

        var run = CommandLine.Of(
            program, "-i", directory.Write("inventory.ini", inventory.ToString()), "-e", $"@{directory.Write("defaults.yml", defaults)}", directory.Write("assert.yml", playbook)) with
        {
            Environment = new Dictionary<string, string?>(StringComparer.Ordinal) { ["ANSIBLE_NOCOLOR"] = "1", ["ANSIBLE_DEPRECATION_WARNINGS"] = "0" },
            WorkingDirectory = directory.Path,
            Timeout = TimeSpan.FromMinutes(5),
            MaxOutput = 16 * 1024 * 1024,
        };
        var result = await new CommandRunner().RunAsync(run);
        var recap = RecapLine().Matches(result.StandardOutput[result.StandardOutput.IndexOf("PLAY RECAP", StringComparison.Ordinal)..]);
        recap.Count.ShouldBe(cases.Count);
        return [.. recap.Where(line => line.Groups["failed"].Value != "0").Select(line => line.Groups["name"].Value)];
    }

    [GeneratedRegex(@"^(?<name>n-\S+)\s+: .* failed=(?<failed>[0-9]+)", RegexOptions.Multiline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex RecapLine();
}
