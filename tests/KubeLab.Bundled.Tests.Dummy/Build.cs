using System.Runtime.InteropServices;
using Nuke.Common;
using Serilog;

/// <summary>A build that waits and fails.</summary>
sealed class Build : NukeBuild
{
    static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    readonly ManualResetEventSlim interrupted = new();
    PosixSignalRegistration? takingOver;

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

    // The build catches Ctrl+C itself, and ends its running target then.
    protected override void OnBuildInitialized() =>
        takingOver = PosixSignalRegistration.Create(PosixSignal.SIGINT, signal =>
        {
            signal.Cancel = true;
            ExitCode = 130;
            interrupted.Set();
            // The target has long ended when anybody else hears of the signal.
            Thread.Sleep(100);
        });

    protected override void OnBuildFinished() => takingOver?.Dispose();
}
