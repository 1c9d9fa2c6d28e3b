using System.Globalization;
using KubeLab.Kubernetes;

namespace KubeLab.Smoke;

/// <summary>A Deployment is updated and rolled back while requests come in, and none of them fails.</summary>
public sealed class RollingUpdateCheck : IStagedCheck
{
    private const string Name = "rollout";

    private static readonly TimeSpan RolloutLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan LoadLimit = TimeSpan.FromSeconds(150);

    public string Id => "rolling-update";

    public string Title => "An update and its rollback lose no request";

    public int Tier => 1;

    public SmokeArea Area => SmokeArea.Workloads;

    public IReadOnlyList<string> Manifests => ["agents", "rollout"];

    public TimeSpan Limit => TimeSpan.FromMinutes(4);

    public async Task<SmokeVerdict> RunAsync(SmokeContext context, CancellationToken cancellationToken)
    {
        var stage = context.RequiredStage;
        var scene = await stage.SceneAsync();
        var services = ClusterAddressCheck.Judge(await stage.ReportsAsync());
        var agent = scene.Agents.FirstOrDefault(agent => !services.Findings.Any(finding =>
            finding.Severity == SmokeSeverity.Failed && finding.Node == agent.Node));
        if (agent is null || scene.Services.GetValueOrDefault(Name)?.ClusterAddress is not { } address)
            return SmokeVerdict.Skip("there is no pod from which a Service answers: see pod-on-every-node and service");
        if (!await IsRolledOutAsync(stage, "first", cancellationToken))
            return SmokeVerdict.Skip("the Deployment isn't ready to begin with: see replicas");

        var load = stage.ExecAsync(agent.Pod, Load(address), LoadLimit, cancellationToken);
        var updated = await RollAsync(stage, "second", ["set", "env", $"deployment/{Name}", "VERSION=second"], cancellationToken);
        var undone = updated && await RollAsync(stage, "first", ["rollout", "undo", $"deployment/{Name}"], cancellationToken);
        await stage.ExecAsync(agent.Pod, "touch /srv/stop", RolloutLimit, cancellationToken);
        return Judge(updated, undone, (await load).Output, stage.Name, agent.Node);
    }

    /// <summary>Judges what happened.</summary>
    /// <param name="updated">Whether the update was rolled out in time.</param>
    /// <param name="load">What the pod that sent requests meanwhile printed: <c>answered N, lost N</c>.</param>
    /// <param name="node">The node from which the requests came.</param>
    internal static SmokeVerdict Judge(bool updated, bool undone, string load, string space, string node)
    {
        var about = new ObjectReference("deployment", Name, space);
        if (!updated)
            return SmokeVerdict.Fail($"the update wasn't rolled out within {RolloutLimit.TotalSeconds:0} s", about);
        if (!undone)
            return SmokeVerdict.Fail($"the rollback wasn't rolled out within {RolloutLimit.TotalSeconds:0} s", about);
        var (answered, lost) = (Number(load, "answered"), Number(load, "lost"));
        if (lost > 0)
            return SmokeVerdict.Fail($"{lost} of {answered + lost} requests from {node} were lost while the Deployment was updated and rolled back", about);
        return answered > 0
            ? SmokeVerdict.Pass($"all {answered} requests were answered meanwhile")
            : SmokeVerdict.Fail($"no request came back from {node} meanwhile", about);
    }

    // One request at a time, and only one try: a lost request is lost.
    private static string Load(string address) =>
        $$"""
        answered=0; lost=0
        while [ ! -e /srv/stop ]; do
          if timeout 3 wget -q -O /dev/null http://{{SmokeAgent.Host(address)}}:{{SmokeAgent.Port}}/version; then
            answered=$((answered + 1))
          else
            lost=$((lost + 1))
          fi
          usleep 50000
        done
        echo "answered $answered, lost $lost"
        """;

    private static async Task<bool> RollAsync(
        TestNamespace stage, string version, IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        await stage.KubectlAsync(arguments, cancellationToken);
        return await IsRolledOutAsync(stage, version, cancellationToken);
    }

    // Rolled out is when the pods of the version are ready, and those of another are gone: not merely no longer asked.
    private static Task<bool> IsRolledOutAsync(TestNamespace stage, string version, CancellationToken cancellationToken) =>
        stage.WaitForPodsAsync(
            pods =>
            {
                var ours = pods.Where(pod => pod.Labels.GetValueOrDefault(NamespaceSnapshot.PartLabel) == Name && !pod.IsDeleted).ToList();
                return ours.Count == 2 && ours.TrueForAll(pod => pod.IsReady && pod.Environment.GetValueOrDefault("VERSION") == version);
            },
            RolloutLimit,
            cancellationToken);

    private static int Number(string text, string word)
    {
        var words = text.Split([' ', ',', '\n'], StringSplitOptions.RemoveEmptyEntries);
        var position = Array.IndexOf(words, word) + 1;
        return position > 0 && position < words.Length
            && int.TryParse(words[position], NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
    }
}
