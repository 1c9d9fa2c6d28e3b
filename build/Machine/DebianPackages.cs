namespace KubeLab.Machine;

/// <summary>Installs Debian packages on the control machine, as root on Debian or Ubuntu, and says what it installs.</summary>
public sealed class DebianPackages(CommandRunner commands, ConsoleLog log)
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(20);

    /// <summary>Whether packages may be installed here.</summary>
    public bool CanInstall(ICollection<string> reasons)
    {
        if (!OperatingSystem.IsLinux() || !File.Exists("/usr/bin/apt-get"))
            reasons.Add("no apt-get here: packages are installed on Debian and Ubuntu alone");
        else if (!Environment.IsPrivilegedProcess)
            reasons.Add("packages can't be installed: not root");
        else
            return true;
        return false;
    }

    /// <summary>The packages of a list that aren't installed.</summary>
    public async Task<IReadOnlyList<string>> MissingAsync(
        IReadOnlyList<string> packages, CancellationToken cancellationToken = default)
    {
        var query = new CommandLine("dpkg-query", ["--show", "--showformat=${Package} ${db:Status-Status}\\n", .. packages]);
        var result = await commands.RunAsync(query, cancellationToken: cancellationToken);
        var installed = result.StandardOutput.Split('\n').Where(line => line.EndsWith(" installed", StringComparison.Ordinal))
            .Select(line => line.Split(' ')[0]).ToHashSet();
        return [.. packages.Where(package => !installed.Contains(package))];
    }

    /// <summary>Installs packages without their recommendations.</summary>
    /// <exception cref="UserError">apt-get failed.</exception>
    public async Task InstallAsync(IReadOnlyList<string> packages, string why, CancellationToken cancellationToken = default)
    {
        log.Info($"Installing {string.Join(", ", packages)} ({why}).");
        var environment = new Dictionary<string, string?>() { ["DEBIAN_FRONTEND"] = "noninteractive" };
        var update = CommandLine.Of("apt-get", "-o", "DPkg::Lock::Timeout=300", "--quiet", "update") with
        { Environment = environment, Timeout = Limit };
        string[] words = ["-o", "DPkg::Lock::Timeout=300", "--quiet", "--yes", "--no-install-recommends", "install", .. packages];
        var install = update with { Arguments = words };
        log.Command(update);
        // A single broken source fails an update that is good enough for the packages asked for; the install tells.
        await log.WatchAsync("Reading the package lists", commands.RunAsync(update, cancellationToken: cancellationToken));
        log.Command(install);
        var result = await log.WatchAsync(
            "Installing packages", commands.RunAsync(install, cancellationToken: cancellationToken));
        result.EnsureSucceeded($"Installing {string.Join(", ", packages)}", "Install them yourself, then run this again.");
    }
}
