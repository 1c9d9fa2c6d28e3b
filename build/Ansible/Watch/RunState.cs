namespace KubeLab.Ansible;

/// <summary>Where a playbook run stands, put together from its events.</summary>
public sealed class RunState
{
    private readonly Dictionary<string, HostState> hosts = new();

    /// <summary>Starts with the nodes of an inventory, in its order; others are added as they appear.</summary>
    public RunState(IEnumerable<string> nodes)
    {
        foreach (var node in nodes)
            hosts[node] = new HostState();
    }

    /// <summary>When the run began; null before its first event.</summary>
    public DateTimeOffset? Started { get; private set; }

    /// <summary>The play that runs.</summary>
    public string? Play { get; private set; }

    /// <summary>The task that runs.</summary>
    public string? Task { get; private set; }

    /// <summary>When it began.</summary>
    public DateTimeOffset TaskStarted { get; private set; }

    /// <summary>How many tasks have begun before the one that runs.</summary>
    public int TasksDone { get; private set; }

    /// <summary>The task that runs, told apart from others of its name: its file and line, and which time it is.</summary>
    public string TaskKey { get; private set; } = "";

    /// <summary>The nodes.</summary>
    public IReadOnlyDictionary<string, HostState> Hosts => hosts;

    private readonly Dictionary<string, int> seen = new();
    private bool hasTask;

    /// <summary>Takes an event into account; one that isn't known changes nothing.</summary>
    public void Apply(PlaybookEvent happened)
    {
        Started ??= happened.Time;
        switch (happened.Kind)
        {
            case "play_start":
                Play = happened.Play;
                break;
            case "task_start":
                Begin(happened);
                break;
            case "stats" when hasTask:
                (TasksDone, hasTask, Task) = (TasksDone + 1, false, null);
                break;
            case "start" when happened.Host is { } host:
                Of(host).Since = happened.Time;
                break;
            case "retry" when happened.Host is { } host:
                Of(host).Retries++;
                break;
            case "result" when happened.Host is { } host:
                End(Of(host), happened);
                break;
        }
    }

    private void Begin(PlaybookEvent task)
    {
        if (hasTask)
            TasksDone++;
        hasTask = true;
        Task = task.Task;
        TaskStarted = task.Time;
        var path = $"{task.TaskPath} {task.Task}";
        seen[path] = seen.GetValueOrDefault(path) + 1;
        TaskKey = $"{path} #{seen[path]}";
        foreach (var host in hosts.Values)
            (host.Since, host.Retries) = (null, 0);
    }

    private static void End(HostState host, PlaybookEvent result)
    {
        host.Since = null;
        host.Ok += result.Status is "ok" or "changed" ? 1 : 0;
        host.Changed += result.Status == "changed" ? 1 : 0;
        host.Failed += result is { Status: "failed", Ignored: false } ? 1 : 0;
        host.IsUnreachable |= result is { Status: "unreachable", Ignored: false };
    }

    private HostState Of(string host)
    {
        if (!hosts.TryGetValue(host, out var state))
            hosts[host] = state = new HostState();
        return state;
    }
}

/// <summary>What is known of a node while a playbook runs.</summary>
public sealed class HostState
{
    /// <summary>How many tasks ended well, those that changed something included.</summary>
    public int Ok { get; set; }

    /// <summary>How many tasks changed something.</summary>
    public int Changed { get; set; }

    /// <summary>How many tasks failed, but for those whose failure is ignored.</summary>
    public int Failed { get; set; }

    /// <summary>Whether it could not be reached.</summary>
    public bool IsUnreachable { get; set; }

    /// <summary>Since when it works on the current task; null where it doesn't.</summary>
    public DateTimeOffset? Since { get; set; }

    /// <summary>How often the current task was tried again.</summary>
    public int Retries { get; set; }
}
