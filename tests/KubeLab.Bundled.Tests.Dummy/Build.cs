using System.Runtime.InteropServices;
using Nuke.Common;
using Serilog;

/// <summary>A build that waits, fails and cleans up.</summary>
sealed class Build : NukeBuild
{
    static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    readonly ManualResetEventSlim interrupted = new();
    PosixSignalRegistration? takingOver;

    [Parameter("Whether the build takes Ctrl+C over and lets the running target come to its end")]
    readonly bool TakeOver;

    public static int Main() => Execute<Build>(x => x.Succeed);

    Target Succeed => _ => _
        .Executes(() => Log.Information("Done"));

    Target Fail => _ => _
        .Executes(() => throw new InvalidOperationException("It broke."));

    Target Wait => _ => _
        .Executes(() =>
        {
            Log.Information("Waiting");
            if (!interrupted.Wait(Limit))
                return;
            Log.Information("Waited no longer");
            throw new OperationCanceledException();
        });

    Target Next => _ => _
        .After(Wait)
        .Executes(() => Log.Information("Next"));

    Target CleanUp => _ => _
        .After(Wait, Next)
        .AssuredAfterFailure()
        .Executes(() => Log.Information("Cleaning up"));

    protected override void OnBuildInitialized()
    {
        if (!TakeOver)
            return;
        takingOver = PosixSignalRegistration.Create(PosixSignal.SIGINT, signal =>
        {
            signal.Cancel = true;
            interrupted.Set();
            // The target has long ended when anybody else hears of the signal.
            Thread.Sleep(100);
        });
    }

    protected override void OnBuildFinished() => takingOver?.Dispose();
}
