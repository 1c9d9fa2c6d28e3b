using KubeLab.Kubernetes;

namespace KubeLab.Smoke;

/// <summary>Disturbs nodes one after the other, each only while all is well, and waits until all is well again.</summary>
public sealed class Disturber
{
    // A client that asks once a second.
    private const int AnswersInARow = 3;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly DisturbedNodes nodes;
    private readonly WorkloadClients clients;
    private readonly Func<CancellationToken, Task<IReadOnlyList<SmokeCheckResult>>> look;
    private readonly SmokeOptions options;
    private readonly ConsoleLog log;
    private readonly TimeProvider time;

    /// <summary>Disturbs these nodes.</summary>
    /// <param name="look">Looks at the cluster as tier 0 does.</param>
    internal Disturber(
        DisturbedNodes nodes, WorkloadClients clients, Func<CancellationToken, Task<IReadOnlyList<SmokeCheckResult>>> look,
        SmokeOptions options, ConsoleLog log, TimeProvider time)
    {
        (this.nodes, this.clients, this.look, this.options, this.log, this.time) = (nodes, clients, look, options, log, time);
    }

    internal async Task<SmokeVerdict> RunAsync(
        IDisturbance disturbance, SmokeContext context, CancellationToken cancellationToken)
    {
        List<Finding> findings = [];
        foreach (var turn in await disturbance.TurnsAsync(nodes, context, cancellationToken))
        {
            if (findings.Find(finding => finding.Status == FindingStatus.Failed) is { } failed)
                findings.Add(Finding.Skip(turn.Node.Name, $"not done, as {failed.Node} is not well again"));
            else if (turn.LeftOut is { } reason)
                findings.Add(Finding.Skip(turn.Node.Name, $"left out: {reason}"));
            else
                findings.Add(await DisturbAsync(disturbance, turn.Node, cancellationToken));
        }

        if (findings.Count == 0)
            return SmokeVerdict.Skip("there is no node that it could be done to");
        var done = findings.Where(finding => finding.Status == FindingStatus.Passed).Select(finding => finding.ToString());
        return SmokeVerdict.From(string.Join("; ", done), findings);
    }

    /// <summary>What is left of disturbances on the nodes.</summary>
    internal async Task<IReadOnlyList<Finding>> LeftAsync(CancellationToken cancellationToken) =>
        await Task.WhenAll(nodes.All.Select(async node => await nodes.StateAsync(node, cancellationToken) switch
        {
            null => Finding.Fail(node.Name, "it gives no answer over SSH"),
            var state when state.GetValueOrDefault("left") is { } left => Finding.Fail(node.Name, $"it still has {left}"),
            _ => Finding.Pass(node.Name, "nothing is left"),
        }));

    private async Task<Finding> DisturbAsync(IDisturbance disturbance, Node node, CancellationToken cancellationToken)
    {
        var healthy = await clients.ReadAsync(cancellationToken);
        if (await WaitAsync(() => WhyNotWellAsync(healthy, cancellationToken), cancellationToken) is { } trouble)
            return Finding.Fail(node.Name, $"nothing was done, as not all was well before it: {trouble}");
        var before = await clients.ReadAsync(cancellationToken);
        var state = await nodes.StateAsync(node, cancellationToken);
        if (state is null)
            return Finding.Fail(node.Name, "nothing was done, as the node gives no answer over SSH");
        log.Info($"{node.Name} now: {disturbance.Title.ToLowerInvariant()} …");
        var started = time.GetTimestamp();
        if (await nodes.DisturbAsync(node, disturbance, cancellationToken) is { } refusal)
            return Finding.Fail(node.Name, $"nothing was done: {refusal}");
        await Task.Delay(disturbance.Lasts, time, cancellationToken);

        var why = await WaitAsync(() => WhyNotOverAsync(disturbance, node, state, cancellationToken), cancellationToken);
        var since = await clients.ReadAsync(cancellationToken);
        var marks = before.Keys.ToDictionary(client => client, client => since.GetValueOrDefault(client, before[client]));
        why ??= await WaitAsync(() => WhyNotWellAsync(marks, cancellationToken), cancellationToken);
        var elapsed = time.GetElapsedTime(started);
        var losses = ClientLosses.Between(before, await clients.ReadAsync(cancellationToken));
        log.Info($"{node.Name} {disturbance.Done}: {(why is null ? "all is well again" : "not well again")} after "
            + $"{ConsoleLog.Elapsed(elapsed)}; {losses.Sentence}.");
        return why is null
            ? Finding.Pass(
                node.Name, $"{disturbance.Done}; all was well again after {elapsed.TotalSeconds:0} s; {losses.Sentence}")
                .Compared($"{elapsed.TotalSeconds:0} s, {losses.Lost} of {losses.Asked} lost",
                    $"{options.HealLimit.TotalSeconds:0} s", null)
            : Finding.Fail(node.Name,
                $"{disturbance.Done}, and not all is well again after {elapsed.TotalSeconds:0} s: {why}; {losses.Sentence}");
    }

    // What is missing yet; null where it is over.
    private async Task<string?> WhyNotOverAsync(
        IDisturbance disturbance, Node node, IReadOnlyDictionary<string, string> before, CancellationToken cancellationToken)
    {
        var now = await nodes.StateAsync(node, cancellationToken);
        if (now is null)
            return "the node gives no answer over SSH";
        if (now.GetValueOrDefault("left") is { } left)
            return $"it still has {left}";
        if (node.JoinsCluster && now.GetValueOrDefault("kubelet") != "active")
            return $"its kubelet is {now.GetValueOrDefault("kubelet", "unknown")}";
        var changes = disturbance.Changes;
        return changes is null || (now.GetValueOrDefault(changes) is { } value && value != before.GetValueOrDefault(changes))
            ? null : $"its {changes} is the one that it was before";
    }

    // What is wrong yet; null where all is well: the clients have answers, and tier 0 has nothing to say.
    private async Task<string?> WhyNotWellAsync(
        IReadOnlyDictionary<string, IReadOnlyList<ClientRequest>> marks, CancellationToken cancellationToken)
    {
        if (marks.Count == 0)
            return "no client of the test can be asked";
        if (ClientLosses.Silent(marks, await clients.ReadAsync(cancellationToken), AnswersInARow) is { Count: > 0 } silent)
            return $"the test's client has no answers on {string.Join(", ", silent)}";
        var failed = (await look(cancellationToken)).FirstOrDefault(result => result.Failed);
        return failed is null ? null : $"{failed.Id}: {failed.Message}";
    }

    private async Task<string?> WaitAsync(Func<Task<string?>> missing, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        while (await missing() is { } why)
        {
            if (time.GetElapsedTime(started) > options.HealLimit)
                return why;
            await Task.Delay(Interval, time, cancellationToken);
        }

        return null;
    }
}
