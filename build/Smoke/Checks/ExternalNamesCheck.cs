namespace KubeLab.Smoke;

/// <summary>A name outside of the cluster resolves in a pod on every node.</summary>
public sealed class ExternalNamesCheck : IAgentCheck
{
    private const string CheckId = "external-names";

    public string Id => CheckId;

    public string Title => "Pods resolve names outside of the cluster";

    public int Tier => 1;

    public SmokeArea Area => SmokeArea.Network;

    public string Needs => "a name to resolve, in the settings";

    public IReadOnlyList<string> Manifests => ["agents"];

    public TimeSpan Limit => TimeSpan.FromMinutes(4);

    public string Script(NamespaceSnapshot scene, SmokeAgent self) => scene.ExternalName is not { } name
        ? ":\n"
        : $"timeout 5 nslookup {Commands.ShellWords.Quote(name)} 2>&1 | awk '/^Name:/ {{ named = 1 }} named && /^Address/ {{ print \"answer\" }}'\n";

    public async Task<SmokeVerdict> RunAsync(SmokeContext context, CancellationToken cancellationToken) =>
        context.Options.ExternalName is { } name
            ? Judge(name, await context.RequiredStage.ReportsAsync())
            : SmokeVerdict.Skip("no external name is set (smoke.external_name)");

    /// <summary>Judges what the agents report.</summary>
    internal static SmokeVerdict Judge(string name, AgentReports reports) => SmokeVerdict.From(
        $"{name} resolves on {reports.All.Count} nodes",
        reports.Judge(CheckId, (report, lines) =>
        [
            lines.Contains("answer", StringComparer.Ordinal)
                ? SmokeFinding.Pass(report.Agent.Node, $"{name} resolves")
                : SmokeFinding.Fail(report.Agent.Node, $"{name} doesn't resolve in its pods", new("pod", report.Agent.Pod, reports.Scene.Namespace)),
        ]));
}
