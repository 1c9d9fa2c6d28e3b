using System.Text.Json;

namespace KubeLab.Lab.Tests;

// A network that is away for a while.
public partial class FailureStory
{
    // Ends by itself, as nobody could end it from here. The last line tells how many packets were lost.
    private const string CutFor20Seconds = """
        cat > /run/cut <<'EOF'
        sleep 1
        iptables -I INPUT -p tcp --dport 22 -j DROP
        iptables -I OUTPUT -p tcp --sport 22 -j DROP
        sleep 20
        iptables -nvxL INPUT 1 > /run/cut-packets
        iptables -D INPUT -p tcp --dport 22 -j DROP
        iptables -D OUTPUT -p tcp --sport 22 -j DROP
        EOF
        rm -f /run/cut-packets
        systemd-run --quiet --collect --unit cut /bin/sh /run/cut
        """;

    [Fact, Chapter(5)]
    public async Task I_do_not_lose_the_run_when_SSH_to_a_node_is_cut_for_20_seconds()
    {
        LabMachine.SkipUnlessRoot();
        await using var run = lab.Start("InstallCluster", "--skip");
        await run.UntilTaskAsync(EarlyTask);

        // The first control plane: also where the run's lock is touched every 15 s.
        (await LabMachine.OnNodeAsync(LabMachine.Nodes["k8s-m0"], CutFor20Seconds)).ShouldSucceed();

        var ended = (await run.EndAsync(PlaybookLimit)).ShouldSucceed();
        ended.Output.ShouldNotContain("another run has taken over");
        LongestTask(run.Record, "k8s-m0").ShouldBeGreaterThan(15);
        var lost = (await LabMachine.OnNodeAsync(LabMachine.Nodes["k8s-m0"], "cat /run/cut-packets")).ShouldSucceed().Output;
        int.Parse(lost.Split(' ', StringSplitOptions.RemoveEmptyEntries)[0], System.Globalization.CultureInfo.InvariantCulture).ShouldBeGreaterThan(0, lost);
    }

    // In seconds.
    private static double LongestTask(string record, string node) => File.ReadLines(Path.Combine(record, "events.jsonl"))
        .Select(line => JsonDocument.Parse(line).RootElement)
        .Where(each => each.GetProperty("event").GetString() == "result" && each.GetProperty("host").GetString() == node)
        .Max(each => each.TryGetProperty("seconds", out var seconds) ? seconds.GetDouble() : 0);
}
