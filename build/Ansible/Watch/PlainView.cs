namespace KubeLab.Ansible;

/// <summary>
/// Shows a playbook run without a terminal: a line a task that was not skipped everywhere, failures as they happen, and a sign
/// of life at least every 30 s. On GitHub Actions each play is a group that can be folded.
/// </summary>
public sealed class PlainView : IPlaybookView
{
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(25);

    private readonly Lock gate = new();
    private readonly ConsoleLog log;
    private readonly RunState state;
    private readonly RunEstimate? estimate;
    private readonly TimeProvider time;
    private readonly bool groups;
    private readonly ITimer timer;
    private readonly Dictionary<string, int> counts = new();
    private long lastWord;
    private int skippedTasks;
    private bool inGroup;

    /// <summary>Creates the view.</summary>
    /// <param name="estimate">How long it took last time; null where nothing is known.</param>
    /// <param name="groups">Whether plays become GitHub Actions' groups.</param>
    public PlainView(ConsoleLog log, RunState state, RunEstimate? estimate, TimeProvider time, bool groups)
    {
        this.log = log;
        this.state = state;
        this.estimate = estimate;
        this.time = time;
        this.groups = groups;
        lastWord = time.GetTimestamp();
        timer = time.CreateTimer(_ => ShowLife(), null, TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(5));
    }

    public void Line(string line)
    {
        if (AnsibleError.IsSaidIn(line))
            Locked(() => log.Failure(line));
    }

    public void Event(PlaybookEvent happened) => Locked(() =>
    {
        if (happened.Kind is "play_start" or "task_start" or "stats")
            EndTask();
        if (happened.Kind is "play_start" or "stats")
            EndPlay();
        state.Apply(happened);
        if (happened.Kind == "play_start")
            BeginPlay();
        else if (happened is { Kind: "result", Status: { } status })
            Count(happened, status);
    });

    public async ValueTask DisposeAsync()
    {
        await timer.DisposeAsync();
        Locked(() =>
        {
            EndTask();
            EndPlay();
        });
    }

    private void BeginPlay()
    {
        // Past the log, which takes the meaning out of whatever looks like a command of a CI service.
        if (groups)
            log.Verbatim($"::group::{PlainText.Line(log.Mask(state.Play ?? ""), 200)}");
        else
            Say(log.Info, $"Play: {state.Play}");
        inGroup = groups;
    }

    private void EndPlay()
    {
        if (skippedTasks > 0)
            Say(log.Detail, $"  {skippedTasks} more {(skippedTasks == 1 ? "task was" : "tasks were")} skipped on every node");
        skippedTasks = 0;
        if (inGroup)
            log.Verbatim("::endgroup::");
        inGroup = false;
    }

    private void Count(PlaybookEvent result, string status)
    {
        var word = result.Ignored ? "ignored" : status;
        counts[word] = counts.GetValueOrDefault(word) + 1;
        var said = result.Censored ? " (its result is withheld)" : FirstLine(result);
        if (word is "failed" or "unreachable")
            Say(log.Failure, $"{result.Host}: {word} in \"{result.Task}\"{said}");
    }

    private void EndTask()
    {
        // Two of three tasks of a large playbook: a line each would hide the others.
        if (counts.Count == 1 && counts.ContainsKey("skipped"))
        {
            skippedTasks++;
        }
        else if (counts.Count > 0)
        {
            var took = time.GetUtcNow() - state.TaskStarted;
            var results = string.Join(", ", counts.Select(each => $"{each.Key} {each.Value}"));
            var inWords = took.TotalSeconds >= 2 ? $" ({ConsoleLog.Elapsed(took)})" : "";
            Say(log.Info, $"  {time.GetUtcNow():HH:mm:ss}  {PlainText.Line(state.Task ?? "")}: {results}{inWords}");
        }

        counts.Clear();
    }

    private void ShowLife() => Locked(() =>
    {
        if (time.GetElapsedTime(lastWord) < Silence)
            return;
        var now = time.GetUtcNow();
        var busy = string.Join(", ", state.Hosts.Where(host => host.Value.Since is not null).Select(host => host.Key).Take(8));
        var left = estimate?.Left(state, now) is { } rest ? $"; about {ConsoleLog.Elapsed(rest)} left" : "";
        var on = busy.Length > 0 ? $" on {busy}" : "";
        var took = now - state.TaskStarted;
        var skipped = $"{skippedTasks} {(skippedTasks == 1 ? "task" : "tasks")} that every node skipped";
        // Nothing was said as nothing was done, and not as a task takes its time.
        var where = state.Task is null ? $"still at the start{on}"
            : skippedTasks > 0 && took < Silence ? $"at {state.Task}{on}, after {skipped}"
            : $"still at {state.Task}{on} for {ConsoleLog.Elapsed(took)}";
        Say(log.Detail, $"  … {where}{left}");
    });

    private void Say(Action<string> how, string text)
    {
        how(text);
        lastWord = time.GetTimestamp();
    }

    private void Locked(Action act)
    {
        lock (gate)
            act();
    }

    // Of a command Ansible says no more than this; the line after it is the command's own.
    private static string FirstLine(PlaybookEvent result) =>
        result.FailureText?.Split('\n').FirstOrDefault(line => line.Length > 0 && line != "non-zero return code") is { } line
            ? $": {line}"
            : "";
}
