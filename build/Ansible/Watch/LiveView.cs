using Spectre.Console;
using Spectre.Console.Rendering;

namespace KubeLab.Ansible;

/// <summary>Shows a playbook run on a terminal, in place: what runs, how far it is, and a row a node.</summary>
internal sealed class LiveView : IPlaybookView
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    private readonly Lock gate = new();
    private readonly ConsoleLog log;
    private readonly RunState state;
    private readonly LiveScreen screen;
    private readonly TimeProvider time;
    private readonly CancellationTokenSource ended = new();
    private readonly Task showing;

    /// <summary>Begins to show.</summary>
    /// <param name="estimate">How long it took last time; null where nothing is known.</param>
    public LiveView(ConsoleLog log, RunState state, RunEstimate? estimate, TimeProvider time)
    {
        this.log = log;
        this.state = state;
        this.time = time;
        screen = new LiveScreen(state, estimate, log.Mask);
        showing = ShowAsync();
    }

    public void Line(string line)
    {
        if (AnsibleError.IsSaidIn(line))
            log.Failure(line);
    }

    public void Event(PlaybookEvent happened)
    {
        lock (gate)
            state.Apply(happened);
    }

    public async ValueTask DisposeAsync()
    {
        await ended.CancelAsync();
        await showing;
        ended.Dispose();
        // What was in place while it ran stays as it ended.
        lock (gate)
            log.Render(Drawn());
    }

    // Both are asked for anew each time, as a terminal's window may change.
    private IRenderable Drawn() =>
        screen.Draw(time.GetUtcNow(), log.Console.Profile.Width, Math.Max(1, log.Console.Profile.Height - LiveScreen.OtherLines));

    private async Task ShowAsync() =>
        await log.Console.Live(new Text("")).AutoClear(true).Overflow(VerticalOverflow.Ellipsis).StartAsync(async context =>
    {
        while (!ended.IsCancellationRequested)
        {
            lock (gate)
                context.UpdateTarget(Drawn());
            // Until the next picture, or the end of the run.
            await Task.Delay(Pause, time, ended.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    });
}
