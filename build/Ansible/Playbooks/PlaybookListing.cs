namespace KubeLab.Ansible;

/// <summary>What a playbook would do, as <c>ansible-playbook --list-hosts --list-tasks</c> tells it.</summary>
/// <param name="Hosts">The hosts of all plays, each once, in the order in which they appear.</param>
/// <param name="TasksByRole">Each role's tasks over all plays, <c>-</c> for no role; without what is included later.</param>
public sealed partial record PlaybookListing(
    CommandLine Command, IReadOnlyList<string> Hosts, int Plays, IReadOnlyDictionary<string, int> TasksByRole)
{
    /// <summary>Reads the listing.</summary>
    public static PlaybookListing Parse(string output, CommandLine command)
    {
        var hosts = new List<string>();
        var tasks = new Dictionary<string, int>();
        var plays = 0;
        var inTasks = false;
        foreach (var line in output.Split('\n').Select(line => line.TrimEnd()))
        {
            if (Play().IsMatch(line))
                (plays, inTasks) = (plays + 1, false);
            else if (line.Trim() == "tasks:")
                inTasks = true;
            else if (inTasks && Task().Match(line) is { Success: true } task)
                tasks[Role(task)] = tasks.GetValueOrDefault(Role(task)) + 1;
            else if (!inTasks && Host().Match(line) is { Success: true } host && !hosts.Contains(host.Groups["name"].Value))
                hosts.Add(host.Groups["name"].Value);
        }

        return new PlaybookListing(command, hosts, plays, tasks);
    }

    private static string Role(Match task) => task.Groups["role"] is { Success: true, Value: var role } ? role : "-";

    [GeneratedRegex(@"^  play #\d+ ", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 60_000)]
    private static partial Regex Play();

    [GeneratedRegex(@"^      ((?<role>[^\t:]+) : )?[^\t]+\tTAGS: \[",
        RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 60_000)]
    private static partial Regex Task();

    [GeneratedRegex(@"^      (?<name>\S+)$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 60_000)]
    private static partial Regex Host();
}
