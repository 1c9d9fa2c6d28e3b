namespace KubeLab.Diagnosis;

/// <summary>Reads what a node gave of its logs, and sorts it by what is likeliest to tell a cause.</summary>
public static partial class NodeLogReader
{
    private const int LongestLine = 1000;

    // What a program that ends says last: a Go program's own line, and the trace below it.
    private const int LastWords = 20;

    private const string Systemd = "systemd";

    /// <summary>Reads the logs of a node.</summary>
    /// <param name="text">
    /// Sections that begin with <c>== </c>: <c>now</c>, <c>unit</c>, <c>file</c>, <c>pod</c> and <c>no journal</c>.
    /// </param>
    /// <param name="runFor">How long ago the run began; older lines are none of it. Null for any.</param>
    /// <param name="unit">The unit that the failed task started; null where it started none.</param>
    public static NodeLog Read(string node, string text, TimeSpan? runFor, string? unit)
    {
        var lines = new List<Entry>();
        DateTimeOffset? now = null;
        var source = "";
        string? problem = null;
        Entry? before = null;
        foreach (var line in text.Split('\n'))
        {
            if (line.StartsWith("== ", StringComparison.Ordinal) && Section().Match(line) is { Success: true } section)
            {
                var name = section.Groups["name"].Value;
                before = null;
                switch (section.Groups["kind"].Value)
                {
                    case "now":
                        now = TimeOf(name);
                        break;
                    case "no":
                        problem = "journald keeps nothing there";
                        break;
                    default:
                        source = name.StartsWith("/var/log/pods/", StringComparison.Ordinal) ? name : name.Split(' ')[0];
                        break;
                }
            }
            else if (ReadLine(source, line, now, before) is { } entry)
            {
                before = entry;
                if (!(entry.Line.Time < now - runFor))
                    lines.Add(entry);
            }
        }

        return new(node, text, [.. Telling(lines, unit?.Replace(".service", ""))], problem);
    }

    // Errors before all else, as where one stands a warning is only a remark; what the unit that failed said before it ended goes
    // before the noise of others that miss it; the last before the first.
    private static IEnumerable<NodeLogLine> Telling(List<Entry> lines, string? unit)
    {
        MarkLastWords(lines);
        var least = lines.Exists(entry => entry.Line.Severity == LogSeverity.Error) ? LogSeverity.Unsaid : LogSeverity.Warning;
        return lines.Where(entry => entry.Line.Severity <= least)
            .Select((entry, position) => (entry, position))
            .OrderBy(each => Tier(each.entry, unit))
            .ThenByDescending(each => each.entry.Line.Time ?? DateTimeOffset.MaxValue).ThenByDescending(each => each.position)
            .Select(each => each.entry.Line);
    }

    private static int Tier(Entry entry, string? unit)
    {
        var isOfUnit = entry.Line.Source == unit;
        return (entry.Line.Severity, entry.IsLastWord) switch
        {
            (LogSeverity.Error, true) => isOfUnit ? 0 : 3,
            (LogSeverity.Unsaid, true) => isOfUnit ? 1 : 4,
            (LogSeverity.Error, false) => isOfUnit ? 2 : 5,
            (LogSeverity.Unsaid, false) => 6,
            _ => 7,
        };
    }

    // systemd says that a unit's process ended right after the process' own last line. A container that was started again has a
    // log of its own for each time.
    private static void MarkLastWords(List<Entry> lines)
    {
        foreach (var unit in lines.GroupBy(entry => entry.Line.Source).Select(entries => entries.ToList()))
        {
            var end = unit.FindLastIndex(entry => entry.Process == Systemd && HasEnded().IsMatch(entry.Line.Text));
            var said = unit.Take(Math.Max(end, 0)).Where(entry => entry.Process != Systemd).ToList();
            foreach (var word in said.Where(entry => entry.ProcessId == said[^1].ProcessId).TakeLast(LastWords))
                word.IsLastWord = true;
            foreach (var word in unit.Where(entry => entry.WasRestarted).TakeLast(LastWords))
                word.IsLastWord = true;
        }
    }

    private static Entry? ReadLine(string source, string line, DateTimeOffset? now, Entry? before)
    {
        var plain = PlainText.Of(line.Length > LongestLine ? line[..LongestLine] : line).Trim();
        if (plain.Length == 0)
            return null;
        if (Pod().Match(source) is { Success: true } pod)
        {
            var (time, text) = OfContainer(plain);
            return new(Line($"{pod.Groups["pod"].Value}/{pod.Groups["container"].Value}", time, text))
            {
                WasRestarted = pod.Groups["restarts"].Value != "0",
            };
        }

        var begins = char.IsAsciiLetterUpper(plain[0]) || char.IsAsciiDigit(plain[0]);
        if (!begins || Journal().Match(plain) is not { Success: true } journal)
        {
            // The rest of a message of several lines.
            return before is null
                ? new(Line(source, null, plain))
                : before with { Line = Line(before.Line.Source, before.Line.Time, plain) };
        }

        var process = journal.Groups["process"].Value;
        var said = journal.Groups["text"].Value;
        var at = TimeOf(journal.Groups["time"].Value) ?? SyslogTime(journal.Groups["time"].Value, now);
        // A file holds the lines of all units.
        var unit = !source.StartsWith('/') ? source
            : process == Systemd && OfUnit().Match(said) is { Success: true } named ? named.Groups["unit"].Value
            : process == "dockerd" ? "docker" : process;
        return new(Line(unit, at, said)) { Process = process, ProcessId = journal.Groups["id"].Value };
    }

    private static NodeLogLine Line(string source, DateTimeOffset? time, string text) =>
        new(source, time, SeverityOf(text), text.Trim());

    private static (DateTimeOffset? Time, string Text) OfContainer(string line) =>
        Container().Match(line) is { Success: true } container
            ? (TimeOf(container.Groups["time"].Value), container.Groups["text"].Value)
            : OfDocker(line);

    /// <summary>
    /// How bad a line says that it is: klog (Kubernetes), logrus (containerd, CRI-O, Docker, Cilium), zap and capnslog (etcd),
    /// Calico.
    /// </summary>
    internal static LogSeverity SeverityOf(string text)
    {
        var said = Severity().Match(text);
        if (!said.Success)
            return LogSeverity.Unsaid;
        var word = said.Groups["word"].Value.ToUpperInvariant();
        return word[0] switch
        {
            'E' or 'F' or 'C' or 'P' => LogSeverity.Error,
            'W' => LogSeverity.Warning,
            _ => LogSeverity.Information,
        };
    }

    // Docker's own logs: an object a line, with log, stream and time.
    private static (DateTimeOffset? Time, string Text) OfDocker(string line)
    {
        try
        {
            using var document = JsonDocument.Parse(line);
            var root = document.RootElement;
            return root.TryGetProperty("time", out var time) && root.TryGetProperty("log", out var log)
                ? (TimeOf(time.ToString()), PlainText.Of(log.ToString()))
                : (null, line);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return (null, line);
        }
    }

    private static DateTimeOffset? TimeOf(string text) =>
        text is [_, _, _, _, '-', ..]
            && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
                ? time : null;

    // "Nov  9 23:01:02", of the node's own time zone and without a year: the one that doesn't lie ahead.
    private static DateTimeOffset? SyslogTime(string text, DateTimeOffset? now)
    {
        if (now is not { } today || !DateTime.TryParseExact(
            $"{today.Year} {text}", "yyyy MMM d HH:mm:ss", CultureInfo.InvariantCulture, DateTimeStyles.AllowInnerWhite,
            out var local))
            return null;
        var time = new DateTimeOffset(local, today.Offset);
        return time > today.AddDays(1) ? time.AddYears(-1) : time;
    }

    private sealed record Entry(NodeLogLine Line)
    {
        public string? Process { get; init; }

        public string? ProcessId { get; init; }

        public bool WasRestarted { get; init; }

        public bool IsLastWord { get; set; }
    }

    [GeneratedRegex(@"^== (?<kind>now|unit|file|pod|no) (?<name>.+)$",
        RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 60_000)]
    private static partial Regex Section();

    // /var/log/pods/NAMESPACE_POD_UID/CONTAINER/RESTARTS.log
    [GeneratedRegex(@"^/var/log/pods/(?<pod>[^/]+)_[^/_]+/(?<container>[^/]+)/(?<restarts>\d+)\.log",
        RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 60_000)]
    private static partial Regex Pod();

    [GeneratedRegex(@"^(?<unit>[\w@.-]+)\.service: ", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 60_000)]
    private static partial Regex OfUnit();

    // What the kubelet's container runtime interface writes: time, stream, whether the line is whole, text.
    [GeneratedRegex(@"^(?<time>\d{4}-\d\d-\d\dT[0-9:.]+(Z|[+-]\d\d:\d\d)) (stdout|stderr) [FP] (?<text>.*)$",
        RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 60_000)]
    private static partial Regex Container();

    // journalctl's short-iso, and syslog in its old and its new form: time, host, process with its id, text.
    [GeneratedRegex("""^(?<time>\d{4}-\d\d-\d\dT\S+|[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d) \S+ (?<process>[^\s\[\]:]+)(\[(?<id>\d+)\])?: ?(?<text>.*)$""",
        RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 60_000)]
    private static partial Regex Journal();

    [GeneratedRegex("""^(?<word>[IWEFD])\d{4} \d\d:\d\d:\d\d|\blevel="?(?<word>[a-z]+)|"level":"(?<word>[a-z]+)|^(\d{4}-\d\d-\d\d )?\d\d:\d\d:\d\d\.\d+ (?<word>[CEWNIDT]) \| |(^|\s)\[(?<word>FATAL|PANIC|ERROR|WARNING|INFO|DEBUG)\]""",
        RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 60_000)]
    private static partial Regex Severity();

    [GeneratedRegex(@"Main process exited|Control process exited|Failed with result|Start request repeated too quickly",
        RegexOptions.None, matchTimeoutMilliseconds: 60_000)]
    private static partial Regex HasEnded();
}
