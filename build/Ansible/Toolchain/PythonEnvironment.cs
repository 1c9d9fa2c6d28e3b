using KubeLab.Distributions;

namespace KubeLab.Ansible;

/// <summary>A virtual environment with the exact pins of a requirements file, keyed by their hash and the Python version, built
/// aside and moved into place when it is whole. Never <c>-U</c>: that picks an Ansible outside the window (Kubespray issue
/// 12571).</summary>
/// <param name="pinsFile">The requirements file, absolute.</param>
internal sealed class PythonEnvironment(
    CommandRunner commands, ConsoleLog log, string cacheDirectory, string pinsFile, AnsibleSettings settings)
{
    /// <summary>Builds the environment where it isn't there yet.</summary>
    /// <returns>The folder with its programs, or null where it can't be built.</returns>
    public async Task<string?> EnsureAsync(List<string> tried, CancellationToken cancellationToken)
    {
        var python = await new PythonFinder(commands).ForAsync(pinsFile, cancellationToken);
        if (python.Program is null)
        {
            tried.Add($"{Path.GetFileName(pinsFile)}: {python.Problem}");
            return null;
        }

        var directory = Path.Combine(cacheDirectory, "venvs", CacheKey.Of($"{python.Version}\n{File.ReadAllText(pinsFile)}"));
        if (!Directory.Exists(directory) && await BuildAsync(python.Program, directory, cancellationToken) is { } reason)
        {
            tried.Add($"{Path.GetFileName(pinsFile)}: {reason}");
            log.Warning($"The pins of {Path.GetFileName(pinsFile)} can't be installed: {reason}");
            return null;
        }

        return Path.Combine(directory, "bin");
    }

    // A virtual environment can't be moved, as its scripts name their interpreter: it is built where it will lie, under a
    // name that tells it is unfinished, with a link of the final name that appears last.
    private async Task<string?> BuildAsync(string python, string directory, CancellationToken cancellationToken)
    {
        var building = $"{directory}-{TimeProvider.System.GetUtcNow():yyyyMMddHHmmss}-{Environment.ProcessId}";
        Directory.CreateDirectory(Path.GetDirectoryName(directory)!);
        var packages = PackageInstaller.Find(settings);
        var finished = false;
        try
        {
            var created = await commands.RunAsync(packages.Create(python, building), cancellationToken: cancellationToken);
            if (!created.Succeeded)
                return $"{created.Command} failed: {LastLine(created)}";
            var install = packages.Install(building, pinsFile);
            log.Command(install);
            var installed = await log.WatchAsync(
                $"Installing {Path.GetFileName(pinsFile)}", commands.RunAsync(install, cancellationToken: cancellationToken));
            if (!installed.Succeeded)
                return LastLine(installed);
            Publish(building, directory);
            finished = true;
            return null;
        }
        finally
        {
            if (!finished && Directory.Exists(building))
                Directory.Delete(building, recursive: true);
        }
    }

    private static void Publish(string building, string directory)
    {
        try
        {
            Directory.CreateSymbolicLink(directory, building);
        }
        catch (IOException) when (Directory.Exists(directory))
        {
            // Another run was faster; its environment is the same.
        }
    }

    private static string LastLine(CommandResult result) =>
        result.StandardError.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).LastOrDefault()
        ?? $"exit code {result.ExitCode}";
}

/// <summary>Finds a Python on this machine that the Ansible of a requirements file is made for.</summary>
internal sealed class PythonFinder(CommandRunner commands)
{
    // The newest that an Ansible in the matrix is made for.
    private const int HighestMinor = 13;

    /// <summary>The PATH's Python 3 where it fits, else the newest that does: <c>python3.13</c>, <c>python3.12</c> …</summary>
    public async Task<FoundPython> ForAsync(string pinsFile, CancellationToken cancellationToken)
    {
        var range = AnsiblePin.Read(pinsFile) is { } pin ? AnsiblePython.OnControlMachine(pin.Core) : null;
        var usual = await VersionAsync("python3", cancellationToken);
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
