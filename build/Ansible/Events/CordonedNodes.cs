namespace KubeLab.Ansible;

/// <summary>The nodes that a run has cordoned and not uncordoned again: no new pod is scheduled on them.</summary>
public static partial class CordonedNodes
{
    /// <summary>Finds them by the run's events, in the order in which they were cordoned.</summary>
    public static IReadOnlyList<string> Of(IEnumerable<PlaybookEvent> events)
    {
        var cordoned = new List<string>();
        foreach (var result in events.Where(each => each is { Kind: "result", Host: not null, Task: not null }))
        {
            var isDone = result.Status is "ok" or "changed";
            // kubectl drain cordons first of all, so also one that failed has.
            if ((isDone && Cordon().IsMatch(result.Task!)) || (result.Status is "failed" && Drain().IsMatch(result.Task!)))
                cordoned = [.. cordoned.Except([result.Host!]), result.Host!];
            else if (isDone && Uncordon().IsMatch(result.Task!))
                cordoned.Remove(result.Host!);
        }

        return cordoned;
    }

    // Kubespray's roles upgrade/pre-upgrade, upgrade/post-upgrade and remove-node, v2.18.2 to main, and the lab's own.
    [GeneratedRegex("(^|[:|] )(Cordon node|Drain node|Move the node's pods)",
        RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Cordon();

    [GeneratedRegex("(^|[:|] )(Drain node|Move the node's pods)", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Drain();

    [GeneratedRegex("(^|[:|] )(Uncordon node|Set node back to schedulable|Delete node)",
        RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Uncordon();
}
