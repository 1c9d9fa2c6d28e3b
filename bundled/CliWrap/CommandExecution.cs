using System.Buffers;
using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;
using CliWrap.Exceptions;

namespace CliWrap;

/// <summary>One process from its start to its end.</summary>
internal sealed partial class CommandExecution
{
    private const int Interrupt = 2; // SIGINT, the same number on Linux, macOS and the BSDs
    private const int BufferSize = 16 * 1024; // a quarter of what a pipe holds on Linux (pipe(7))
    private static readonly TimeSpan KillLimit = TimeSpan.FromSeconds(5);

    private readonly Command command;
    private readonly Process process;
    private readonly DateTimeOffset startTime;

    private CommandExecution(Command command, Process process)
    {
        this.command = command;
        this.process = process;
        startTime = DateTimeOffset.Now;
        ProcessId = process.Id;
    }

    public int ProcessId { get; }

    public static CommandExecution Start(Command command)
    {
        var start = new ProcessStartInfo(command.TargetFilePath, command.Arguments)
        {
            WorkingDirectory = command.Settings.WorkingDirPath,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            CreateNoWindow = true,
        };
        foreach (var (name, value) in command.Settings.EnvironmentVariables)
        {
            if (value is null)
                start.Environment.Remove(name);
            else
                start.Environment[name] = value;
        }

        var started = new Process { StartInfo = start };
        try
        {
            started.Start();
            return new CommandExecution(command, started);
        }
        catch
        {
            started.Dispose();
            throw;
        }
    }

    public async Task<CommandResult> FinishAsync(CancellationToken forceful, CancellationToken graceful)
    {
        using var ending = process;
        using var inputNoLongerNeeded = CancellationTokenSource.CreateLinkedTokenSource(forceful);
        using var killFailed = new CancellationTokenSource();
        await using var onForceful = forceful.Register(() =>
        {
            Kill();
            killFailed.CancelAfter(KillLimit);
        });
        await using var onGraceful = graceful.Register(AskToEnd);

        var input = FeedAsync(inputNoLongerNeeded.Token);
        var output = DrainAsync(process.StandardOutput.BaseStream, command.Settings.StandardOutputPipe, forceful);
        var error = DrainAsync(process.StandardError.BaseStream, command.Settings.StandardErrorPipe, forceful);
        await WaitForExitAsync(killFailed.Token);
        var exitTime = DateTimeOffset.Now;
        await inputNoLongerNeeded.CancelAsync();
        await Task.WhenAll(input, output, error);

        ThrowIfCancelled("killed", forceful);
        ThrowIfCancelled("interrupted", graceful);
        if (process.ExitCode != 0 && command.Settings.Validation.HasFlag(CommandResultValidation.ZeroExitCode))
            throw new CommandExecutionException(command, process.ExitCode, $"Exit code {process.ExitCode} of: {command}");
        return new CommandResult(process.ExitCode, startTime, exitTime);
    }

    private async Task WaitForExitAsync(CancellationToken killFailed)
    {
        try
        {
            await process.WaitForExitAsync(killFailed);
        }
        catch (OperationCanceledException exception)
        {
            throw new TimeoutException(
                $"Process {ProcessId} is still there {KillLimit.TotalSeconds:0} s after it was killed: {command}", exception);
        }
    }

    private async Task FeedAsync(CancellationToken cancellationToken)
    {
        await using var standardInput = process.StandardInput.BaseStream;
        await using var source = command.Settings.StandardInputPipe.Open();
        using var rented = MemoryPool<byte>.Shared.Rent(BufferSize);
        var buffer = rented.Memory;
        try
        {
            // A file may be a pipe or a device whose read doesn't return: it is left behind when the command has ended.
            int count;
            while ((count = await source.ReadAsync(buffer, cancellationToken).AsTask().WaitAsync(cancellationToken)) > 0)
            {
                if (!await TryWriteAsync(standardInput, buffer[..count], cancellationToken))
                    return;
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The command has ended, or is being ended, without having read everything.
        }
    }

    private static async Task<bool> TryWriteAsync(
        Stream standardInput, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        try
        {
            await standardInput.WriteAsync(bytes, cancellationToken);
            return true;
        }
        catch (IOException)
        {
            return false; // The command has closed its input: it has read what it needs.
        }
    }

    private static async Task DrainAsync(Stream from, PipeTarget to, CancellationToken cancellationToken)
    {
        await using var source = from;
        if (to == PipeTarget.Null)
            return;
        var sink = to.Open();
        using var rented = MemoryPool<byte>.Shared.Rent(BufferSize);
        var buffer = rented.Memory;
        try
        {
            int count;
            while ((count = await source.ReadAsync(buffer, cancellationToken)) > 0)
                await sink.WriteAsync(buffer[..count], cancellationToken);
            sink.Complete();
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // What was said up to here has been handed on.
        }
    }

    private void ThrowIfCancelled(string how, CancellationToken token)
    {
        if (token.IsCancellationRequested)
            throw new OperationCanceledException($"Process {ProcessId} was {how}: {command}", token);
    }

    private void AskToEnd()
    {
        if (OperatingSystem.IsWindows())
            Kill();
        else if (!process.HasExited)
            _ = SendSignal(ProcessId, Interrupt);
    }

    private void Kill()
    {
        try
        {
            process.Kill(entireProcessTree: true);
        }
        catch (Exception exception) when (exception is InvalidOperationException or Win32Exception or AggregateException)
        {
            // It has ended by itself, or parts of its tree may not be ended; WaitForExitAsync has a limit for that case.
        }
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int SendSignal(int processId, int signal);
}
