namespace KubeLab.Smoke;

/// <summary>A ConfigMap and a Secret come to a pod on every node, as files and in its environment.</summary>
public sealed class ConfigurationCheck : IAgentCheck
{
    private const string CheckId = "configuration";

    public string Id => CheckId;
    public string Title => "ConfigMap and Secret are read back in a pod";
    public SmokeArea Area => SmokeArea.Data;

    public string Script(NamespaceSnapshot scene, SmokeAgent self) =>
        """
        echo "ConfigMap as a file=$(cat /etc/kubelab/settings/greeting)"
        echo "ConfigMap in the environment=$GREETING"
        echo "Secret as a file=$(cat /etc/kubelab/credentials/password)"
        echo "Secret in the environment=$PASSWORD"
        """;

    public async Task<SmokeVerdict> RunAsync(SmokeContext context, CancellationToken cancellationToken)
    {
        var stage = context.RequiredStage;
        return Judge(await stage.ReportsAsync(), stage.Token);
    }

    internal static SmokeVerdict Judge(AgentReports reports, string token)
    {
        var findings = reports.Judge(CheckId, (report, lines) => Judge(reports, report, lines, token));
        return SmokeVerdict.From($"both are read back on {reports.All.Count} nodes", findings);
    }

    private static IEnumerable<Finding> Judge(AgentReports reports, AgentReport report, IReadOnlyList<string> lines, string token)
    {
        var read = lines.Select(line => line.Split('=', 2)).Where(parts => parts.Length == 2)
            .ToLookup(parts => parts[0], parts => parts[1]);
        (string What, string Wanted)[] wanted = [
            ("ConfigMap as a file", token),
            ("ConfigMap in the environment", token),
            ("Secret as a file", $"secret-{token}"),
            ("Secret in the environment", $"secret-{token}"),
        ];
        return wanted.Select(value => read[value.What].FirstOrDefault() == value.Wanted
            ? Finding.Pass(report.Agent.Node, value.What)
            : Finding.Fail(report.Agent.Node, $"the {value.What} has not the value that was written", reports.Pod(report)));
    }
}
