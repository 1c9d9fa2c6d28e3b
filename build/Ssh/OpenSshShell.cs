namespace KubeLab.Ssh;

/// <summary>Runs commands on nodes with the system's OpenSSH client, its configuration, agent, jump and known hosts.</summary>
public sealed class OpenSshShell(SshOptions options, CommandRunner commands) : INodeShell
{
    // A connection that the client gives up by itself ends after its own limit; this much later it is ended from outside.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly SharedConnection shared = new(options, commands);
    private readonly JumpHosts jumpHosts = new(options, commands);
    private readonly HostKeyGuard guard = new(options, commands);

    public Task<string?> JumpHostAsync(Node node, CancellationToken cancellationToken = default) =>
        jumpHosts.OfAsync(node, cancellationToken);

    public async Task<NodeResult> RunAsync(Node node, NodeCommand command, CancellationToken cancellationToken = default)
    {
        await guard.RequireAsync(node, cancellationToken);
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
        DateTimeOffset? lastOutput = null;
        var line = LineFor(node, command) with
        {
            OnSpeech = () =>
            {
                lastOutput = TimeProvider.System.GetUtcNow();
                onSpeech?.Invoke();
            },
        };
        var started = TimeProvider.System.GetTimestamp();
        try
        {
            var result = await commands.RunAsync(line, cancellationToken: cancellationToken);
            var failure = result.ExitCode == 255 && !node.IsLocal ? SshFailureReader.Read(node, result.StandardError) : null;
            return new NodeResult(result.ExitCode, result.StandardOutput, result.StandardError, result.Duration,
                failure)
            { LastOutput = lastOutput };
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
            : ["ssh", .. options.For(node), "--", node.Address, .. command.Words.Select(ShellWords.Quote)];
        return new CommandLine(words[0], [.. words.Skip(1)])
        {
            StandardInput = command.StandardInput ?? "",
            Timeout = command.Timeout + options.ConnectTimeout + Patience,
            MaxOutput = command.MaxOutput,
            // The client has nothing to bring to an end: it would pass the interrupt on and wait.
            GracePeriod = TimeSpan.FromSeconds(1),
        };
    }

    /// <summary>Makes the command by which a person, or a command's caller, is on a node: with the same options, but with their
    /// own input and outputs.</summary>
    /// <param name="words">A program and its arguments, each of which reaches it as it is; one word alone is a line for the login
    /// shell, as with ssh itself; none opens a session.</param>
    public async Task<CommandLine> SessionForAsync(
        Node node, IReadOnlyList<string> words, CancellationToken cancellationToken = default)
    {
        if (node.IsLocal)
        {
            return words.Count switch
            {
                0 => throw new UserError(
                    $"{node.Name} is this machine itself (ansible_connection=local).", "Give a command behind --, or stay here."),
                1 => CommandLine.Of("/bin/sh", "-c", words[0]),
                _ => new CommandLine(words[0], [.. words.Skip(1)]),
            };
        }

        await guard.RequireAsync(node, cancellationToken);
        options.PrepareControlDirectory();
        IReadOnlyList<string> command = words.Count == 1 ? words : [.. words.Select(ShellWords.Quote)];
        return new CommandLine("ssh", [.. options.For(node), "--", node.Address, .. command]);
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
