using KubeLab.Records;

namespace KubeLab.Ansible;

/// <summary>One line of <c>events.jsonl</c>, as the callback plugin <c>kubelab_events.py</c> writes it. Kinds and fields that
/// aren't known are kept in <see cref="Data"/>.</summary>
/// <param name="Kind">What happened: <c>play_start</c>, <c>task_start</c>, <c>result</c>, <c>stats</c>, …</param>
public sealed partial record PlaybookEvent(string Kind, DateTimeOffset Time, JsonElement Data)
{
    /// <summary>The playbook's file name, of a <c>playbook_start</c>.</summary>
    public string? Playbook => Text("playbook");

    /// <summary>Whether only some hosts or some tasks were asked for, of a <c>playbook_start</c>.</summary>
    public bool IsPartial => Data.TryGetProperty("partial", out var value) && value.ValueKind == JsonValueKind.True;

    /// <summary>The play's name, of a <c>play_start</c>.</summary>
    public string? Play => Text("play");

    /// <summary>The task's name.</summary>
    public string? Task => Text("task");

    /// <summary>The task's file and line.</summary>
    public string? TaskPath => Text("path");

    /// <summary>The role that the task belongs to.</summary>
    public string? Role => Text("role");

    /// <summary>The module or action that the task runs.</summary>
    public string? Action => Text("action");

    /// <summary>The host, of a <c>result</c>.</summary>
    public string? Host => Text("host");

    /// <summary>How a result ended: <c>ok</c>, <c>changed</c>, <c>skipped</c>, <c>failed</c>, <c>unreachable</c>.</summary>
    public string? Status => Text("status");

    /// <summary>How long the task took on the host, in seconds.</summary>
    public double? Seconds =>
        Data.TryGetProperty("seconds", out var value) && value.ValueKind == JsonValueKind.Number ? value.GetDouble() : null;

    /// <summary>Whether a failure was ignored by the playbook.</summary>
    public bool Ignored => Data.TryGetProperty("ignored", out var value) && value.ValueKind == JsonValueKind.True;

    /// <summary>Whether the result is withheld because the task has <c>no_log</c>.</summary>
    public bool Censored => Data.TryGetProperty("censored", out var value) && value.ValueKind == JsonValueKind.True;

    /// <summary>What the module said of its failure: its message, the assertion that fails, or its standard error.</summary>
    public string? FailureText => Failure is { } failure
        ? string.Join('\n', new[] { "assertion", "msg", "response", "url", "stderr", "module_stderr", "stdout", "module_stdout" }
            .Select(name => failure.TryGetProperty(name, out var value) ? value.ToString().Trim() : "")
            .Where(text => text.Length > 0))
        : null;

    /// <summary>All that is known of the failure, one field a line.</summary>
    public string? FailureDetails => Failure is { } failure
        ? string.Join('\n', failure.EnumerateObject().Select(part => $"{part.Name}: {part.Value}"))
        : null;

    private JsonElement? Failure =>
        Data.TryGetProperty("failure", out var failure) && failure.ValueKind == JsonValueKind.Object ? failure : null;

    /// <summary>Reads a line; null where it is no event, as the last line of a run that was killed may be.</summary>
    public static PlaybookEvent? Parse(string line)
    {
        try
        {
            using var document = JsonDocument.Parse(Whole(line));
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object
                || !root.TryGetProperty("event", out var kind)
                || kind.ValueKind != JsonValueKind.String)
                return null;
            var seconds = root.TryGetProperty("time", out var time) && time.TryGetDouble(out var value) && value is > 0 and < 1e11
                ? value
                : 0;
            return new PlaybookEvent(
                kind.GetString()!, DateTimeOffset.FromUnixTimeMilliseconds((long)(seconds * 1000)), root.Clone());
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>The events of the last run of a playbook in a record, which may hold several runs, one after the other.</summary>
    public static IReadOnlyList<PlaybookEvent> LastRunOf(string playbook, IEnumerable<string> lines)
    {
        List<PlaybookEvent> events = [];
        var isIts = false;
        foreach (var happened in lines.Select(Parse).OfType<PlaybookEvent>())
        {
            if (happened.Kind == "playbook_start")
            {
                isIts = happened.Playbook == playbook;
                if (isIts)
                    events.Clear();
            }

            if (isIts)
                events.Add(happened);
        }

        return events;
    }

    /// <summary>A cluster's recorded runs of a playbook with their events, the latest first.</summary>
    internal static IEnumerable<(string Name, IReadOnlyList<PlaybookEvent> Events)> RunsOf(Cluster cluster, string playbook) =>
        new RunArchive(cluster).Directories().Select(run => (Folder: run, File: Path.Combine(run, "events.jsonl")))
            .Where(run => File.Exists(run.File))
            .Select(run => (Path.GetFileName(run.Folder), LastRunOf(playbook, File.ReadLines(run.File))))
            .Where(run => run.Item2.Count > 0);

    // Python hands on bytes that are no UTF-8 as halves of surrogate pairs (PEP 383), which no .NET string may hold.
    private static string Whole(string line) => !line.Contains(@"\ud", StringComparison.OrdinalIgnoreCase) ? line
        : Surrogates().Replace(line, match => match.Groups["half"].Success ? @"\ufffd" : match.Value);

    [GeneratedRegex(@"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|(?<half>\\u[dD][89a-fA-F][0-9a-fA-F]{2})",
        RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 60_000)]
    private static partial Regex Surrogates();

    private string? Text(string name) =>
        Data.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
