using System.Runtime.InteropServices;

namespace KubeLab.Commands;

/// <summary>What Ctrl+C, SIGTERM and a terminal that is closed (SIGHUP) do: the first lets what runs end, the second kills it, the third ends the process.</summary>
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
    }

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
