using KubeLab.Ssh;

namespace KubeLab.Diagnosis;

/// <summary>Collects what a node itself knows of a failure: its services' journals and the logs of its static pods.</summary>
/// <param name="become">Becomes the user that may read them.</param>
/// <param name="time">Measures how long a node takes to answer; the system's where it is null.</param>
public sealed partial class NodeLogs(INodeShell shell, NodeBecome become, TimeProvider? time = null)
{
    // Whoever reads an explanation waits for it, and a node that failed may never answer.
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    // The control machine's clock and the node's may differ, so the node is told how long ago and not when. What was started just
    // before the first event was written belongs to the run.
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(30);

    // Nothing is written on the node. Each source is bounded, so that a service that shouts keeps none of the others out.
    // systemctl cat: a unit that isn't there has no journal to be searched for. Where journald was turned off, what it kept of
    // the time before is still there: only a line of the run's own time, in which Ansible logged in, tells that it is on.
    private const string Script = """
        LC_ALL=C
        export LC_ALL
        echo "== now $(date +%Y-%m-%dT%H:%M:%S%z)"
        if [ -n "$(journalctl --quiet --since="-${seconds}s" --lines 1 --no-pager 2>/dev/null | head -c 1)" ]; then
            for name in $unit kubelet containerd crio docker cri-docker cri-dockerd etcd etcd-events; do
                case "$seen" in *" ${name%.service} "*) continue;; esac
                seen="$seen ${name%.service} "
                systemctl cat "$name" >/dev/null 2>&1 || continue
                echo "== unit ${name%.service} $(systemctl is-active "$name" 2>/dev/null)"
                journalctl --quiet --all --unit "$name" --since="-${seconds}s" --lines 1500 --no-pager --output short-iso \
                    2>/dev/null | cut -c 1-3000 | tail -c 150000
            done
        else
            echo "== no journal"
            for log in /var/log/syslog /var/log/messages; do
                [ -r "$log" ] || continue
                echo "== file $log"
                tail -c 3000000 "$log" | grep -a -E "kube|containerd|crio|dockerd|etcd|${unit:-systemd}|systemd" |
                    cut -c 1-3000 | tail -c 150000
            done
        fi
        for log in $(find -L /var/log/pods -mindepth 3 -maxdepth 3 -path '*/kube-system_*' -name '*.log' -mmin "-$minutes" \
            2>/dev/null | head -n 60); do
            echo "== pod $log"
            tail -n 40 "$log" | cut -c 1-3000
        done
        for name in $(docker ps --all --filter name=etcd --format '{{.Names}}' 2>/dev/null | head -n 3); do
            echo "== pod /var/log/pods/docker_$name/$name/1.log"
            docker logs --timestamps --since "${seconds}s" --tail 40 "$name" 2>&1 | cut -c 1-3000 |
                sed 's/^\([0-9TZ:.+-]*\) /\1 stderr F /'
        done
        exit 0
        """;

    /// <summary>Reads what a node logged while the run went on.</summary>
    /// <param name="runFor">How long ago the run began.</param>
    /// <param name="unit">The unit that the failed task started; null where it started none.</param>
    public async Task<NodeLog> CollectAsync(
        Node node, TimeSpan runFor, string? unit, CancellationToken cancellationToken = default)
    {
        unit = unit is not null && UnitName().IsMatch(unit) ? unit : null;
        var seconds = (long)(runFor + Margin).TotalSeconds;
        var read = become.Script(
            node, $"seconds={seconds}\nminutes={(seconds / 60) + 1}\nunit={ShellWords.Quote(unit ?? "")}\nseen=\n{Script}") with
        { Timeout = Limit, MaxOutput = 2 * 1024 * 1024 };
        using var patience = new CancellationTokenSource(Limit, time ?? TimeProvider.System);
        using var waiting = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            var result = await shell.RunAsync(node, read, waiting.Token);
            return result.Succeeded && result.Output.Length > 0
                ? NodeLogReader.Read(node.Name, result.Output, runFor + Margin, unit)
                : NodeLog.Silent(node.Name, Problem(result));
        }
        catch (OperationCanceledException) when (patience.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return NodeLog.Silent(node.Name, $"it did not answer within {Limit.TotalSeconds:0} s");
        }
    }

    [GeneratedRegex(@"^[A-Za-z0-9@._:-]{1,250}$", RegexOptions.None, matchTimeoutMilliseconds: 60_000)]
    private static partial Regex UnitName();

    private static string Problem(NodeResult result) =>
        result.Failure?.Message ?? (result.Error.Trim() is { Length: > 0 } said ? PlainText.Line(said) : "it said nothing");
}

/// <summary>What a node logged while a run went on.</summary>
/// <param name="Text">All of it, as the node gave it; empty where it gave nothing.</param>
/// <param name="Lines">Its lines, those first that are likeliest to tell a cause.</param>
/// <param name="Problem">Why there is nothing, or not all; null where there is.</param>
public sealed record NodeLog(string Node, string Text, IReadOnlyList<NodeLogLine> Lines, string? Problem)
{
    internal static NodeLog Silent(string node, string problem) => new(node, "", [], problem);
}

/// <summary>A line of a node's logs.</summary>
/// <param name="Source">Who logged it: a unit, or a pod and its container.</param>
/// <param name="Time">When, by the node's clock; null where the line has none.</param>
/// <param name="Text">What was said, without time, host and process.</param>
public sealed record NodeLogLine(string Source, DateTimeOffset? Time, LogSeverity Severity, string Text)
{
    /// <summary>The line as evidence: when, who, what.</summary>
    public override string ToString()
    {
        var source = Source.Length > 0 ? $"{Source}: " : "";
        return $"{(Time is { } time ? $"{time:HH:mm:ss} " : "")}{source}{Text}";
    }
}

/// <summary>How bad a line of a log says that it is.</summary>
public enum LogSeverity
{
    /// <summary>An error, or the end of the program.</summary>
    Error,

    /// <summary>It doesn't say.</summary>
    Unsaid,

    /// <summary>A warning.</summary>
    Warning,

    /// <summary>It only tells what goes on.</summary>
    Information,
}
