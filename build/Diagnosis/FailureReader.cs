using KubeLab.Ansible;

namespace KubeLab.Diagnosis;

/// <summary>One way in which a run failed, before anything is known of its cause: what signatures look at.</summary>
public sealed record Failure
{
    private static readonly IReadOnlyDictionary<string, string> Nothing = new Dictionary<string, string>();

    /// <summary>The nodes that it happened to, in the order in which they failed; none where Ansible failed by itself.</summary>
    public IReadOnlyList<string> Nodes { get; init; } = [];

    /// <summary>How it ended: <c>failed</c>, <c>unreachable</c>, or <c>ansible</c> where Ansible itself gave up.</summary>
    public required string Status { get; init; }

    /// <summary>When it happened; null where no event tells.</summary>
    public DateTimeOffset? Time { get; init; }

    /// <summary>The task, as Ansible prints it; null where none was running.</summary>
    public string? Task { get; init; }

    /// <summary>The task's file and line, absolute, as the event has it.</summary>
    public string? TaskPath { get; init; }

    /// <summary>The role that the task belongs to.</summary>
    public string? Role { get; init; }

    /// <summary>The module or action that ran.</summary>
    public string? Action { get; init; }

    /// <summary>The machine that the task was delegated to; null where it ran on its node, or where nobody says.</summary>
    public string? DelegatedTo { get; init; }

    /// <summary>The item of the loop that failed; null where there was none, or where nobody says.</summary>
    public string? Item { get; init; }

    /// <summary>The item that the include around the task was for, such as the name of a download.</summary>
    public string? IncludeItem { get; init; }

    /// <summary>The module's arguments, as far as the event has them.</summary>
    public IReadOnlyDictionary<string, string> Arguments { get; init; } = Nothing;

    /// <summary>The result's fields that tell of the failure.</summary>
    public IReadOnlyDictionary<string, string> Result { get; init; } = Nothing;

    /// <summary>All that was said: message, assertion, standard error and output, in that order.</summary>
    public required string Text { get; init; }

    /// <summary>The result in full, one field a line; empty where there is none.</summary>
    public string Details => string.Join('\n', Result.Select(part => $"{part.Key}: {part.Value}"));

    /// <summary>Whether the result was withheld by <c>no_log</c>.</summary>
    public bool IsCensored { get; init; }

    /// <summary>How Ansible ended, where it gave up; null where a task failed.</summary>
    public int? ExitCode { get; init; }

    /// <summary>Whether the playbook came to any host, by its recap; null where the run never came to one.</summary>
    public bool? CameToHosts { get; init; }
}

/// <summary>Finds out of a run's events and output what failed: once for all nodes that the same thing happened to.</summary>
public static partial class FailureReader
{
    private const int LinesOfAnError = 30;

    // A program that says more than this says nothing that anybody reads.
    private const int LongestField = 64 * 1024;
    private const int LongestOutputLine = 4 * 1024;

    private static readonly string[] Spoken =
        ["assertion", "msg", "response", "url", "stderr", "module_stderr", "stdout", "module_stdout"];

    /// <summary>The failures of a run, in their order. One that was ignored or rescued is none.</summary>
    /// <param name="output">What Ansible said, line by line; only looked at where no event tells of a failure.</param>
    public static IReadOnlyList<Failure> Read(IReadOnlyList<PlaybookEvent> events, IReadOnlyList<string> output, int exitCode)
    {
        var recap = PlayRecap.From(events);
        var failed = events.Where(each => IsFailure(each) && !WasRescued(each, recap))
            .GroupBy(each => each.Host!).Select(host => TheOneThatEndedIt([.. host], recap)).OrderBy(each => each.Happened.Time);
        List<Failure> failures =
        [
            // What is withheld has no text, and what it was for may differ all the same.
            .. failed.GroupBy(each => (
                each.Happened.Task, each.Happened.TaskPath, each.Status, each.Happened.Censored, each.Text,
                Field(each.Happened.Data, "include_item"))).Select(Alike),
        ];
        return failures.Count > 0 ? failures : FromOutput(events, output, exitCode, recap);
    }

    private static bool IsFailure(PlaybookEvent each) =>
        each is { Kind: "result", Host: not null, Ignored: false, Status: "failed" or "unreachable" };

    // Only the recap tells that a block's rescue saved a host; a run without one ended before its end, and nothing saved it.
    private static bool WasRescued(PlaybookEvent each, PlayRecap? recap) =>
        recap is not null && recap.Hosts.TryGetValue(each.Host!, out var counts) && counts is { Failed: 0, Unreachable: 0 };

    // The first is the cause of what a block's always, or a handler, met later; but where something was rescued, nobody tells
    // which, and only the last is known to have ended it.
    private static Result TheOneThatEndedIt(IReadOnlyList<PlaybookEvent> failures, PlayRecap? recap) =>
        Result.Of(recap?.Hosts.GetValueOrDefault(failures[0].Host!) is { Rescued: 0 } ? failures[0] : failures[^1]);

    private static Failure Alike(IEnumerable<Result> results)
    {
        var first = results.First();
        var happened = first.Happened;
        return new Failure
        {
            Nodes = [.. results.Select(each => each.Happened.Host!)],
            Status = first.Status,
            Time = happened.Time,
            Task = happened.Task,
            TaskPath = happened.TaskPath,
            Role = happened.Role,
            Action = happened.Action,
            DelegatedTo = Field(happened.Data, "delegated_to"),
            Item = Field(happened.Data, "item") ?? first.Fields.GetValueOrDefault("item"),
            IncludeItem = Field(happened.Data, "include_item"),
            Arguments = happened.Data.TryGetProperty("args", out var arguments)
                ? Fields(arguments) : new Dictionary<string, string>(),
            Result = first.Fields,
            Text = first.Text,
            IsCensored = happened.Censored,
        };
    }

    // Ansible gave up before, or without, a result: a syntax error, a module that it doesn't know, no host, or its own death.
    private static IReadOnlyList<Failure> FromOutput(
        IReadOnlyList<PlaybookEvent> events, IReadOnlyList<string> output, int exitCode, PlayRecap? recap)
    {
        List<string> lines = [.. output.Select(line => line.Length <= LongestOutputLine ? line : line[..LongestOutputLine])];
        var cameToHosts = CameToHosts(events, lines, recap);
        var start = lines.FindLastIndex(line => GivesUp().IsMatch(line));
        if (start < 0 && cameToHosts == false)
            start = lines.FindIndex(line => MatchedNone().IsMatch(line));
        var said = start >= 0 ? lines.Skip(start).Take(LinesOfAnError) : lines.TakeLast(LinesOfAnError);
        if (exitCode == 0 && start < 0 && events.Any(each => each.Kind == "stats"))
            return [];
        var task = events.LastOrDefault(each => each.Kind == "task_start");
        return
        [
            new()
            {
                Status = "ansible",
                Time = events.Count > 0 ? events[^1].Time : null,
                Task = task?.Task,
                TaskPath = task?.TaskPath,
                Action = task?.Action,
                Text = $"{string.Join('\n', said).Trim()}\n(exit code {exitCode})",
                ExitCode = exitCode,
                CameToHosts = cameToHosts,
            },
        ];
    }

    private static bool? CameToHosts(IReadOnlyList<PlaybookEvent> events, IReadOnlyList<string> output, PlayRecap? recap)
    {
        if (recap is not null)
            return recap.Hosts.Count > 0;
        if (events.Any(each => each.Host is not null) || output.Any(line => line.StartsWith("TASK [", StringComparison.Ordinal)))
            return true;
        return output.Any(line => line.StartsWith("PLAY RECAP", StringComparison.Ordinal))
            ? output.Any(line => HostCounts().IsMatch(line)) : null;
    }

    private static Dictionary<string, string> Fields(JsonElement result) => result.ValueKind switch
    {
        JsonValueKind.Object => result.EnumerateObject().GroupBy(field => field.Name)
            .ToDictionary(field => field.Key, field => TextOf(field.Last().Value)),
        JsonValueKind.Undefined or JsonValueKind.Null => [],
        _ => new() { ["msg"] = TextOf(result) },
    };

    private static string? Field(JsonElement data, string name) =>
        data.TryGetProperty(name, out var value) && TextOf(value) is { Length: > 0 } text ? text : null;

    private static string TextOf(JsonElement value)
    {
        var text = value.ValueKind switch
        {
            JsonValueKind.String => value.GetString()!,
            JsonValueKind.Array => string.Join('\n', value.EnumerateArray().Take(100).Select(TextOf)),
            JsonValueKind.Null => "",
            _ => value.GetRawText(),
        };
        return text.Length <= LongestField ? text : $"{text[..(LongestField / 2)]}\n{text[^(LongestField / 2)..]}";
    }

    private sealed record Result(PlaybookEvent Happened, IReadOnlyDictionary<string, string> Fields, string Text, string Status)
    {
        public static Result Of(PlaybookEvent happened)
        {
            var fields = happened.Data.TryGetProperty("failure", out var failure) ? FailureReader.Fields(failure) : [];
            var parts = Spoken.Select(name => fields.GetValueOrDefault(name, "").Trim());
            var text = string.Join('\n', parts.Where(part => part.Length > 0));
            return new(happened, fields, text, SaysLostConnection(text) ? "unreachable" : happened.Status!);
        }
    }

    // The words of AnsibleConnectionFailure. Some actions, such as template, pass it on as a failure of their own.
    private static bool SaysLostConnection(string text) =>
        text.Contains("Failed to connect to the host via ", StringComparison.Ordinal)
            || text.Contains("Data could not be sent to remote host", StringComparison.Ordinal);

    // "ERROR! …" up to ansible-core 2.18, "[ERROR]: …" from 2.19 on, where a task's failure is said in that way too, ignored or
    // not.
    [GeneratedRegex(@"^(ERROR!| ?\[ERROR\]:(?! Task failed))", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 60_000)]
    private static partial Regex GivesUp();

    // Kubespray's plays name groups that an inventory may lack, so these tell of nothing by themselves.
    [GeneratedRegex(@"^(skipping: no hosts matched| ?\[WARNING\]: (Could not match supplied host pattern|Unable to parse|No inventory was parsed|provided hosts list is empty))",
        RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 60_000)]
    private static partial Regex MatchedNone();

    [GeneratedRegex(@"^\S+\s*: ok=\d", RegexOptions.None, matchTimeoutMilliseconds: 60_000)]
    private static partial Regex HostCounts();
}
