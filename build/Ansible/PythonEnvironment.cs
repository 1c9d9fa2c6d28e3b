using KubeLab.Clusters;
using KubeLab.Commands;
using KubeLab.Reports;

namespace KubeLab.Ansible;

/// <summary>
/// A virtual environment with the exact pins of a requirements file, keyed by their hash and the Python version, built aside
/// and moved into place when it is whole. Never <c>-U</c>: that picks an Ansible outside the window (Kubespray issue 12571).
/// </summary>
/// <param name="commands">Runs Python.</param>
/// <param name="log">Says what is done.</param>
/// <param name="cacheDirectory">KubeLab's cache.</param>
/// <param name="pinsFile">The requirements file, absolute.</param>
internal sealed class PythonEnvironment(CommandRunner commands, ConsoleLog log, string cacheDirectory, string pinsFile)
{
    private static readonly TimeSpan InstallLimit = TimeSpan.FromMinutes(15);

    /// <summary>Builds the environment where it isn't there yet.</summary>
    /// <param name="tried">Is told why it can't be built.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>The folder with its programs, or null where it can't be built.</returns>
    public async Task<string?> EnsureAsync(List<string> tried, CancellationToken cancellationToken)
    {
        var python = CommandLine.Of("python3", "-c", "import sys; print('.'.join(map(str, sys.version_info[:3])))");
        var version = await VersionAsync(python, cancellationToken);
        if (version is null)
        {
            tried.Add($"{Path.GetFileName(pinsFile)}: no python3 on the PATH to install it with");
            return null;
        }

        var directory = Path.Combine(cacheDirectory, "venvs", Key(version));
        if (!Directory.Exists(directory))
        {
            if (await BuildAsync(directory, cancellationToken) is { } reason)
            {
                tried.Add($"{Path.GetFileName(pinsFile)}: {reason}");
                log.Warning($"The pins of {Path.GetFileName(pinsFile)} can't be installed: {reason}");
                return null;
            }
        }

        return Path.Combine(directory, "bin");
    }

    private async Task<string?> VersionAsync(CommandLine python, CancellationToken cancellationToken)
    {
        try
        {
            var result = await commands.RunAsync(python, cancellationToken: cancellationToken);
            return result.Succeeded ? result.StandardOutput.Trim() : null;
        }
        catch (UserError)
        {
            return null;
        }
    }

    // A virtual environment can't be moved, as its scripts name their interpreter: it is built where it will lie, under a
    // name that tells it is unfinished, with a link of the final name that appears last.
    private async Task<string?> BuildAsync(string directory, CancellationToken cancellationToken)
    {
        var building = $"{directory}-{DateTime.UtcNow:yyyyMMddHHmmss}-{Environment.ProcessId}";
        Directory.CreateDirectory(Path.GetDirectoryName(directory)!);
        var finished = false;
        try
        {
            var create = CommandLine.Of("python3", "-m", "venv", building);
            var created = await commands.RunAsync(create, cancellationToken: cancellationToken);
            if (!created.Succeeded)
                return $"python3 -m venv failed: {LastLine(created)}";
            var install = CommandLine.Of(
                Path.Combine(building, "bin", "python"), "-m", "pip", "install", "--disable-pip-version-check", "--no-input",
                "--retries", "1", "--timeout", "10", "--requirement", pinsFile) with
            { Timeout = InstallLimit };
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
