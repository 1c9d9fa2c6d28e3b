namespace KubeLab.Smoke;

/// <summary>The nodes' clocks agree: each agent reads its own clock before and after it asks the first agent for its one, which
/// bounds the difference by the round trip. etcd and leases suffer from a second; half a second deserves a look.</summary>
public sealed class NodeClocksCheck : IAgentCheck
{
    private const string CheckId = "node-clocks";

    private static readonly TimeSpan Warn = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Fail = TimeSpan.FromSeconds(1);

    public string Id => CheckId;
    public string Title => "The nodes' clocks agree within 500 ms";
    public SmokeArea Area => SmokeArea.Nodes;
    public string Needs => "two nodes, and adjtimex in the image";

    public string Script(NamespaceSnapshot scene, SmokeAgent self) => scene.Agents[0].Node == self.Node
        ? ":\n"
        // Status bit 0x2000 (STA_NANO, adjtimex(2)) says that the fraction counts nanoseconds.
        : $$"""
          read_clock() {
            awk '/status:/ { nano = int($2 / 8192) % 2 } /tv_sec/ { s = $2 }
              /tv_usec/ { printf "%d.%06d", s, nano ? $2 / 1000 : $2 }'
          }
          begin
          for i in 1 2 3 4 5; do
            before=$(adjtimex | read_clock)
            try {{scene.Agents[0].Page("cgi-bin/clock")}} {{AgentReport.RequestSeconds}}
            after=$(adjtimex | read_clock)
            echo "$before $(read_clock < "$page") $after"
          done
          rm -f "$page" "$page.said"
          """;

    public async Task<SmokeVerdict> RunAsync(SmokeContext context, CancellationToken cancellationToken) =>
        Judge(await context.RequiredStage.ReportsAsync());

    internal static SmokeVerdict Judge(AgentReports reports)
    {
        if (reports.Scene.Agents.Count < 2)
            return SmokeVerdict.Skip(
                $"there are {reports.Scene.Agents.Count} nodes with a pod that can be used, and two are needed");

        var reference = reports.Scene.Agents[0].Node;
        var measured = reports.All
            .Select(
                report => (report.Agent.Node, Read: report.Agent.Node == reference ? (0, 0) : Best([.. report.Lines[CheckId]])))
            .ToList();
        var known = measured.Where(node => node.Read is not null).Select(node => node.Read!.Value).OrderBy(read => read.Offset)
            .ToList();
        if (known.Count < 2)
            return SmokeVerdict.Skip("no clock could be read through the pod network");

        var median = known[known.Count / 2];
        var findings = measured.Select(
            node => Judge(node.Node, node.Read?.Offset - median.Offset, node.Read?.Error + median.Error));
        return SmokeVerdict.From(
            $"{known.Count} clocks agree within {(known[^1].Offset - known[0].Offset) * 1000:0} ms", [.. findings]);
    }

    private static Finding Judge(string node, double? offset, double? error)
    {
        if (offset is not { } seconds || error is not { } doubt)
            return Finding.Skip(node, "its clock could not be read through the pod network");
        // A busy node answers late, and that leaves room for an offset that isn't there: only what is beyond it is certain.
        var size = TimeSpan.FromSeconds(Math.Max(Math.Abs(seconds) - doubt, 0));
        var text =
            $"its clock is {Math.Abs(seconds):0.000} s (± {doubt:0.000} s) {(seconds < 0 ? "behind" : "ahead of")} the others'";
        if (size > Fail)
            return Finding.Fail(node, $"{text}, over {Fail.TotalSeconds:0} s: is time synchronised there?", new("node", node));
        return size > Warn ? Finding.Warn(node, $"{text}, over {Warn.TotalMilliseconds:0} ms") : Finding.Pass(node, text);
    }

    // The sample with the shortest round trip bounds the offset best: how far this clock is ahead of the first agent's, and half
    // the round trip, by which that may be wrong.
    private static (double Offset, double Error)? Best(IReadOnlyList<string> lines)
    {
        var samples = lines.Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(words => words.Length == 3)
            .Select(words => words.Select(word =>
                double.TryParse(word, NumberStyles.Float, CultureInfo.InvariantCulture, out var time)
                    ? time
                    : double.NaN).ToArray())
            .Where(times => times.All(double.IsFinite) && times[2] >= times[0])
            .OrderBy(times => times[2] - times[0])
            .ToList();
        return samples.Count == 0
            ? null
            : (((samples[0][0] + samples[0][2]) / 2) - samples[0][1], (samples[0][2] - samples[0][0]) / 2);
    }
}
