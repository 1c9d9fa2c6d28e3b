using KubeLab.Ansible;
using KubeLab.Records;

namespace KubeLab.Diagnosis;

/// <summary>Explains a failed playbook run: on the console and as <c>explanations.json</c> in the run's record.</summary>
/// <param name="nodeLogs">Reads a node's own logs, where they say more.</param>
/// <param name="downloads">Looks at downloads whose result is withheld; null where nobody does.</param>
/// <param name="time">Tells how long ago the run began; the system's where it is null.</param>
/// <param name="places">Finds the variables that remedies name; null where nobody does.</param>
public sealed class FailureExplainer(
    SignatureMatcher explainer, NodeLogs nodeLogs, ConsoleLog log, RunRecord record, DownloadLookup? downloads = null,
    TimeProvider? time = null, VariablePlaces? places = null) : IFailureExplainer
{
    // However many nodes failed for reasons of their own, no more of them are asked, and it takes no longer.
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);
    private const int MostAsked = 10;

    // Whoever reads an explanation waits for it: so long before nodes are asked, and so long again for what one of them said.
    private static readonly TimeSpan Reading = TimeSpan.FromSeconds(1);

    private readonly TimeProvider time = time ?? TimeProvider.System;

    public async Task<IReadOnlyList<string>> ExplainAsync(PlaybookFailure failure, CancellationToken cancellationToken = default)
    {
        var failures = FailureReader.Read(failure.Events, failure.Output, failure.ExitCode);
        if (failures.Count == 0)
            failures = [new Failure { Nodes = Missing(failure), Status = "ansible", Text = string.Join('\n', failure.Problems) }];
        using var reading = new CancellationTokenSource(Reading, time);
        var explained = failures.Select(each => (Failure: each, Explanation: explainer.Explain(each, reading.Token))).ToList();
        using var patience = new CancellationTokenSource(Limit, time);
        using var asking = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        var asked = explained.Take(MostAsked)
            .Select(each => AskedAsync(each.Explanation, each.Failure, failure, asking.Token)).ToList();
        var explanations = Explanation.Once(
            [.. await Task.WhenAll(asked), .. explained.Skip(MostAsked).Select(each => each.Explanation)]);
        cancellationToken.ThrowIfCancellationRequested();
        if (places is not null)
            explanations = [.. explanations.Select(places.In)];
        if (StaysCordoned(failure) is { } cordoned)
        {
            var last = explanations[^1];
            explanations = [.. explanations.SkipLast(1), last with { Remedy = $"{last.Remedy}\n{cordoned}" }];
        }

        record.Write(Explanation.FileName, RecordJson.Write(explanations));
        var view = new ExplanationView(log);
        foreach (var explanation in explanations)
            view.Show(explanation);
        return [.. explanations.Select(ExplanationView.InOneLine)];
    }

    // What the run left behind on nodes, whatever it failed for. Kubespray's upgrade asks a node whether it is cordoned, and one
    // that is has been so by a person, for all that it knows (roles/upgrade/pre-upgrade, v2.18.2 to main).
    private static string? StaysCordoned(PlaybookFailure failure)
    {
        if (CordonedNodes.Of(failure.Events) is not { Count: > 0 } cordoned)
            return null;
        var names = cordoned.Select(name => failure.Inventory.Nodes.FirstOrDefault(node => node.Name == name)
            ?.Text("kube_override_hostname") is { } other && !Template.IsIn(other) ? other : name);
        var where = $"On {(failure.Inventory.ControlPlane is [var first, ..] ? first.Name : "a control plane node")}, as root";
        return $"Since this run {string.Join(", ", cordoned)} {(cordoned.Count == 1 ? "is" : "are")} cordoned: no new pod is scheduled there. "
            + $"{where}: kubectl uncordon {string.Join(' ', names)}"
            + (failure.Playbook.Contains("upgrade")
                ? ". Do that before going on, too: the playbook neither drains nor uncordons a node that it finds cordoned."
                : ", unless it is to leave the cluster.");
    }

    private static IReadOnlyList<string> Missing(PlaybookFailure failure)
    {
        var seen = PlayRecap.From(failure.Events)?.Hosts;
        return seen is null or { Count: 0 }
            ? []
            : [.. failure.Inventory.Nodes.Select(node => node.Name).Where(name => !seen.ContainsKey(name))];
    }

    // What a node answers only adds to what is known: whatever goes wrong as it is asked, the failure stays the one that it was.
    private async Task<Explanation> AskedAsync(
        Explanation explanation, Failure failure, PlaybookFailure run, CancellationToken cancellationToken)
    {
        try
        {
            return failure.IsCensored
                ? await WithDownloadAsync(explanation, failure, run, cancellationToken)
                : await WithLogsAsync(explanation, failure, run, cancellationToken);
        }
        catch (Exception exception) when (exception is OperationCanceledException or UserError or IOException
            or UnauthorizedAccessException or RegexMatchTimeoutException)
        {
            var why = exception switch
            {
                UserError error => error.Problem.Split('\n')[0],
                OperationCanceledException => "it took too long",
                RegexMatchTimeoutException => "what was said takes too long to read",
                _ => exception.Message,
            };
            return explanation with { Evidence = $"{explanation.Evidence}\n(No node could be asked for more: {why}.)".Trim() };
        }
    }

    private async Task<Explanation> WithLogsAsync(
        Explanation explanation, Failure failure, PlaybookFailure run, CancellationToken cancellationToken)
    {
        using var reading = new CancellationTokenSource(Reading, time);
        var context = new FailureContext(failure);
        var tellsMore = failure.Status == "failed" && (context.Unit is not null || explainer.AsksNode(failure, reading.Token));
        if (!tellsMore || NodeOf(failure, run.Inventory) is not { } node)
            return explanation;
        // A worker that can't join knows as little as Ansible of why the API doesn't answer.
        var asksApi = context.Unit is null && !node.IsControlPlane
            && context.Servers.Concat(context.NamedServers).Any(server => server.Kind == Server.Api);
        List<Node> asked = [node, .. asksApi ? run.Inventory.ControlPlane.Take(1) : []];
        log.Info($"Asking {string.Join(" and ", asked.Select(each => each.Name))} for the logs since the run began …");
        foreach (var logs in await Task.WhenAll(asked.Select(
            each => nodeLogs.CollectAsync(each, RunFor(run), each == node ? context.Unit : null, cancellationToken))))
        {
            if (logs.Text.Length > 0)
                record.Write($"{logs.Node}.log", logs.Text);
            if (explanation.Certainty == Certainty.Looked)
                continue;
            using var searching = new CancellationTokenSource(Reading, time);
            explanation = explainer.WithCause(explanation, logs, searching.Token);
        }

        return explanation;
    }

    private async Task<Explanation> WithDownloadAsync(
        Explanation withheld, Failure failure, PlaybookFailure run, CancellationToken cancellationToken)
    {
        if (downloads is null || failure.IncludeItem is not { } item)
            return withheld;
        var machine = failure.DelegatedTo ?? failure.Nodes[0];
        log.Info($"Looking at the download of {item}, whose result is withheld, from {machine} …");
        if (await downloads.LookAsync(failure, run, cancellationToken) is not { } found)
            return withheld with { Evidence = $"It was the download of {item}." };
        if (found.Uncensored(failure) is { } uncensored)
        {
            return explainer.Explain(uncensored, CancellationToken.None) with
            {
                Certainty = Certainty.Looked,
                IsCensored = true,
                Evidence = $"{found.Said}\n{found.Evidence}",
            };
        }

        return found.Answer is null ? withheld with { Evidence = found.Evidence } : withheld with
        {
            Title = $"A download failed that works by now: {item}",
            Certainty = Certainty.Likely,
            Meaning = $"What went wrong is withheld by no_log. {found.Machine} finds nothing wrong with it any more: "
                + $"{(found.IsThere ? "the file is there, with the wanted checksum" : "the server has the file")}. "
                + "A server or a proxy in trouble for a moment, or a network that was away, is what mostly does that.",
            Remedy = $"Go on as below. If it fails again: {withheld.Remedy}",
            Evidence = found.Evidence,
        };
    }

    // The machine that the task ran on, where the inventory has it.
    private static Node? NodeOf(Failure failure, Inventory inventory) =>
        inventory.Nodes.FirstOrDefault(node => node.Name == failure.DelegatedTo)
            ?? inventory.Nodes.FirstOrDefault(node => failure.Nodes.Contains(node.Name));

    private TimeSpan RunFor(PlaybookFailure run)
    {
        var began = run.Events.FirstOrDefault(each => each.Time > DateTimeOffset.UnixEpoch)?.Time;
        return time.GetUtcNow() - began is { Ticks: > 0 } since ? since : TimeSpan.FromHours(1);
    }
}
