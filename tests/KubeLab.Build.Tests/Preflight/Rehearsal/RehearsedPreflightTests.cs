using KubeLab.Ansible;
using KubeLab.Clusters;
using KubeLab.Preflight;
using KubeLab.Ssh;
using KubeLab.Tests.Ansible;

namespace KubeLab.Tests.Preflight;

/// <summary>The preflight with the release's asserts rehearsed in it, by the real Ansible.</summary>
public class RehearsedPreflightTests
{
    private const string Asserts = """
        ---
        - name: Stop if memory is too small for nodes
          assert:
            that: ansible_memtotal_mb >= minimal_node_memory_mb
          when: inventory_hostname in groups['kube_node']
        - name: Stop if unknown dns mode
          assert:
            that: dns_mode in ['coredns', 'none']
          run_once: true
        """;

    [Fact]
    public async Task What_a_rule_has_found_too_is_one_finding_and_comes_first()
    {
        using var scene = Scene();
        PreflightReport? early = null;

        var report = await (await RunnerAsync(scene)).ValidateNodesAsync(new ShellHere(), new PreflightOptions(), onJudged: found => early = found);

        var memory = report.Findings.Where(finding => finding is { Node: "w1", Status: FindingStatus.Failed } && finding.Message.Contains("memory", StringComparison.Ordinal));
        memory.Select(finding => finding.Check).ShouldBe(["memory"]);
        early!.Findings.ShouldContain(finding => finding.Check == "memory" && finding.Status == FindingStatus.Failed);
        early.Findings.ShouldNotContain(finding => finding.Check == "release-asserts");
        report.Findings.Where(finding => finding.Check == "release-asserts" && finding.Status == FindingStatus.Failed).Select(finding => finding.Observed?.Text).ShouldBe(["dns_mode: kubedns"]);
        report.Succeeded.ShouldBeFalse();
    }

    [Fact]
    public async Task I_leave_them_out_by_their_id()
    {
        using var scene = Scene();

        var report = await (await RunnerAsync(scene)).ValidateNodesAsync(new ShellHere(), new PreflightOptions { SkipChecks = ["release-asserts"] });

        report.Findings.Where(finding => finding.Check == "release-asserts").Select(finding => (finding.Status, finding.Message)).ShouldBe([(FindingStatus.Skipped, "left out by request")]);
    }

    [Fact]
    public async Task The_inventory_is_judged_without_facts()
    {
        using var scene = Scene();

        var report = await (await RunnerAsync(scene)).ValidateInventoryAsync(new PreflightOptions());

        var failed = report.Findings.Where(finding => finding.Status == FindingStatus.Failed && finding.Message.Contains("dns_mode", StringComparison.Ordinal));
        failed.Select(finding => finding.Check).ShouldBe(["allowed-values"], "a rule that names the value's place says it, and the assert doesn't say it again");
        report.Findings.ShouldNotContain(finding => finding.Status == FindingStatus.Failed && finding.Message.Contains("memory", StringComparison.Ordinal));
    }

    private static RehearsalScene Scene()
    {
        var scene = new RehearsalScene(Asserts);
        scene.Role("kubernetes/preinstall", "defaults", "---\ndns_late: false\nminimal_master_memory_mb: 1500\n");
        return scene.Write("cluster/group_vars/all.yml", "dns_mode: kubedns\nminimal_node_memory_mb: 99999999\n");
    }

    private static async Task<PreflightRunner> RunnerAsync(RehearsalScene scene)
    {
        var environment = await scene.EnvironmentAsync();
        var inventory = await scene.NodesAsync();
        return new PreflightRunner(
            new Deployment(environment, inventory, scene.Root.Path), null, TimeProvider.System,
            new AssertRehearsal(new CommandRunner(), environment, inventory, null));
    }

    // Every node is this machine, whose memory is too small for what the inventory asks.
    private sealed class ShellHere : INodeShell
    {
        public async Task<NodeResult> RunAsync(Node node, NodeCommand command, CancellationToken cancellationToken = default)
        {
            var result = await new CommandRunner().RunAsync(
                CommandLine.Of(command.Words[0], [.. command.Words.Skip(1)]) with { StandardInput = command.StandardInput }, cancellationToken: cancellationToken);
            return new NodeResult(result.ExitCode, result.StandardOutput, result.StandardError, result.Duration, null);
        }
    }
}
