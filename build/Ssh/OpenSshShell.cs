namespace KubeLab.Ssh;

/// <summary>Runs commands on nodes with the system's OpenSSH client, its configuration, agent, jump and known hosts.</summary>
public sealed class OpenSshShell(SshOptions options, CommandRunner commands) : INodeShell
{
    // A connection that the client gives up by itself ends after its own limit; this much later it is ended from outside.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly SharedConnection shared = new(options, commands);
    private readonly JumpHosts jumpHosts = new(options, commands);

    public Task<string?> JumpHostAsync(Node node, CancellationToken cancellationToken = default) =>
        jumpHosts.OfAsync(node, cancellationToken);

    public async Task<NodeResult> RunAsync(Node node, NodeCommand command, CancellationToken cancellationToken = default)
    {
        if (node.IsLocal || !command.IsRepeatable)
            return await RunOnceAsync(node, command, null, cancellationToken);
        var started = TimeProvider.System.GetTimestamp();
        var spoke = false;
        using var waiting = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var running = RunOnceAsync(node, command, () => spoke = true, waiting.Token);
        await Task.WhenAny(running, Task.Delay(SharedConnection.Patience, cancellationToken));
        if (running.IsCompleted
            || spoke
            || await shared.ExamineAsync(node, cancellationToken) is not { WasDead: true, Failure: var newFailure })
            return await running;

        // The answer itself may have come meanwhile.
        if (running.IsCompleted || spoke)
            return await running;
        await waiting.CancelAsync();
        await Task.WhenAny(running);
        cancellationToken.ThrowIfCancellationRequested();
        return newFailure is { } failure
            ? new NodeResult(255, "", failure.Message, TimeProvider.System.GetElapsedTime(started), failure)
            : await RunOnceAsync(node, command, null, cancellationToken);
    }

    private async Task<NodeResult> RunOnceAsync(
        Node node, NodeCommand command, Action? onSpeech, CancellationToken cancellationToken)
    {
        var line = LineFor(node, command) with { OnSpeech = onSpeech };
        var started = TimeProvider.System.GetTimestamp();
        try
        {
            var result = await commands.RunAsync(line, cancellationToken: cancellationToken);
            var failure = result.ExitCode == 255 && !node.IsLocal ? SshFailureReader.Read(node, result.StandardError) : null;
            return new NodeResult(result.ExitCode, result.StandardOutput, result.StandardError, result.Duration, failure);
        }
        catch (UserError error)
        {
            var elapsed = TimeProvider.System.GetElapsedTime(started);
            var problem = elapsed >= line.Timeout
                ? $"the command that it was given did not end within {line.Timeout.TotalSeconds:0} s"
                : error.Problem.Split('\n')[0];
            var byHand = line with { StandardInput = null };
            var failure = new SshFailure(
                SshFailureReason.CommandTimedOut, problem,
                $"See what the login prints or waits for (a profile, a forced command, a full disk). By hand: {byHand}");
            return new NodeResult(255, "", error.Message, elapsed, failure);
        }
    }

    /// <summary>The command that runs on the control machine.</summary>
    public CommandLine LineFor(Node node, NodeCommand command)
    {
        options.PrepareControlDirectory();
        IReadOnlyList<string> words = node.IsLocal
            ? command.Words
            : ["ssh", .. options.For(node), node.Address, .. command.Words.Select(ShellWords.Quote)];
        return new CommandLine(words[0], [.. words.Skip(1)])
        {
            StandardInput = command.StandardInput ?? "",
            Timeout = command.Timeout + options.ConnectTimeout + Patience,
            MaxOutput = command.MaxOutput,
            // The client has nothing to bring to an end: it would pass the interrupt on and wait.
            GracePeriod = TimeSpan.FromSeconds(1),
        };
    }

    /// <summary>Closes the connections that are still open for the cluster, so that nothing of them is left.</summary>
    public async Task CloseAsync(CancellationToken cancellationToken = default)
    {
        if (!Directory.Exists(options.ControlDirectory))
            return;
        foreach (var socket in Directory.EnumerateFileSystemEntries(options.ControlDirectory))
        {
            var exit = CommandLine
                .Of("ssh", "-o", $"ControlPath={socket}", "-O", "exit", "kubelab") with
            { Timeout = TimeSpan.FromSeconds(5) };
            await commands.RunAsync(exit, cancellationToken: cancellationToken);
        }

        Directory.Delete(options.ControlDirectory, recursive: true);
    }
}
