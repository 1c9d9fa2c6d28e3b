namespace KubeLab.Ansible;

/// <summary>Whether a run did what it should: judged from the recap against the inventory, as exit code 0 alone also means that
/// no host matched, and once came with a dead host (Kubespray issue 13407).</summary>
public static class PlaybookVerdict
{
    /// <summary>What is wrong with a run; nothing where it succeeded. Rescued and ignored failures are no failures.</summary>
    /// <param name="othersMayFail">Whether a host that is none of these may fail or be unreachable.</param>
    public static IReadOnlyList<string> Judge(
        int exitCode, IReadOnlyList<PlaybookEvent> events, IReadOnlyList<string> expected, bool othersMayFail = false)
    {
        if (PlayRecap.From(events) is not { } recap)
            return [$"Ansible ended with exit code {exitCode} before its recap."];
        if (recap.Hosts.Count == 0)
            return ["The playbook matched no host, so it did nothing."];
        var failed = recap.Hosts.Where(host => host.Value.Failed > 0 || host.Value.Unreachable > 0).ToList();
        var problems = failed.Where(host => !othersMayFail || expected.Contains(host.Key))
            .Select(host => DescribeFailure(host.Key, host.Value, events)).ToList();
        problems.AddRange(
            expected.Where(name => !recap.Hosts.ContainsKey(name)).Select(name => $"{name}: the playbook never ran on it."));
        if (problems.Count == 0 && recap.Hosts.Values.Sum(counts => counts.Total) == 0)
            problems.Add("The playbook ran no task.");
        if (problems.Count == 0 && exitCode != 0 && failed.Count == 0)
            problems.Add($"Ansible ended with exit code {exitCode}, although no host failed.");
        return problems;
    }

    private static string DescribeFailure(string host, HostCounts counts, IReadOnlyList<PlaybookEvent> events)
    {
        var word = counts.Unreachable > 0 ? "unreachable" : "failed";
        var last = events.LastOrDefault(
            each => each.Kind == "result" && each.Host == host && each.Status == word && !each.Ignored);
        if (last is null)
            return $"{host}: {word}.";
        var said = last.Censored
            ? "what it said is withheld (no_log); to see it: unsafe_show_logs: true in group_vars where the role knows it, else look on the node"
            : last.FailureText ?? "it said nothing";
        var lines = said.Split('\n').Take(20).Select(line => $"    {line.TrimEnd()}");
        return $"{host}: {word} in \"{last.Task}\" ({last.TaskPath})\n{string.Join('\n', lines)}";
    }
}
