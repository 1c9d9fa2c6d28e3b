namespace KubeLab.Ssh;

/// <summary>A node's shared connection, which stays open between commands (ControlMaster of ssh_config(5)). Where the node dies
/// behind it, the client that runs a command over it hears nothing: <c>ssh -O check</c> asks the local process alone, and its own
/// patience (ServerAliveInterval) has to be long enough for a playbook's node under load. So the node itself is asked.</summary>
internal sealed class SharedConnection(SshOptions options, CommandRunner commands)
{
    /// <summary>How long a node may be silent before it is asked what that means; a busy one is, and is well.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan AtMost = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LeastForANewOne = TimeSpan.FromSeconds(2);

    // What a new connection may take where none was open: a busy node needs it here too.
    private TimeSpan NewConnectionLimit =>
        TimeSpan.FromSeconds(Math.Max(options.ConnectTimeout.TotalSeconds, LeastForANewOne.TotalSeconds));

    /// <summary>Finds out what a silence over a node's connection means. One that is dead is closed, so that the next command,
    /// and the playbook, open a new one. A client that waits for an answer over it heeds no interrupt before that.</summary>
    /// <returns>Whether there was a shared connection that no longer answered, and, if so, why the node can't be reached by a new
    /// one either; null where it can.</returns>
    public async Task<(bool WasDead, SshFailure? Failure)> ExamineAsync(Node node, CancellationToken cancellationToken)
    {
        if (!await SucceedsAsync(Line(node, [], "-O", "check"), cancellationToken))
            return (false, null);
        using var asking = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var answer = SucceedsAsync(Line(node, ["true"]) with { Timeout = AtMost }, asking.Token);
        await Task.WhenAny(answer, Task.Delay(Patience, cancellationToken));
        if (answer.IsCompleted && await answer)
            return (false, null);
        var failure = await NewConnectionFailureAsync(node, cancellationToken);
        // A busy node answers late: an answer that came while a new connection was tried shows that the open one is well.
        if (answer.IsCompleted && await answer)
            return (false, null);
        await SucceedsAsync(Line(node, [], "-O", "exit"), cancellationToken);
        await asking.CancelAsync();
        await answer;
        return (true, failure);
    }

    private async Task<SshFailure?> NewConnectionFailureAsync(Node node, CancellationToken cancellationToken)
    {
        // What ssh reads first counts, so these outrank the node's own.
        var limit = NewConnectionLimit;
        var line = Line(node, ["true"], "-o", "ControlPath=none", "-o", $"ConnectTimeout={(int)limit.TotalSeconds}");
        try
        {
            var result = await commands.RunAsync(line with { Timeout = limit + Patience }, cancellationToken: cancellationToken);
            return result.ExitCode == 255 ? SshFailureReader.Read(node, result.StandardError) : null;
        }
        catch (UserError)
        {
            return new SshFailure(
                SshFailureReason.TimedOut,
                $"the open connection to {node.Address} fell silent, and a new one gave no answer in time",
                $"Check that the machine is up, and look at its console. Try it by hand: ssh -o ControlPath=none {node.Address}");
        }
    }

    private async Task<bool> SucceedsAsync(CommandLine line, CancellationToken cancellationToken)
    {
        try
        {
            return (await commands.RunAsync(line, cancellationToken: cancellationToken)).Succeeded;
        }
        catch (Exception exception) when (exception is UserError or OperationCanceledException)
        {
            return false;
        }
    }

    private CommandLine Line(Node node, IReadOnlyList<string> words, params IReadOnlyList<string> first) =>
        new("ssh", [.. first, .. options.For(node), "--", node.Address, .. words]) { StandardInput = "", Timeout = Patience };
}
