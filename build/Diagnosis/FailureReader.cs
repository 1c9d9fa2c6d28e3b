using KubeLab.Ansible;

namespace KubeLab.Diagnosis;

/// <summary>One way in which a run failed, before anything is known of its cause: what signatures look at.</summary>
public sealed record Failure
{
    /// <summary>The nodes that it happened to, in the order in which they failed; none where Ansible failed by itself.</summary>
    public IReadOnlyList<string> Nodes { get; init; } = [];

    /// <summary>How it ended: <c>failed</c>, <c>unreachable</c>, or <c>ansible</c> where Ansible itself gave up.</summary>
    public required string Status { get; init; }

    /// <summary>The task, as Ansible prints it; null where none was running.</summary>
    public string? Task { get; init; }

    /// <summary>The task's file and line, absolute, as the event has it.</summary>
    public string? TaskPath { get; init; }

    /// <summary>The module or action that ran.</summary>
    public string? Action { get; init; }

    /// <summary>All that was said: message, assertion, standard error and output, in that order.</summary>
    public required string Text { get; init; }

    /// <summary>The result in full, one field a line; empty where there is none.</summary>
    public string Details { get; init; } = "";

    /// <summary>What signatures look at: what was said, and the fields that nobody said, such as a command's exit code.</summary>
    public string Whole => Details.Length > 0 ? $"{Text}\n{Details}" : Text;

    /// <summary>Whether the result was withheld by <c>no_log</c>.</summary>
    public bool IsCensored { get; init; }
}

/// <summary>Finds out of a run's events and output what failed: once for all nodes that the same thing happened to.</summary>
public static partial class FailureReader
{
    private const int LinesOfAnError = 30;

    /// <summary>The failures of a run, in their order. One that was ignored or rescued is none.</summary>
    /// <param name="output">What Ansible said, line by line; only looked at where no event tells of a failure.</param>
    public static IReadOnlyList<Failure> Read(IReadOnlyList<PlaybookEvent> events, IReadOnlyList<string> output, int exitCode)
    {
        var recap = PlayRecap.From(events);
        var last = events.Where(each => IsFailure(each) && !WasRescued(each, recap))
            .GroupBy(each => each.Host!).Select(host => host.Last()).OrderBy(each => each.Time);
        List<Failure> failures =
            [.. last.GroupBy(each => (each.Task, each.TaskPath, StatusOf(each), each.Censored, Said(each))).Select(Alike)];
        return failures.Count > 0 ? failures : FromOutput(events, output, exitCode);
    }

    private static bool IsFailure(PlaybookEvent each) =>
        each is { Kind: "result", Host: not null, Ignored: false, Status: "failed" or "unreachable" };

    // Only the recap tells that a block's rescue saved a host; a run without one ended before its end, and nothing saved it.
    private static bool WasRescued(PlaybookEvent each, PlayRecap? recap) =>
        recap is not null && recap.Hosts.TryGetValue(each.Host!, out var counts) && counts is { Failed: 0, Unreachable: 0 };

    private static Failure Alike(IEnumerable<PlaybookEvent> results)
    {
        var first = results.First();
        return new Failure
        {
            Nodes = [.. results.Select(each => each.Host!)],
            Status = StatusOf(first),
            Task = first.Task,
            TaskPath = first.TaskPath,
            Action = first.Action,
            Text = Said(first),
            Details = first.FailureDetails ?? "",
            IsCensored = first.Censored,
        };
    }

    // Ansible gave up before, or without, a result: a syntax error, a module that it doesn't know, no host, or its own death.
    private static IReadOnlyList<Failure> FromOutput(
        IReadOnlyList<PlaybookEvent> events, IReadOnlyList<string> output, int exitCode)
    {
        var start = output.ToList().FindLastIndex(line => GivesUp().IsMatch(line));
        var said = start >= 0 ? output.Skip(start).Take(LinesOfAnError) : output.TakeLast(LinesOfAnError);
        if (exitCode == 0 && start < 0 && events.Any(each => each.Kind == "stats"))
            return [];
        var task = events.LastOrDefault(each => each.Kind == "task_start");
        var text = $"{string.Join('\n', said).Trim()}\n(exit code {exitCode})";
        return [new() { Status = "ansible", Task = task?.Task, TaskPath = task?.TaskPath, Action = task?.Action, Text = text }];
    }

    private static string StatusOf(PlaybookEvent each) => LostConnection().IsMatch(Said(each)) ? "unreachable" : each.Status!;

    private static string Said(PlaybookEvent each) => each.FailureText ?? "";

    // The words of AnsibleConnectionFailure. Some actions, such as template, pass it on as a failure of their own.
    [GeneratedRegex(@"Failed to connect to the host via \w+:|Data could not be sent to remote host",
        RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex LostConnection();

    // "ERROR! …" up to ansible-core 2.18, "[ERROR]: …" from 2.19 on, where a task's failure is said so too, ignored or not.
    [GeneratedRegex(@"^(ERROR!| ?\[ERROR\]:(?! Task failed)|skipping: no hosts matched|\[WARNING\]: Could not match supplied host pattern)",
        RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex GivesUp();
}
