namespace KubeLab.Lab;

/// <summary>The programs that the lab needs on this machine, and the Debian packages that have them.</summary>
internal sealed class LabPackages(DebianPackages packages, CommandRunner commands, ConsoleLog log)
{
    private static readonly IReadOnlyList<(string Program, string Package)> ToRun = [
        ("lxc-start", "lxc"), ("lxcfs", "lxcfs"), ("ip", "iproute2"), ("ssh-keygen", "openssh-client"),
        ("start-stop-daemon", "dpkg"),
    ];

    private static readonly IReadOnlyList<(string Program, string Package)> ToBuild =
        [("mmdebstrap", "mmdebstrap"), ("unshare", "util-linux"), ("flock", "util-linux")];

    // What Debian's archive is signed with; Ubuntu has it as a package too.
    private const string ArchiveKeys = "/usr/share/keyrings/debian-archive-keyring.gpg";

    /// <summary>Installs what is missing, as root on Debian or Ubuntu, and says what.</summary>
    /// <param name="buildsImage">Whether the node image has to be built, which needs more.</param>
    /// <exception cref="UserError">Something is missing and can't be installed here.</exception>
    public async Task EnsureAsync(bool buildsImage, CancellationToken cancellationToken)
    {
        var missing = Missing(buildsImage);
        if (missing.Count == 0)
            return;
        var reasons = new List<string>();
        if (!packages.CanInstall(reasons))
            throw new UserError(
                $"The lab needs {string.Join(", ", missing)}, which this machine lacks; {string.Join("; ", reasons)}.",
                "Install that by this machine's own means, then run the same command again.");
        await packages.InstallAsync(missing, "the lab's nodes are LXC containers", cancellationToken);
        if (missing.Contains("lxc"))
            await TurnOffLxcNetworkAsync(cancellationToken);
        var still = Missing(buildsImage);
        if (still.Count > 0)
            throw new UserError(
                $"{string.Join(", ", still)} were installed, and their programs are still not there.",
                "Look at what apt-get said above.");
    }

    private static List<string> Missing(bool buildsImage)
    {
        var programs = (buildsImage ? ToRun.Concat(ToBuild) : ToRun)
            .Where(need => Which.FindAsRoot(need.Program) is null).Select(need => need.Package);
        return [.. programs.Concat(buildsImage && !File.Exists(ArchiveKeys) ? ["debian-archive-keyring"] : []).Distinct()];
    }

    // The package starts a bridge with address translation for all containers; there are none yet, and the lab has its own.
    private async Task TurnOffLxcNetworkAsync(CancellationToken cancellationToken)
    {
        if (!Directory.Exists("/run/systemd/system"))
            return;
        var off = CommandLine.Of("systemctl", "disable", "--now", "lxc-net.service");
        if ((await commands.RunAsync(off, cancellationToken: cancellationToken)).Succeeded)
            log.Info("Turned off lxc-net.service, which came with lxc: the lab needs no bridge but its own.");
    }
}
