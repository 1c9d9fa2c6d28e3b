using KubeLab.Clusters;
using KubeLab.Commands;
using KubeLab.Reports;

namespace KubeLab.Distributions;

/// <summary>Brings the distribution that a cluster asks for: a local checkout as it is, or Kubespray by git into the cache.</summary>
/// <param name="commands">Runs git.</param>
/// <param name="log">Says what is done.</param>
/// <param name="cacheDirectory">KubeLab's cache, shared by all clusters.</param>
public sealed class DistributionFetcher(CommandRunner commands, ConsoleLog log, string cacheDirectory)
{
    private static readonly TimeSpan CloneLimit = TimeSpan.FromMinutes(10);

    /// <summary>Makes Kubespray available as the settings say.</summary>
    /// <param name="settings">A local checkout, or a version and where to clone it from.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="UserError">The checkout isn't one, or git can't bring the version.</exception>
    public async Task<Distribution> FetchAsync(KubespraySettings settings, CancellationToken cancellationToken = default)
    {
        if (settings.Path is { } path)
            return await OpenLocalAsync(path, cancellationToken);
        if (settings.Version is "latest" or "")
            throw new UserError("A cluster is pinned to a version of Kubespray; latest is none.", "Name a tag: --kubespray-version v2.31.0.");
        var directory = Path.Combine(cacheDirectory, "kubespray", CacheName(settings));
        if (!Directory.Exists(directory))
            await CloneAsync(settings, directory, cancellationToken);
        var commit = await CommitAsync(directory, cancellationToken);
        log.Done($"Kubespray {settings.Version} at commit {commit} in {directory}");
        return Distribution.Open($"kubespray {settings.Version}", directory, commit);
    }

    private async Task<Distribution> OpenLocalAsync(string path, CancellationToken cancellationToken)
    {
        var distribution = Distribution.Open($"kubespray in {path}", path);
        var commit = await CommitAsync(path, cancellationToken);
        var dirty = commit is not null && await GitAsync(path, cancellationToken, "status", "--porcelain") is { Succeeded: true } status
            && status.StandardOutput.Trim().Length > 0;
        if (dirty)
            log.Warning($"The checkout {path} has changes that are not committed; they will be used.");
        log.Done($"The local checkout {path}{(commit is null ? ", which is no git tree" : $" at commit {commit}")}");
        return distribution with { Commit = commit };
    }

    // Cloned aside and moved into place, so that an interrupted clone leaves nothing that later looks complete.
    private async Task CloneAsync(KubespraySettings settings, string directory, CancellationToken cancellationToken)
    {
        var aside = $"{directory}.{Guid.NewGuid():N}";
        Directory.CreateDirectory(aside);
        try
        {
            await RunAsync(aside, settings, "init", "--quiet");
            await RunAsync(aside, settings, "fetch", "--quiet", "--depth", "1", settings.Url, settings.Version);
            await RunAsync(aside, settings, "-c", "advice.detachedHead=false", "checkout", "--quiet", "FETCH_HEAD");
            Distribution.Open($"kubespray {settings.Version}", aside);
            Publish(aside, directory);
        }
        finally
        {
            if (Directory.Exists(aside))
                Directory.Delete(aside, recursive: true);
        }

        async Task RunAsync(string workingDirectory, KubespraySettings from, params IReadOnlyList<string> arguments)
        {
            var git = Git(workingDirectory, arguments) with { Timeout = CloneLimit };
            if (arguments[0] == "fetch")
                log.Command(git);
            var running = commands.RunAsync(git, cancellationToken: cancellationToken);
            var result = arguments[0] == "fetch" ? await log.WatchAsync($"Fetching Kubespray {from.Version}", running) : await running;
            result.EnsureSucceeded(
                $"Fetching Kubespray {from.Version} from {WithoutCredentials(from.Url)}",
                "Check the version and the network; --kubespray-path uses a checkout of your own, --kubespray-url a mirror.");
        }
    }

    private static void Publish(string aside, string directory)
    {
        try
        {
            Directory.Move(aside, directory);
        }
        catch (IOException) when (Directory.Exists(directory))
        {
            // Another run was faster; its tree is the same.
        }
    }

    private async Task<string?> CommitAsync(string directory, CancellationToken cancellationToken)
    {
        var head = await GitAsync(directory, cancellationToken, "rev-parse", "HEAD");
        return head is { Succeeded: true } ? head.StandardOutput.Trim() : null;
    }

    private async Task<CommandResult?> GitAsync(string directory, CancellationToken cancellationToken, params IReadOnlyList<string> arguments)
    {
        try
        {
            return await commands.RunAsync(Git(directory, arguments), cancellationToken: cancellationToken);
        }
        catch (UserError)
        {
            // No git here: a local tree is used as it is.
            return null;
        }
    }

    private static CommandLine Git(string directory, IReadOnlyList<string> arguments) => new("git", arguments)
    {
        WorkingDirectory = directory,
        Environment = new Dictionary<string, string?>(StringComparer.Ordinal) { ["GIT_TERMINAL_PROMPT"] = "0" },
    };

    private static string CacheName(KubespraySettings settings)
    {
        var safe = string.Concat(settings.Version.Select(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' ? c : '_'));
        return $"{safe}-{CacheKey.Of($"{settings.Url}\n{settings.Version}")[..8]}";
    }

    private static string WithoutCredentials(string url) =>
        Uri.TryCreate(url, UriKind.Absolute, out var uri) && uri.UserInfo.Length > 0
            ? url.Replace($"{uri.UserInfo}@", "", StringComparison.Ordinal)
            : url;
}
