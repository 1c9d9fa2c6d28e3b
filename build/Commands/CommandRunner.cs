using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.ExceptionServices;
using CliWrap;
using CliWrap.Exceptions;

namespace KubeLab.Commands;

/// <summary>Runs external commands: from an argument list, within a time limit, and ended with KubeLab itself.</summary>
public sealed class CommandRunner
{
    private readonly ConcurrentDictionary<CancellationTokenSource, bool> running = new();
    private volatile bool isKilled;

    /// <summary>Runs a command and collects what it says.</summary>
    /// <param name="cancellationToken">Interrupts the command, and ends it after its grace period.</param>
    /// <returns>The result, whatever the exit code.</returns>
    /// <exception cref="UserError">The program is not there, or the time limit has passed.</exception>
    /// <exception cref="OperationCanceledException">The run was cancelled.</exception>
    public async Task<CommandResult> RunAsync(
        CommandLine command,
        Action<string>? onOutput = null,
        Action<string>? onError = null,
        CancellationToken cancellationToken = default)
    {
        var result = await RunToLimitAsync(command, onOutput, onError, cancellationToken);
        return !result.TimedOut ? result : throw new UserError(
            $"No end after {command.Timeout.TotalSeconds:0} s, so it was ended:\n  {command}",
            LastLines(result.StandardError.Length > 0 ? result.StandardError : result.StandardOutput));
    }

    /// <summary>As <see cref="RunAsync"/>, but a command that its time limit ended is a result, with what it had said.</summary>
    public async Task<CommandResult> RunToLimitAsync(
        CommandLine command,
        Action<string>? onOutput = null,
        Action<string>? onError = null,
        CancellationToken cancellationToken = default)
    {
        var output = new BoundedText(command.MaxOutput, command.OnSpeech);
        var error = new BoundedText(command.MaxOutput);
        using var limit = new CancellationTokenSource();
        if (command.LateInput is null)
            limit.CancelAfter(command.Timeout);
        using var graceful = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        using var interrupt = new CancellationTokenSource();
        using var forceful = new CancellationTokenSource();
        running[forceful] = true;
        if (isKilled)
            await forceful.CancelAsync();
        var ending = Task.CompletedTask;
        var processId = 0;
        await using var escalation = graceful.Token.Register(() =>
        {
            // Before the command is interrupted: afterwards nobody knows any more whose children they were.
            ending = processId == 0 ? ending : ProcessTree.Below(processId).EndOrphansAsync();
            interrupt.Cancel();
            forceful.CancelAfter(command.GracePeriod);
        });
        var started = TimeProvider.System.GetTimestamp();
        try
        {
            var execution = Describe(command, limit)
                .WithStandardOutputPipe(command.Drain is { } drain ? PipeTarget.Create(drain) : Collect(output, onOutput))
                .WithStandardErrorPipe(Collect(error, onError))
                .ExecuteAsync(forceful.Token, interrupt.Token);
            processId = execution.ProcessId;
            var result = await (command.EnvironmentMarker is null
                ? execution.Task
                : WithoutLeftoversAsync(execution, new OrphanedProcesses(command, processId)));
            return new CommandResult(
                command, result.ExitCode, output.Text, error.Text, TimeProvider.System.GetElapsedTime(started));
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return new CommandResult(command, -1, output.Text, error.Text, TimeProvider.System.GetElapsedTime(started))
            { TimedOut = true };
        }
        catch (Win32Exception exception)
        {
            throw NotStarted(command, exception);
        }
        finally
        {
            running.TryRemove(forceful, out _);
            await ending;
        }
    }

    /// <summary>As <see cref="RunAsync"/>, for a command with <see cref="CommandLine.Feed"/> or <see cref="CommandLine.Drain"/>:
    /// what goes wrong in one of them ends the command, and is what is thrown; but a command that has failed by itself tells more
    /// than that it took no more input.</summary>
    public async Task<CommandResult> RunStreamingAsync(CommandLine command, CancellationToken cancellationToken = default)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Exception? fed = null;
        Exception? drained = null;
        var guarded = command with
        {
            Feed = command.Feed is not { } feed ? null
                : async (stream, token) => fed = await CaughtAsync(() => feed(stream, token)),
            Drain = command.Drain is not { } drain ? null : async (stream, token) =>
            {
                drained = await CaughtAsync(() => drain(stream, token));
                if (drained is not null)
                    await ending.CancelAsync();
            },
        };
        CommandResult? result = null;
        try
        {
            result = await RunAsync(guarded, cancellationToken: ending.Token);
        }
        catch (OperationCanceledException) when (drained is not null && !cancellationToken.IsCancellationRequested)
        {
        }

        if (drained is not null)
            ExceptionDispatchInfo.Throw(drained);
        if (fed is not null && (result is { Succeeded: true } || fed is not IOException))
            ExceptionDispatchInfo.Throw(fed);
        return result!;
    }

    private static async Task<Exception?> CaughtAsync(Func<Task> work)
    {
        try
        {
            await work();
            return null;
        }
        catch (Exception exception)
        {
            return exception;
        }
    }

    /// <summary>Runs a command whose input and outputs are KubeLab's own, so that people and pipes talk to it alone.</summary>
    /// <param name="cancellationToken">Kills the command.</param>
    /// <returns>Its exit code.</returns>
    /// <exception cref="UserError">The program is not there.</exception>
    public static async Task<int> RunInPlaceAsync(CommandLine command, CancellationToken cancellationToken = default)
    {
        var start = new ProcessStartInfo(command.Program, command.Arguments) { UseShellExecute = false };
        try
        {
#pragma warning disable RS0030 // CliWrap redirects whatever it starts.
            using var process = Process.Start(start)!;
#pragma warning restore RS0030
            await using var ending = cancellationToken.Register(process.Kill);
            await process.WaitForExitAsync(CancellationToken.None);
            return process.ExitCode;
        }
        catch (Win32Exception exception)
        {
            throw NotStarted(command, exception);
        }
    }

    /// <summary>Kills all commands that run, with whatever they have started; none can be run afterwards.</summary>
    public void KillAll()
    {
        isKilled = true;
        foreach (var forceful in running.Keys)
        {
            try
            {
                forceful.Cancel();
            }
            catch (ObjectDisposedException)
            {
                // Its command has just ended by itself.
            }
        }
    }

    private static async Task<CliWrap.CommandResult> WithoutLeftoversAsync(
        CommandTask<CliWrap.CommandResult> execution, OrphanedProcesses leftovers)
    {
        using var closed = new CancellationTokenSource();
        var watching = leftovers.WatchAsync(closed.Token);
        try
        {
            var result = await execution;
            await leftovers.EndAsync(result.ExitCode);
            return result;
        }
        finally
        {
            await closed.CancelAsync();
            await watching;
        }
    }

    private static Command Describe(CommandLine command, CancellationTokenSource limit)
    {
        var described = Cli.Wrap(command.Program)
            .WithArguments(command.Arguments).WithEnvironmentVariables(command.Environment)
            .WithValidation(CommandResultValidation.None);
        if (command.WorkingDirectory is not null)
            described = described.WithWorkingDirectory(command.WorkingDirectory);
        if (command.LateInput is { } late)
        {
            return described.WithStandardInputPipe(PipeSource.Create(async (stream, ending) =>
            {
                // Whoever waits for a part has a limit of his own; a command that takes none has this one.
                await foreach (var part in late.WithCancellation(ending))
                {
                    limit.CancelAfter(command.Timeout);
                    await stream.WriteAsync(Encoding.UTF8.GetBytes(part), ending);
                    await stream.FlushAsync(ending);
                    limit.CancelAfter(Timeout.InfiniteTimeSpan);
                }

                limit.CancelAfter(command.Timeout);
            }));
        }

        if (command.Feed is { } feed)
            return described.WithStandardInputPipe(PipeSource.Create(feed));
        return command.StandardInput is null
            ? described
            : described.WithStandardInputPipe(PipeSource.FromString(command.StandardInput, new UTF8Encoding(false)));
    }

    private static PipeTarget Collect(BoundedText text, Action<string>? onLine)
    {
        var collect = PipeTarget.Create(text.ReadAsync);
        return onLine is null ? collect : PipeTarget.Merge(collect, PipeTarget.ToDelegate(onLine));
    }

    private static UserError NotStarted(CommandLine command, Exception exception) => new(
        $"{command.Program} could not be started: {exception.Message}",
        $"Install {Path.GetFileName(command.Program)}, or put it on the PATH.", exception);

    private static string? LastLines(string said) =>
        said.Length == 0 ? null : string.Join('\n', said.TrimEnd().Split('\n').TakeLast(5).Select(line => $"  | {line}"));
}
