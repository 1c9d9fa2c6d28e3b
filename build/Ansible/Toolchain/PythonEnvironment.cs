using KubeLab.Clusters;

namespace KubeLab.Ansible;

/// <summary>
/// A virtual environment with the exact pins of a requirements file, keyed by their hash and the Python version, built aside
/// and moved into place when it is whole. Never <c>-U</c>: that picks an Ansible outside the window (Kubespray issue 12571).
/// </summary>
/// <param name="pinsFile">The requirements file, absolute.</param>
internal sealed class PythonEnvironment(CommandRunner commands, ConsoleLog log, string cacheDirectory, string pinsFile, AnsibleSettings settings)
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

        var directory = Path.Combine(cacheDirectory, "venvs", Key($"{python.Version}"));
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

    private string Key(string pythonVersion) => CacheKey.Of($"{pythonVersion}\n{File.ReadAllText(pinsFile)}");
}
