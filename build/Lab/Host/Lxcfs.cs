namespace KubeLab.Lab;

/// <summary>lxcfs, the file system that shows each node its own memory and processors in <c>/proc</c>. One that this machine runs
/// already is used; else the lab starts it and ends it again.</summary>
internal sealed class Lxcfs(LabFolder lab, CommandRunner commands, ConsoleLog log)
{
    private const string MountPoint = "/var/lib/lxcfs";
    private const string Program = "/usr/bin/lxcfs";
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(10);

    private static bool UsesSystemd => Directory.Exists("/run/systemd/system");

    /// <summary>The device of the running lxcfs, as <c>major:minor</c>; null when none answers.</summary>
    public static string? Device() => Answers() ? MountTable.Read().At(MountPoint)?.Device : null;

    /// <summary>Whether a process sees the running lxcfs, and not none or one that has ended.</summary>
    public static bool IsSeenBy(int process) =>
        Device() is { } device && MountTable.Read($"{process}").At("/proc/meminfo")?.Device == device;

    /// <summary>Starts lxcfs unless it runs.</summary>
    /// <exception cref="UserError">It doesn't come up.</exception>
    public async Task EnsureAsync(CancellationToken cancellationToken)
    {
        if (Answers())
            return;
        // The mount of one that died without unmounting answers nothing and is in the way.
        if (MountTable.Read().At(MountPoint) is not null)
            await RunAsync(CommandLine.Of("umount", "--lazy", MountPoint), cancellationToken);
        if (UsesSystemd)
            await StartWithSystemdAsync(cancellationToken);
        else
            await StartAsync(cancellationToken);
        log.Done("lxcfs is started: it shows each node its own memory.");
        await WaitAsync(cancellationToken);
    }

    /// <summary>Ends lxcfs if the lab has started it: exactly that process, or that service.</summary>
    /// <returns>Whether there was something to end.</returns>
    public async Task<bool> StopAsync(CancellationToken cancellationToken)
    {
        if (File.Exists(lab.LxcfsUnitStarted))
        {
            await RunAsync(CommandLine.Of("systemctl", "stop", "lxcfs.service"), cancellationToken);
            File.Delete(lab.LxcfsUnitStarted);
            return true;
        }

        if (!File.Exists(lab.LxcfsProcessId))
            return false;
        // start-stop-daemon compares the process's program in /proc with the one given: a reused id is left alone (exit code 1).
        var stop = CommandLine.Of(
            "start-stop-daemon", "--stop", "--oknodo", "--pidfile", lab.LxcfsProcessId, "--exec", Program, "--retry", "10");
        (await commands.RunAsync(stop, cancellationToken: cancellationToken))
            .EnsureSucceeded("Ending lxcfs", $"Its process id stands in {lab.LxcfsProcessId}.");
        File.Delete(lab.LxcfsProcessId);
        File.Delete(lab.LxcfsLock);
        return true;
    }

    private static bool Answers()
    {
        try
        {
            return File.ReadAllText($"{MountPoint}/proc/uptime").Length > 0;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private async Task StartWithSystemdAsync(CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(lab.Path);
        await RunAsync(CommandLine.Of("systemctl", "start", "lxcfs.service"), cancellationToken);
        await File.WriteAllTextAsync(lab.LxcfsUnitStarted, "", cancellationToken);
    }

    private async Task StartAsync(CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(lab.Path);
        Directory.CreateDirectory(MountPoint);
        // Its default, /run/lxcfs.pid, may be held by one that somebody else runs elsewhere; it then ends at once.
        var start = CommandLine.Of(
            "start-stop-daemon", "--start", "--background", "--make-pidfile", "--pidfile", lab.LxcfsProcessId, "--exec", Program,
            "--", $"--pidfile={lab.LxcfsLock}", MountPoint);
        await RunAsync(start, cancellationToken);
    }

    private async Task WaitAsync(CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(StartLimit);
        try
        {
            while (!Answers())
                await Task.Delay(TimeSpan.FromMilliseconds(20), limit.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new UserError(
                $"lxcfs was started, but nothing answers below {MountPoint} after {StartLimit.TotalSeconds:0} s.",
                $"Run it by hand to see what it says: {Program} --foreground {MountPoint}");
        }
    }

    private async Task RunAsync(CommandLine command, CancellationToken cancellationToken) =>
        (await commands.RunAsync(command, cancellationToken: cancellationToken)).EnsureSucceeded("Starting or ending lxcfs");
}
