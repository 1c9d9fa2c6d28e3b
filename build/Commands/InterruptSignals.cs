using System.Runtime.InteropServices;

namespace KubeLab.Commands;

/// <summary>What Ctrl+C, SIGTERM, a terminal that is closed (SIGHUP) and a reader of the output that has gone do: the first lets
/// what runs end, the second kills it, the third ends the process.</summary>
public sealed class InterruptSignals(CommandRunner commands) : IDisposable
{
    private readonly CancellationTokenSource source = new();
    private readonly List<PosixSignalRegistration> registered = [];
    private bool hasKilled;

    /// <summary>Is cancelled by the first signal.</summary>
    public CancellationToken Token => source.Token;

    /// <summary>Takes the signals over.</summary>
    /// <param name="signalled">Is told of each that doesn't end the process, and whether it is the first, beforehand.</param>
    public void TakeOver(Action<bool> signalled)
    {
        foreach (var signal in new[] { PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP })
            registered.Add(PosixSignalRegistration.Create(signal, context => Interrupt(context, signalled)));
        // Only Linux tells of it without being asked for data; a terminal sends SIGHUP.
        if (OperatingSystem.IsLinux() && Console.IsOutputRedirected)
            new Thread(() => WatchOutput(signalled)) { IsBackground = true, Name = "output" }.Start();
    }

    // .NET writes into a pipe without a reader as if nothing was.
    private void WatchOutput(Action<bool> signalled)
    {
        var output = new PolledFile { Descriptor = 1 };
        while (Poll(ref output, 1, -1) >= 0)
        {
            if ((output.Happened & ReaderGone) == 0)
                continue;
            if (!source.IsCancellationRequested)
            {
                signalled(true);
                source.Cancel();
            }

            return;
        }
    }

    // POLLERR of poll(2), of a pipe that nobody reads any more.
    private const short ReaderGone = 8;

    [StructLayout(LayoutKind.Sequential)]
    private struct PolledFile
    {
        public int Descriptor;
        public short Wanted;
        public short Happened;
    }

    [DllImport("libc", EntryPoint = "poll", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Poll(ref PolledFile files, nuint count, int milliseconds);

    public void Dispose()
    {
        foreach (var registration in registered)
            registration.Dispose();
        source.Dispose();
    }

    private void Interrupt(PosixSignalContext context, Action<bool> signalled)
    {
        if (hasKilled)
            return;
        context.Cancel = true;
        signalled(!source.IsCancellationRequested);
        hasKilled = source.IsCancellationRequested;
        if (hasKilled)
            commands.KillAll();
        else
            source.Cancel();
    }
}
