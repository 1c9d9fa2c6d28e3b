using KubeLab.Ansible;
using KubeLab.Records;

namespace KubeLab.Diagnosis;

/// <summary>Explains a failed playbook run: on the console and as <c>explanations.json</c> in the run's record.</summary>
/// <param name="nodeLogs">Reads a node's own logs, where they say more.</param>
public sealed class FailureExplainer(SignatureMatcher explainer, NodeLogs nodeLogs, ConsoleLog log, RunRecord record) : IFailureExplainer
{
    public async Task<IReadOnlyList<string>> ExplainAsync(PlaybookFailure failure, CancellationToken cancellationToken = default)
    {
        var failures = FailureReader.Read(failure.Events, failure.Output, failure.ExitCode);
        if (failures.Count == 0)
            failures = [new Failure { Nodes = Missing(failure), Status = "ansible", Text = string.Join('\n', failure.Problems) }];
        var each = new List<Explanation>();
        foreach (var one in failures)
            each.Add(await WithCauseAsync(explainer.Explain(one), one, failure, cancellationToken));
        var explanations = Explanation.Once(each);
        record.Write(Explanation.FileName, RecordJson.Write(explanations));
        var view = new ExplanationView(log);
        foreach (var explanation in explanations)
            view.Show(explanation);
        return [.. explanations.Select(ExplanationView.InOneLine)];
    }

    private static IReadOnlyList<string> Missing(PlaybookFailure failure)
    {
        var seen = PlayRecap.From(failure.Events)?.Hosts;
        return seen is null or { Count: 0 }
            ? []
            : [.. failure.Inventory.Nodes.Select(node => node.Name).Where(name => !seen.ContainsKey(name))];
    }

    private async Task<Explanation> WithCauseAsync(
        Explanation explanation, Failure failure, PlaybookFailure run, CancellationToken cancellationToken)
    {
        if (!explainer.AsksNode(failure) || run.Inventory.Nodes.FirstOrDefault(node => failure.Nodes.Contains(node.Name)) is not { } node)
            return explanation;
        log.Info($"Asking {node.Name} for the logs of its kubelet and containers …");
        if (await nodeLogs.CollectAsync(node, cancellationToken) is not { } logs)
            return explanation with { Evidence = $"{explanation.Evidence}\n(The logs of {node.Name} could not be read.)" };
        record.Write($"{node.Name}.log", logs);
        return explainer.WithCause(explanation, node.Name, logs);
    }
}
