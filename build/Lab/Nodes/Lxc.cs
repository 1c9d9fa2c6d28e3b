namespace KubeLab.Lab;

/// <summary>LXC's own commands, on the lab's containers alone.</summary>
internal sealed class Lxc(LabFolder lab, CommandRunner commands)
{
    public static readonly TimeSpan ShutdownLimit = TimeSpan.FromSeconds(20);

    public async Task<LxcState> StateAsync(string node, CancellationToken cancellationToken)
    {
        if (!Directory.Exists(lab.Of(node).Path))
            return LxcState.Absent;
        var info = await commands.RunAsync(Command("lxc-info", node, "--state", "--pid"), cancellationToken: cancellationToken);
        return info.Succeeded ? LxcState.Parse(info.StandardOutput) : LxcState.Absent;
    }

    /// <summary>Starts a node and returns when its init runs.</summary>
    /// <exception cref="UserError">LXC can't start it; the error has the end of its log.</exception>
    public async Task StartAsync(string node, CancellationToken cancellationToken)
    {
        var folder = lab.Of(node);
        // Its log is about this start: the end of it is what an error shows.
        File.Delete(folder.Log);
        var start = Command("lxc-start", node, "--logfile", folder.Log, "--logpriority", "WARN");
        var result = await commands.RunAsync(start, cancellationToken: cancellationToken);
        if (!result.Succeeded)
            throw new UserError(
                $"{node} does not start: exit code {result.ExitCode} of\n  {start}\n{LastLines(folder.Log)}",
                $"All of it: {folder.Log}");
    }

    /// <summary>Shuts a node down; what is left of it after 20 s is ended.</summary>
    public Task ShutDownAsync(string node, CancellationToken cancellationToken) =>
        StopAsync(node, ["--timeout", $"{ShutdownLimit.TotalSeconds:0}"], cancellationToken);

    public Task KillAsync(string node, CancellationToken cancellationToken) => StopAsync(node, ["--kill"], cancellationToken);

    public async Task UnfreezeAsync(string node, CancellationToken cancellationToken) =>
        (await commands.RunAsync(Command("lxc-unfreeze", node), cancellationToken: cancellationToken))
            .EnsureSucceeded($"Unfreezing {node}");

    /// <summary>A command that runs on a node, as root, without SSH.</summary>
    public CommandLine OnNode(string node, params IReadOnlyList<string> command) =>
        Command("lxc-attach", node, ["--clear-env", "--", .. command]);

    private async Task StopAsync(string node, IReadOnlyList<string> how, CancellationToken cancellationToken)
    {
        var result = await commands.RunAsync(Command("lxc-stop", node, how), cancellationToken: cancellationToken);
        // Exit code 2: it was not running (lxc-stop(1)).
        if (result.ExitCode != 2)
            result.EnsureSucceeded($"Stopping {node}");
    }

    private CommandLine Command(string program, string node, params IReadOnlyList<string> arguments) =>
        new(program, ["--lxcpath", lab.Nodes, "--name", node, .. arguments]);

    /// <summary>Says of a node that has started, and ended at once, what its init said last.</summary>
    /// <param name="console">The file of its console.</param>
    public static UserError Ended(string node, string console)
    {
        var said = LastLines(console);
        return new UserError(
            $"{node} started and ended at once:\n{said}",
            said.Contains("Too many open files")
                ? "This machine has no more inotify instances for root: sysctl -w fs.inotify.max_user_instances=1024, and the same command again."
                : $"All of it: {console}");
    }

    private static string LastLines(string log) =>
        File.Exists(log)
            ? string.Join('\n', File.ReadLines(log).TakeLast(8).Select(line => $"  | {PlainText.Line(line)}"))
            : "  | (LXC wrote no log)";
}

/// <summary>What LXC says of a container.</summary>
/// <param name="Name">LXC's word for it: <c>RUNNING</c>, <c>STOPPED</c>, <c>FROZEN</c>, or <c>ABSENT</c> for none.</param>
/// <param name="ProcessId">The process id of its init on this machine; null unless it runs.</param>
public sealed record LxcState(string Name, int? ProcessId)
{
    /// <summary>There is no container of that name.</summary>
    public static LxcState Absent { get; } = new("ABSENT", null);

    /// <summary>Whether it runs, and isn't frozen or on its way up or down.</summary>
    public bool IsRunning => Name == "RUNNING" && ProcessId is not null;

    /// <summary>Parses <c>lxc-info --state --pid</c>: <c>State: RUNNING</c> and, where it runs, <c>PID: 1234</c>.</summary>
    public static LxcState Parse(string text)
    {
        var fields = text.Split('\n').Select(line => line.Split(':', 2)).Where(pair => pair.Length == 2)
            .ToLookup(pair => pair[0].Trim(), pair => pair[1].Trim(), StringComparer.OrdinalIgnoreCase);
        return fields["State"].FirstOrDefault() is { Length: > 0 } state
            ? new LxcState(state, int.TryParse(fields["PID"].FirstOrDefault(), out var id) && id > 0 ? id : null)
            : Absent;
    }
}
