using KubeLab.Kubernetes;

namespace KubeLab.Smoke;

/// <summary>Full-sized packets pass between pods across nodes. Linux forbids the fragmentation of TCP segments (path MTU
/// discovery), so an answer of many full segments comes whole, or stalls where an encapsulation leaves less room than the pods'
/// MTU claims: the fault that lets a handshake pass and every large answer hang.</summary>
public sealed class PacketSizeCheck : IAgentCheck
{
    private const string CheckId = "packet-size";
    private const int LargeAnswer = 262144;

    // What an overlay over an ordinary 1500-byte network leaves at least: VXLAN over IPv6 takes 70 bytes.
    private const int SmallestMtu = 1400;

    public string Id => CheckId;
    public string Title => "Packets of 1400 bytes and more pass unfragmented";
    public SmokeArea Area => SmokeArea.Network;
    public string Needs => "two nodes";
    public IReadOnlyList<string> ExplainedBy => [PodNetworkCheck.CheckId];

    public string Script(NamespaceSnapshot scene, SmokeAgent self) =>
        "for file in /sys/class/net/*/mtu; do case $file in */lo/*) ;; *) echo \"mtu $(cat \"$file\")\" ;; esac; done\n"
        + string.Concat(PodNetworkCheck.Peers(scene.Agents, self).Select(peer =>
            $"{AgentReport.Ask(peer.Node, peer.Page("large"))} &\n"))
        + "wait\n";

    public async Task<SmokeVerdict> RunAsync(SmokeContext context, CancellationToken cancellationToken) =>
        Judge(await context.RequiredStage.ReportsAsync());

    internal static SmokeVerdict Judge(AgentReports reports)
    {
        if (reports.Scene.Agents.Count < 2)
            return SmokeVerdict.Skip(
                $"there are {reports.Scene.Agents.Count} nodes with a pod that can be used, and two are needed");

        var findings = reports.Judge(CheckId, (report, lines) => Judge(reports, report, lines));
        var mtus = reports.All.Select(report => Mtu([.. report.Lines[CheckId]])).Where(mtu => mtu > 0).Distinct().Order()
            .ToList();
        return SmokeVerdict.From($"large answers come whole, the pods' MTU is {string.Join(" and ", mtus)}", findings);
    }

    private static IEnumerable<Finding> Judge(AgentReports reports, AgentReport report, IReadOnlyList<string> lines)
    {
        var node = report.Agent.Node;
        var about = reports.Pod(report);
        var mtu = Mtu(lines);
        if (mtu is > 0 and < SmallestMtu)
            yield return Finding.Fail(node, $"its pods have an MTU of {mtu} bytes, under {SmallestMtu}", about);

        var cutOff = PodNetworkCheck.Broken(reports, node);
        foreach (var answer in lines.Select(AgentAnswer.Parse).OfType<AgentAnswer>())
            yield return Judge(node, answer, cutOff.Contains(answer.Of) || reports.Starved(answer.Of) is not null, mtu, about);
    }

    private static Finding Judge(string node, AgentAnswer answer, bool isCutOff, int mtu, ObjectReference about)
    {
        if (answer is { IsAnswered: true, Bytes: LargeAnswer })
            return Finding.Pass(node, $"a large answer comes whole from {answer.Of}");
        if (isCutOff)
            return Finding.Skip(node, $"{answer.Of} isn't reached at all: see pod-network");
        var came = $"small answers come from {answer.Of}, but of a large one only {answer.Bytes} of {LargeAnswer} bytes";
        if (answer.IsAnswered)
            return Finding.Fail(node, $"{came}, without an error", about);
        // What comes at all comes in packets of full size: then they pass, and the rest of the answer was only late.
        if (answer is { RanOutOfTime: true, Bytes: > 0 })
            return Finding.Warn(node, $"{came} before the time ran out: {answer.Said}. Packets of full size pass");
        return Finding.Fail(node, $"{came} ({answer.Said}): with an MTU of {mtu} in the pods, "
            + "it looks as if packets get lost that are larger than what the way between the nodes takes", about);
    }

    private static int Mtu(IReadOnlyList<string> lines) => lines
        .Where(line => line.StartsWith("mtu ", StringComparison.Ordinal))
        .Select(line => int.TryParse(line[4..], NumberStyles.None, CultureInfo.InvariantCulture, out var mtu) ? mtu : 0)
        .FirstOrDefault();
}
