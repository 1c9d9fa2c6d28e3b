using KubeLab.Distributions;

namespace KubeLab.Ansible;

/// <summary>A virtual environment with what a requirements file asks for, held to hashes wherever it can be: those of the
/// cluster's lock, or, on first use, what the resolver finds now. It is keyed by them and the Python version, built aside and
/// moved into place when it is whole. Never <c>-U</c>: that picks an Ansible outside the window (Kubespray issue
/// 12571).</summary>
/// <param name="pinsFile">The requirements file, absolute.</param>
internal sealed class PythonEnvironment(
    CommandRunner commands, ConsoleLog log, string cacheDirectory, string pinsFile, Distribution distribution,
    AnsibleSettings settings, int silence)
{
    private readonly PythonRequirements requirements = PythonRequirements.Read(pinsFile);
    private readonly PackageInstaller packages = PackageInstaller.Find(settings, silence);

    /// <summary>Builds the environment where it isn't there yet.</summary>
    /// <param name="known">The cluster's lock; null where there is none, or it is to be made anew.</param>
    /// <param name="tried">Is told why it can't be built.</param>
    /// <returns>The folder with its programs, and the lock that holds for it; null where it can't be built.</returns>
    /// <exception cref="UserError">What is locked can't be installed as it is locked.</exception>
    public async Task<BuiltEnvironment?> EnsureAsync(
        ToolchainLock? known, List<string> tried, CancellationToken cancellationToken)
    {
        var python = await new PythonFinder(commands).ForAsync(pinsFile, known?.Python, cancellationToken);
        if (python.Version is not null)
            known?.Require(distribution, settings.Version, python.Version);
        var (built, reason) = python.Program is null
            ? (null, python.Problem)
            : await EnsureAsync(python.Program, python.Version!, known, cancellationToken);
        if (built is not null)
            return built;
        if (known is not null)
            throw new UserError(
                $"What {ToolchainLock.FileName} holds can't be installed: {reason}",
                "Nothing was installed in its place. If the change is meant, run ./build.sh LockToolchain and look at what changed.");
        tried.Add($"{Path.GetFileName(pinsFile)}: {reason}");
        log.Warning($"The pins of {Path.GetFileName(pinsFile)} can't be installed: {reason}");
        return null;
    }

    private async Task<(BuiltEnvironment? Built, string? Reason)> EnsureAsync(
        string python, Version version, ToolchainLock? known, CancellationToken cancellationToken)
    {
        if (known is not null && Final(version, known.ToRequirements()) is var place && IsWhole(place))
            return (new BuiltEnvironment(Programs(place), known), null);
        var open = known is null ? requirements.Items.FirstOrDefault(item => item.NotLockable is not null) : null;
        if (open is not null)
            log.Warning(
                $"{open.Source}: no hash can hold {open.Wanted}, as {open.NotLockable}: it is installed without a lock.");
        if (open is not null && Final(version, requirements.Text) is var unlocked && IsWhole(unlocked))
            return (new BuiltEnvironment(Programs(unlocked), null), null);
        return await BuildAsync(python, version, known, open is null, cancellationToken);
    }

    // A virtual environment can't be moved, as its scripts name their interpreter: it is built where it will lie, under a
    // name that tells it is unfinished, with a link of the final name that appears last.
    private async Task<(BuiltEnvironment? Built, string? Reason)> BuildAsync(
        string python, Version version, ToolchainLock? known, bool isLockable, CancellationToken cancellationToken)
    {
        var building = Path.Combine(cacheDirectory, "venvs", $"{Guid.NewGuid():N}");
        var isUsed = false;
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(building)!);
            var created = await commands.RunAsync(packages.Create(python, building), cancellationToken: cancellationToken);
            if (!created.Succeeded)
                return (null, $"{created.Command} failed: {InstallFailure.Reason(created)}");
            var (resolved, reason) = known is null && isLockable
                ? await ResolveAsync(building, version, cancellationToken) : (known, null);
            if (reason is not null)
                return (null, reason);
            var text = resolved?.ToRequirements() ?? requirements.Text;
            var directory = Final(version, text);
            if (!IsWhole(directory))
            {
                var file = resolved is null ? pinsFile : Path.Combine(building, "locked.txt");
                if (resolved is not null)
                    await File.WriteAllTextAsync(file, text, cancellationToken);
                if (await RunAsync(
                    $"Installing {Path.GetFileName(pinsFile)}", packages.Install(building, file, resolved is not null),
                    cancellationToken) is { } failed)
                    return (null, failed);
                isUsed = Publish(building, directory);
            }

            return (new BuiltEnvironment(Programs(directory), resolved), null);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return (null, $"the cache can't be written to ({exception.Message}); KUBELAB_CACHE names another folder");
        }
        finally
        {
            if (!isUsed && Directory.Exists(building))
                Directory.Delete(building, recursive: true);
        }
    }

    private async Task<(ToolchainLock? Lock, string? Reason)> ResolveAsync(
        string building, Version python, CancellationToken cancellationToken)
    {
        var file = Path.Combine(building, "resolved.txt");
        var reason = await RunAsync(
            $"Resolving {Path.GetFileName(pinsFile)}", packages.Resolve(building, pinsFile, file), cancellationToken);
        if (reason is not null && InstallFailure.IsUnknownOption(reason))
        {
            log.Warning($"{packages.Name} is too old to say what it would install, so nothing holds what it installs: {reason}");
            return (null, null);
        }

        return reason is not null ? (null, reason) : (ToolchainLock.Of(
            distribution, settings.Version, python, packages.Name,
            packages.Resolved(await File.ReadAllTextAsync(file, cancellationToken))), null);
    }

    private async Task<string?> RunAsync(string what, CommandLine command, CancellationToken cancellationToken)
    {
        log.Command(command);
        var result = await log.WatchAsync(what, commands.RunToLimitAsync(command, cancellationToken: cancellationToken));
        cancellationToken.ThrowIfCancellationRequested();
        foreach (var line in InstallFailure.Yanked(result.StandardError))
            log.Warning(line);
        return result.Succeeded ? null : InstallFailure.Reason(result);
    }

    private string Final(Version python, string text) =>
        Path.Combine(cacheDirectory, "venvs", CacheKey.Of($"{python}\n{text}"));

    private static string Programs(string directory) => Path.Combine(directory, "bin");

    // What an older KubeLab, or a person, left half there isn't taken for the whole: it is made again.
    private bool IsWhole(string directory)
    {
        if (File.Exists(Path.Combine(Programs(directory), AnsibleFinder.Playbook))
            && Path.Exists(Path.Combine(Programs(directory), "python")))
            return true;
        if (!Path.Exists(directory) && new FileInfo(directory).LinkTarget is null)
            return false;
        log.Warning($"{directory} is only half there: it is made again.");
        Directory.Delete(directory, recursive: new FileInfo(directory).LinkTarget is null);
        return false;
    }

    // Where another run was faster, its environment is the same.
    private static bool Publish(string building, string directory)
    {
        try
        {
            Directory.CreateSymbolicLink(directory, building);
            return true;
        }
        catch (IOException) when (Directory.Exists(directory))
        {
            return false;
        }
    }
}

/// <summary>An environment that is there.</summary>
/// <param name="Directory">The folder with its programs.</param>
/// <param name="Lock">What holds it; null where nothing does.</param>
internal sealed record BuiltEnvironment(string Directory, ToolchainLock? Lock);

/// <summary>Finds a Python on this machine that the Ansible of a requirements file is made for.</summary>
internal sealed class PythonFinder(CommandRunner commands)
{
    // The newest that an Ansible in the matrix is made for.
    private const int HighestMinor = 13;

    /// <summary>The PATH's Python 3 where it fits, else the newest that does: <c>python3.13</c>, <c>python3.12</c> …</summary>
    /// <param name="preferred">Major and minor version of the one that comes before all others; null for none.</param>
    public async Task<FoundPython> ForAsync(string pinsFile, string? preferred, CancellationToken cancellationToken)
    {
        var range = AnsiblePin.Read(pinsFile) is { } pin ? AnsiblePython.OnControlMachine(pin.Core) : null;
        var usual = await VersionAsync("python3", cancellationToken);
        if (preferred is not null && usual is not null && $"{AnsiblePython.Minor(usual)}" != preferred
            && await VersionAsync($"python{preferred}", cancellationToken) is { } wanted)
            return new FoundPython($"python{preferred}", wanted, null);
        if (usual is not null && Fits(usual, range))
            return new FoundPython("python3", usual, null);
        for (var minor = HighestMinor; range is not null && minor >= range.Value.Least.Minor; minor--)
        {
            var program = $"python3.{minor}";
            if (Fits(new Version(3, minor), range) && await VersionAsync(program, cancellationToken) is { } version)
                return new FoundPython(program, version, null);
        }

        return new FoundPython(null, null, usual is null
            ? "no python3 on the PATH to install it with"
            : $"its Ansible is made for Python {range!.Value.Least} to {range.Value.Most}, and on the PATH there is only Python {usual}");
    }

    private static bool Fits(Version version, (Version Least, Version Most)? range) =>
        range is not { } limits || (AnsiblePython.Minor(version) >= limits.Least && AnsiblePython.Minor(version) <= limits.Most);

    private async Task<Version?> VersionAsync(string program, CancellationToken cancellationToken)
    {
        try
        {
            var ask = CommandLine.Of(program, "-c", "import sys; print('.'.join(map(str, sys.version_info[:3])))");
            var result = await commands.RunAsync(ask, cancellationToken: cancellationToken);
            return result.Succeeded && Version.TryParse(result.StandardOutput.Trim(), out var version) ? version : null;
        }
        catch (UserError)
        {
            return null;
        }
    }
}

/// <summary>A Python to make a virtual environment with, or why there is none.</summary>
/// <param name="Program">The interpreter; null for none.</param>
internal sealed record FoundPython(string? Program, Version? Version, string? Problem);
