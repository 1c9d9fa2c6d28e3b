using KubeLab.Kubernetes;

namespace KubeLab.Smoke;

/// <summary>A Deployment is updated and rolled back while requests come in, and none of them fails: none is refused, none gets a
/// wrong answer, and none is left without one. Late is no failure: lateness without an update is measured before.</summary>
public sealed class RollingUpdateCheck : IStagedCheck
{
    private const string Name = "rollout";

    private const int RequestSeconds = 30;
    private const int RequestsBefore = 40;

    private static readonly TimeSpan RolloutLimit = TimeSpan.FromSeconds(150);
    private static readonly TimeSpan BaselineLimit = TimeSpan.FromSeconds(200);
    private static readonly TimeSpan LoadLimit = BaselineLimit + (3 * RolloutLimit) + TimeSpan.FromSeconds(60);

    public string Id => "rolling-update";
    public string Title => "An update and its rollback lose no request";
    public SmokeArea Area => SmokeArea.Workloads;
    public IReadOnlyList<string> Manifests => ["agents", "rollout"];

    public async Task<SmokeVerdict> RunAsync(SmokeContext context, CancellationToken cancellationToken)
    {
        var stage = context.RequiredStage;
        var scene = await stage.SceneAsync();
        // It begins beside the agents' own scripts: they only say more where it doesn't come to anything.
        if (scene.Agents is not [var agent, ..] || scene.Services.GetValueOrDefault(Name)?.ClusterAddress is not { } address)
            return SmokeVerdict.Skip("there is no pod from which a Service answers: see pod-on-every-node and service");
        if (!await IsRolledOutAsync(stage, "first", cancellationToken))
            return SmokeVerdict.Skip("the Deployment isn't ready to begin with: see replicas");

        var load = stage.ExecAsync(agent.Pod, Load(address), LoadLimit, cancellationToken);
        var begun = stage.ExecAsync(agent.Pod, "until [ -e /srv/updating ]; do sleep 1; done", BaselineLimit, cancellationToken);
        await Task.WhenAny(load, begun);
        if (load.IsCompleted || !(await begun).Succeeded)
        {
            var stopped = await StoppedAsync(stage, agent, load, cancellationToken);
            return ClusterAddressCheck.Broken(await stage.ReportsAsync()).Contains(agent.Node)
                ? SmokeVerdict.Skip($"a Service doesn't answer {agent.Node} at all: see service")
                : NotBegun(stopped, stage.Name, agent.Node);
        }

        var updated = await RollAsync(stage, "second", ["set", "env", $"deployment/{Name}", "VERSION=second"], cancellationToken);
        var undone = updated && await RollAsync(stage, "first", ["rollout", "undo", $"deployment/{Name}"], cancellationToken);
        static bool AllEnded(IReadOnlyList<KubePod> pods) => Ours(pods).TrueForAll(pod => !pod.IsDeleted || pod.HasEnded);
        if (undone)
            await stage.WaitForPodsAsync(AllEnded, RolloutLimit, cancellationToken);
        var ended = await StoppedAsync(stage, agent, load, cancellationToken);
        await RemoveAsync(stage, cancellationToken);
        return updated && undone && !ended.Succeeded
            ? SmokeVerdict.Skip(
                $"what became of the requests meanwhile was not told by {agent.Node}: {ApiProblem.From("exec", ended).Reason}")
            : Judge(updated, undone, ended.Output, stage.Name, agent.Node);
    }

    /// <summary>Judges what happened.</summary>
    /// <param name="load">What the pod that sent requests told of them (<see cref="AgentAnswer"/>): <c>before</c> and
    /// <c>meanwhile</c>, and of each of both <c>wrong N</c>, the answers of neither version.</param>
    internal static SmokeVerdict Judge(bool updated, bool undone, string load, string space, string node)
    {
        var about = new ObjectReference("deployment", Name, space);
        if (!updated)
            return SmokeVerdict.Fail($"the update wasn't rolled out within {RolloutLimit.TotalSeconds:0} s", about);
        if (!undone)
            return SmokeVerdict.Fail($"the rollback wasn't rolled out within {RolloutLimit.TotalSeconds:0} s", about);
        var (before, meanwhile) = (Told(load, "before"), Told(load, "meanwhile"));
        if (meanwhile is null || (meanwhile.Answered == 0 && meanwhile.Lost == 0))
            return SmokeVerdict.Fail($"no request came back from {node} meanwhile", about);
        if (Bad(load, before, "before") is { } without)
        {
            var said = $"already without an update {without} from {node}, so that nothing can be said of the update";
            return before is { Refused: 0, Failed: 0 } && Wrong(load, "before") == 0
                ? SmokeVerdict.Skip(said)
                : SmokeVerdict.Fail(said, new("service", Name, space));
        }

        var normally = $"without an update, {All(before)}";
        return Bad(load, meanwhile, "meanwhile") is { } with
            ? SmokeVerdict.Fail($"{with} from {node} while the Deployment was updated and rolled back; {normally}", about)
            : SmokeVerdict.Pass($"{All(meanwhile)} meanwhile; {normally}");
    }

    /// <summary>Judges requests that never came to an answer before the update, or to an end.</summary>
    internal static SmokeVerdict NotBegun(KubectlResult load, string space, string node)
    {
        if (Told(load.Output, "first") is { IsAnswered: false } first)
            return SmokeVerdict.Fail(
                $"the Service {Name} doesn't answer {node}, before any update: {first.Said}", new("service", Name, space));
        return SmokeVerdict.Skip(load.Succeeded || load.TimedOut
            ? $"the requests before the update had no end on {node} within {BaselineLimit.TotalSeconds:0} s"
            : $"no requests can be sent from {node}: {ApiProblem.From("exec", load).Reason}");
    }

    // One request at a time, and only one try: a lost request is lost. The Service is new, so its first answer is waited for.
    private static string Load(string address)
    {
        var url = $"http://{UrlHost.Of(address)}:{SmokeAgent.Port}/version";
        return AgentReport.Prelude + $$"""
            rm -f /srv/stop /srv/updating
            request() {
              try {{url}} {{RequestSeconds}}
              if [ $end = answered ]; then case $(head -c 100 "$page") in first | second) ;; *) wrong=$((wrong + 1)) ;; esac; fi
              usleep 50000
            }
            {{AgentReport.Ask("first", url, AgentReport.ServicePatience)}} | tee /srv/first
            grep -q '^first answered ' /srv/first || exit 0
            begin; wrong=0; i=0
            while [ $i -lt {{RequestsBefore}} ] && [ "$(waited)" -lt 6000 ]; do request; i=$((i + 1)); done
            tell before; echo "before wrong $wrong"
            touch /srv/updating
            begin; wrong=0
            while [ ! -e /srv/stop ]; do request; done
            tell meanwhile; echo "meanwhile wrong $wrong"
            """;
    }

    // Nobody asks them any more, and what they wait for before they end would hold the namespace.
    private static async Task RemoveAsync(TestNamespace stage, CancellationToken cancellationToken)
    {
        try
        {
            await stage.KubectlAsync(["delete", "deployment", Name, "--wait=false"], cancellationToken);
            await stage.KubectlAsync(
                [
                    "delete", "replicasets,pods", "--selector", $"{NamespaceSnapshot.PartLabel}={Name}", "--grace-period=1",
                    "--wait=false",
                ],
                cancellationToken);
        }
        catch (ApiProblem)
        {
            // They go with the namespace.
        }
    }

    private static async Task<KubectlResult> StoppedAsync(
        TestNamespace stage, SmokeAgent agent, Task<KubectlResult> load, CancellationToken cancellationToken)
    {
        if (!load.IsCompleted)
            await stage.ExecAsync(agent.Pod, "touch /srv/stop", RolloutLimit, cancellationToken);
        return await load;
    }

    private static async Task<bool> RollAsync(
        TestNamespace stage, string version, IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        await stage.KubectlAsync(arguments, cancellationToken);
        return await IsRolledOutAsync(stage, version, cancellationToken);
    }

    // Rolled out is when the pods of the version are ready, and those of another are on their way out.
    private static Task<bool> IsRolledOutAsync(TestNamespace stage, string version, CancellationToken cancellationToken) =>
        stage.WaitForPodsAsync(
            pods =>
            {
                var ours = Ours(pods).FindAll(pod => !pod.IsDeleted);
                return ours.Count == 2
                    && ours.TrueForAll(pod => pod.IsReady && pod.Environment.GetValueOrDefault("VERSION") == version);
            },
            RolloutLimit,
            cancellationToken);

    private static List<KubePod> Ours(IReadOnlyList<KubePod> pods) =>
        [.. pods.Where(pod => pod.Labels.GetValueOrDefault(NamespaceSnapshot.PartLabel) == Name)];

    private static AgentAnswer? Told(string load, string what) =>
        load.Split('\n').Select(AgentAnswer.Parse).FirstOrDefault(answer => answer?.Of == what);

    // What was lost or wrong, in words; null where nothing was.
    private static string? Bad(string load, AgentAnswer? requests, string what)
    {
        var wrong = Wrong(load, what);
        List<string> kinds = [];
        if (requests?.Lost > 0)
            kinds.Add($"{requests.Lost} of {requests.Requests} requests were lost: {requests.LostInWords}");
        if (wrong > 0)
            kinds.Add($"{wrong} of {requests?.Requests} requests got the answer of neither version");
        return kinds.Count == 0 ? null : string.Join("; ", kinds);
    }

    private static int Wrong(string load, string what)
    {
        var said = load.Split('\n').Select(line => line.Trim()).FirstOrDefault(
            line => line.StartsWith($"{what} wrong ", StringComparison.Ordinal));
        return int.TryParse(said?.Split(' ')[^1], NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
    }

    private static string All(AgentAnswer? requests) => requests is null
        ? "none were counted"
        : $"all {requests.Answered} requests were answered, the latest after {requests.Slowest.TotalSeconds:0.0} s";
}
