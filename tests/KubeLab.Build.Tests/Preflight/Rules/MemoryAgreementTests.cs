using System.Text;
using System.Text.RegularExpressions;
using KubeLab.Commands;
using KubeLab.Preflight;
using KubeLab.Tests.Machines;

namespace KubeLab.Tests.Preflight.Rules;

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

    [SkippableTheory]
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

        var judged = cluster.Judge("memory").Where(finding => finding.Status == FindingStatus.Fail).Select(finding => finding.Node!).Distinct();
        judged.ShouldBe(failed, ignoreOrder: true);
    }

    private static async Task<IReadOnlyList<string>> FailedHostsAsync(
        string program, TemporaryDirectory directory, string defaults, List<(string Name, string Roles, long Memory)> cases)
    {
        var inventory = new StringBuilder();
        foreach (var (group, initial) in new[] { ("kube_control_plane", 'c'), ("kube_node", 'w'), ("etcd", 'e') })
        {
            inventory.AppendLine($"[{group}]");
            foreach (var each in cases.Where(each => each.Roles.Contains(initial)))
                inventory.AppendLine($"{each.Name} ansible_memtotal_mb={each.Memory} ansible_connection=local");
        }

        var run = CommandLine.Of(
            program, "-i", directory.Write("inventory.ini", inventory.ToString()), "-e", $"@{directory.Write("defaults.yml", defaults)}", directory.Write("assert.yml", Playbook)) with
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
