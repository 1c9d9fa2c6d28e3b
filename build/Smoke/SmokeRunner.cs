using KubeLab.Kubernetes;

namespace KubeLab.Smoke;

/// <summary>Runs the smoke test: tier 0 at once, as often as asked; then tier 1, in a namespace that is always removed; then
/// tier 2, one disturbance after the other, each of which has to heal before the next.</summary>
/// <param name="checks">The checks to choose from; null for all that there are.</param>
public sealed class SmokeRunner(IKubectl kubectl, ConsoleLog log, TimeProvider time, IReadOnlyList<ISmokeCheck>? checks = null)
{
    private const int CallsAtOnce = 8;

    private static readonly TimeSpan RemovalRequestLimit = TimeSpan.FromSeconds(40);

    /// <summary>etcd's own client, for clusters whose etcd is no pod.</summary>
    public IEtcdClient? Etcd { get; init; }

    /// <summary>etcd's metrics, where there is a way to them.</summary>
    public IEtcdMetrics? EtcdMetrics { get; init; }

    /// <summary>The inventory's nodes, where there is a way to them.</summary>
    public SmokeNodes? Nodes { get; init; }

    /// <summary>Runs the test.</summary>
    /// <param name="cancellationToken">Ends the test; its namespace is removed all the same.</param>
    /// <exception cref="UserError">The choice of checks is wrong.</exception>
    /// <exception cref="OperationCanceledException">The test was cancelled.</exception>
    public async Task<SmokeReport> RunAsync(
        SmokeOptions options, SmokeExpectations expected, CancellationToken cancellationToken = default)
    {
        var selected = Selected(options);
        using var bounded = new BoundedKubectl(kubectl, CallsAtOnce);
        var run = new SmokeRun(bounded, selected, options, expected, time.GetUtcNow());
        var started = time.GetTimestamp();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(options.Settings.Timeout + options.Wait);
        try
        {
            var access = await KubeAccess.ReadAsync(bounded, limit.Token);
            run.Server = access.Server.OriginalString;
            var context = await RunTierZeroAsync(run, access, limit.Token);
            await RunTierOneAsync(run, context, limit.Token);
            // Each of its steps has a limit of its own.
            await RunTierTwoAsync(run, Fresh(run, access, cancellationToken), cancellationToken);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            run.CouldNotRun = $"it had not ended after {ConsoleLog.Elapsed(options.Settings.Timeout + options.Wait)}";
        }
        catch (UserError error)
        {
            run.CouldNotRun = error.Message;
        }

        return run.Report(time.GetElapsedTime(started));
    }

    private IReadOnlyList<ISmokeCheck> All { get; } = checks ?? CheckCatalog.All<ISmokeCheck>();

    private List<ISmokeCheck> Selected(SmokeOptions options)
    {
        var ids = All.Select(check => check.Id).ToList();
        CheckChoice.Verify("--checks", options.Checks, ids);
        CheckChoice.Verify("--skip-checks (or smoke.skip in kubelab.yml)", options.SkipChecks, ids);
        var selected = All.Where(check => check.Tier <= options.Tier && !options.SkipChecks.Contains(check.Id)
            && (options.Checks.Count == 0 || options.Checks.Contains(check.Id))).ToList();
        return selected.Count > 0 ? selected : throw new UserError(
            $"No check of the smoke test is left to run in tier {options.Tier}.",
            "Name other checks, leave out fewer, or allow a higher --tier.");
    }

    private async Task<SmokeContext> RunTierZeroAsync(SmokeRun run, KubeAccess access, CancellationToken cancellationToken)
    {
        var patience = new SettleLoop(run.Options, log, time);
        SmokeContext context;
        IReadOnlyList<SmokeCheckResult> results;
        do
        {
            context = Fresh(run, access, cancellationToken);
            results = await SmokeCheckRunner.RunAsync(run.Reading, context, cancellationToken);
        }
        while (await patience.WantsAnotherRoundAsync(results, cancellationToken));

        run.Rounds = patience.Rounds;
        run.Add(await WithEvidenceAsync(run.Kubectl, results, cancellationToken));
        return context;
    }

    private SmokeContext Fresh(SmokeRun run, KubeAccess access, CancellationToken cancellationToken) => new(
        run.Kubectl, new KubeApi(run.Kubectl, run.Options.ReadLimit, cancellationToken), access, run.Options, run.Expected, time)
    { Etcd = Etcd, EtcdMetrics = EtcdMetrics, Nodes = Nodes };

    private async Task RunTierOneAsync(SmokeRun run, SmokeContext context, CancellationToken cancellationToken)
    {
        if (run.Staged.Count == 0)
            return;
        if (await TestNamespaceGate.ReasonAsync(context, run.Results) is { } reason)
        {
            run.Skip(run.Staged, reason);
            return;
        }

        await OnStageAsync(run, 1, run.Staged, context, async stage =>
        {
            var onStage = context.On(stage);
            var results = await SmokeCheckRunner.RunAsync(run.Opening, onStage, cancellationToken);
            run.Add(await WithEvidenceAsync(run.Kubectl, results, cancellationToken));
            return onStage;
        }, run.Closing, cancellationToken);
    }

    // One after the other: the first that doesn't heal is the last.
    private async Task RunTierTwoAsync(SmokeRun run, SmokeContext context, CancellationToken cancellationToken)
    {
        var reason = run.Disturbing.Count == 0 ? ""
            : Nodes is null ? "there is no way to the nodes: it needs an inventory"
            : run.Results.FirstOrDefault(result => result.Failed) is { } failed
                ? $"nothing is disturbed where something doesn't work already: see {failed.Id}"
            : await TestNamespaceGate.ReasonAsync(context, run.Results);
        if (reason is not null)
        {
            run.Skip(run.Disturbing, reason);
            return;
        }

        List<ISmokeCheck> disturbances = [.. run.Disturbing.Where(check => check is IDisturbance)];
        await OnStageAsync(run, 2, run.Disturbing, context, async stage =>
        {
            var clients = new WorkloadClients(stage);
            if (disturbances.Count > 0)
                await clients.StartAsync(context, cancellationToken);
            var disturber = new Disturber(
                new DisturbedNodes(Nodes!, run.Options.Disturbed), clients,
                token => LookAsync(run, context.Access, token), run.Options, log, time);
            var onStage = context.On(stage, disturber);
            foreach (var check in disturbances)
            {
                if (run.Results.FirstOrDefault(result => result is { Failed: true, Tier: 2 }) is { } unhealed)
                    run.Skip([check], $"not done, as not all is well after {unhealed.Id}");
                else
                    run.Add(await WithEvidenceAsync(
                        run.Kubectl, await SmokeCheckRunner.RunAsync([check], onStage, cancellationToken), cancellationToken));
            }

            return onStage;
        }, [.. run.Disturbing.Except(disturbances)], cancellationToken);
    }

    // All of tier 0, whatever was chosen: what is to be well again is the cluster.
    private async Task<IReadOnlyList<SmokeCheckResult>> LookAsync(
        SmokeRun run, KubeAccess access, CancellationToken cancellationToken) => await SmokeCheckRunner.RunAsync(
            [.. All.Where(check => check.Tier == 0 && !run.Options.SkipChecks.Contains(check.Id))],
            Fresh(run, access, cancellationToken), cancellationToken);

    private async Task OnStageAsync(
        SmokeRun run, int tier, IReadOnlyList<ISmokeCheck> staged, SmokeContext context,
        Func<TestNamespace, Task<SmokeContext>> work, IReadOnlyList<ISmokeCheck> closing, CancellationToken cancellationToken)
    {
        var namespaces = new SmokeNamespaces(run.Kubectl, time);
        var stage = new TestNamespace(context, staged, await context.NodeStatesAsync(), cancellationToken);
        run.Namespace = stage.Name;
        SmokeContext onStage;
        try
        {
            foreach (var name in await namespaces.RemoveAbandonedAsync(context.Api, cancellationToken))
                log.Warning($"Removed the namespace {name}, which an earlier smoke test left behind.");
            log.Info($"Tier {tier} works in the namespace {stage.Name} with the image {run.Options.PodImage} …");
            await stage.CreateAsync();
            onStage = await work(stage);
        }
        catch (ApiProblem problem)
        {
            run.CouldNotRun = problem.Message;
            run.Skip(staged.ExceptBy(run.Results.Select(result => result.Id), check => check.Id), problem.Message);
            return;
        }
        finally
        {
            await RemoveAsync(namespaces, stage.Name);
        }

        run.Add(await SmokeCheckRunner.RunAsync(closing, onStage, cancellationToken));
    }

    // Also after an interrupt: that is why it has a limit of its own instead of the test's token.
    private async Task RemoveAsync(SmokeNamespaces namespaces, string name)
    {
        using var limit = new CancellationTokenSource(RemovalRequestLimit);
        try
        {
            await namespaces.RemoveAsync(name, limit.Token);
        }
        catch (Exception exception) when (exception is ApiProblem or OperationCanceledException or UserError)
        {
            log.Warning($"The namespace {name} could not be removed ({exception.Message}). The next smoke test will, or: "
                + $"kubectl delete namespace {name}");
        }
    }

    private static async Task<IReadOnlyList<SmokeCheckResult>> WithEvidenceAsync(
        IKubectl kubectl, IReadOnlyList<SmokeCheckResult> results, CancellationToken cancellationToken)
    {
        var collector = new SmokeEvidenceCollector(kubectl);
        return await Task.WhenAll(results.Select(async result => result.Failed
            ? result with { Evidence = await collector.CollectAsync(result, cancellationToken) }
            : result));
    }
}

/// <summary>Runs checks side by side, each within its limit; one that gets no answer is a result like any other.</summary>
internal static class SmokeCheckRunner
{
    /// <summary>Runs checks at once and says what became of each.</summary>
    public static async Task<IReadOnlyList<SmokeCheckResult>> RunAsync(
        IReadOnlyList<ISmokeCheck> checks, SmokeContext context, CancellationToken cancellationToken)
    {
        return Explain(await Task.WhenAll(checks.Select(check => RunAsync(check, context, cancellationToken))));
    }

    /// <summary>A check that got no answer blames nobody where another one already says why there is none; else the silence
    /// itself is the failure, of the first check that met it.</summary>
    internal static IReadOnlyList<SmokeCheckResult> Explain(IReadOnlyList<SmokeCheckResult> results)
    {
        var cause = results.FirstOrDefault(result => result.Failed && !result.HadNoAnswer && result.Area == SmokeArea.Api)
            ?? results.FirstOrDefault(result => result.HadNoAnswer);
        return [.. results.Select(result => result.HadNoAnswer && result != cause ? Excuse(result, cause!.Id) : result)];
    }

    private static SmokeCheckResult Excuse(SmokeCheckResult result, string cause) =>
        result with { Status = FindingStatus.Skipped, Message = $"the API gives no answer: see {cause}", Findings = [] };

    private static async Task<SmokeCheckResult> RunAsync(
        ISmokeCheck check, SmokeContext context, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(check.Limit);
        var started = context.Time.GetTimestamp();
        SmokeCheckResult Result(SmokeVerdict verdict) => SmokeCheckResult.Of(
            check, verdict, context.Time.GetElapsedTime(started));
        try
        {
            return Result(await check.RunAsync(context, limit.Token).WaitAsync(limit.Token));
        }
        catch (ApiProblem problem) when (problem.Kind == ApiProblemKind.Forbidden)
        {
            return Result(SmokeVerdict.Skip($"the kubeconfig's user lacks the right: {problem.Reason}"));
        }
        catch (ApiProblem problem)
        {
            return Result(SmokeVerdict.Fail(problem.Message)) with { HadNoAnswer = problem.NoAnswer };
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return Result(SmokeVerdict.Fail($"no end after {check.Limit.TotalSeconds:0} s"));
        }
    }
}
