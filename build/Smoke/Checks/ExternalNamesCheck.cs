namespace KubeLab.Smoke;

/// <summary>A name outside of the cluster resolves in a pod on every node.</summary>
public sealed class ExternalNamesCheck : IAgentCheck
{
    private const string CheckId = "external-names";

    public string Id => CheckId;
    public string Title => "Pods resolve names outside of the cluster";
    public SmokeArea Area => SmokeArea.Network;
    public string Needs => "a name to resolve, in the settings";

    public string Script(NamespaceSnapshot scene, SmokeAgent self) => scene.ExternalName is not { } name
        ? ":\n"
        : $$"""
          begun=$(now)
          while
            answer=$(timeout {{AgentReport.RequestSeconds}} nslookup {{Commands.ShellWords.Quote(name)}} 2>&1)
            ! echo "$answer" | grep -q '^Name:' && [ "$(waited)" -lt {{AgentReport.Patience}}00 ]
          do
            sleep 1
          done
          echo "$answer" | awk '/^Name:/ { named = 1 } named && /^Address/ { print "answer" }'
          echo "said $(echo "$answer" | grep -v '^$' | tail -n 1), after $(($(waited) / 100)) s"
          """;

    public async Task<SmokeVerdict> RunAsync(SmokeContext context, CancellationToken cancellationToken) =>
        context.Options.Settings.ExternalName is { } name
            ? Judge(name, await context.RequiredStage.ReportsAsync())
            : SmokeVerdict.Skip("no external name is set (smoke.external_name)");

    internal static SmokeVerdict Judge(string name, AgentReports reports) => SmokeVerdict.From(
        $"{name} resolves on {reports.All.Count} nodes",
        reports.Judge(CheckId, (report, lines) => [lines.Contains("answer")
            ? Finding.Pass(report.Agent.Node, $"{name} resolves")
            : Finding.Fail(report.Agent.Node, $"{name} doesn't resolve in its pods{Said(lines)}", reports.Pod(report))]));

    private static string Said(IReadOnlyList<string> lines) =>
        lines.FirstOrDefault(line => line.StartsWith("said ", StringComparison.Ordinal)) is { } said ? $": {said[5..]}" : "";
}
