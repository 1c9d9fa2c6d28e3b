namespace KubeLab.Distributions;

/// <summary>Brings the distribution of a cluster: a local checkout as it is, or Kubespray by git into the cache.</summary>
public sealed partial class DistributionFetcher(CommandRunner commands, ConsoleLog log, string cacheDirectory)
{
    private static readonly TimeSpan CloneLimit = TimeSpan.FromMinutes(10);

    // With less, git writes not even its configuration.
    private const long LeastSpace = 64 * 1024;

    // No clone takes longer, so what has lain there since before was left by one that was killed.
    private static readonly TimeSpan LeftOver = TimeSpan.FromHours(1);

    /// <summary>Makes Kubespray available as the settings say.</summary>
    /// <param name="settings">A local checkout, or a version and where to clone it from.</param>
    /// <exception cref="UserError">It is no checkout, git can't bring it, or its tree in the cache was changed.</exception>
    public async Task<Distribution> FetchAsync(KubespraySettings settings, CancellationToken cancellationToken = default)
    {
        if (settings.Path is { } path)
            return await OpenLocalAsync(path, cancellationToken);
        if (settings.Version is "latest" or "")
            throw new UserError(
                "A cluster is pinned to a version of Kubespray; latest is none.",
                "Name a tag: --kubespray-version v2.31.0. ./build.sh Versions shows those there are.");
        var directory = PlaceOf(settings);
        if (!Directory.Exists(directory))
            await CloneAsync(settings, directory, cancellationToken);
        var record = await VerifiedAsync(settings, directory, cancellationToken);
        var moved = settings.Version == record.Commit || TagName().IsMatch(settings.Version) ? ""
            : $", as it was on {record.FetchedAt.UtcDateTime:yyyy-MM-dd}: --kubespray-version {record.Commit} pins it";
        log.Done($"Kubespray {settings.Version} at commit {record.Commit} in {directory}{moved}");
        return Distribution.Open($"kubespray {settings.Version}", directory, record.Commit);
    }

    /// <summary>The commit of a version that lies in the cache, so that it needs no network; null where it doesn't.</summary>
    public string? CommitOf(KubespraySettings settings) => FetchRecord.Read(PlaceOf(settings))?.Commit;

    private async Task<Distribution> OpenLocalAsync(string path, CancellationToken cancellationToken)
    {
        var distribution = Distribution.Open($"kubespray in {path}", path);
        RefuseLostLinks(path);
        var tree = await GitTree.ReadAsync(commands, path, cancellationToken);
        if (tree.Problem is { } problem)
            log.Warning($"Which commit {path} is at can't be told: {problem}");
        if (tree.Changed.Count > 0)
            log.Warning($"The checkout {path} has changes that are not committed, and they will be used: {tree.Changes}.");
        var version = tree.Commit is null ? null : await GitTree.DescribeAsync(commands, path, cancellationToken);
        var place = tree.Commit is null ? ", which is no git tree of its own" : $" at {version ?? "commit"} ({tree.Commit})";
        log.Done($"The local checkout {path}{place}");
        // A changed tree is not what its commit says, so a run that is resumed has to look at its files.
        return distribution with
        {
            Name = version is null ? distribution.Name : $"kubespray {version} in {path}",
            Commit = tree.Changed.Count > 0 ? null : tree.Commit,
        };
    }

    // What lies in the cache is used by every cluster, so it has to be what was fetched.
    private async Task<FetchRecord> VerifiedAsync(
        KubespraySettings settings, string directory, CancellationToken cancellationToken)
    {
        var tree = await GitTree.ReadAsync(commands, directory, cancellationToken);
        var record = FetchRecord.Read(directory);
        var wrong = record is null ? "nothing says what it is"
            : tree.Problem is { } problem ? $"git can't read it: {problem}"
            : tree.Commit != record.Commit ? $"it is at commit {tree.Commit}, and {record.Commit} was fetched"
            : tree.Changed.Count > 0 ? $"files in it were changed: {tree.Changes}"
            : null;
        if (wrong is not null)
            throw new UserError(
                $"Kubespray {settings.Version} in the cache is not what was fetched: {wrong}.",
                $"Remove it, and the next run fetches it again: rm -r {ShellWords.Quote(directory)}. For changes of your own use a checkout of your own: --kubespray-path.");
        RefuseLostLinks(directory);
        return record!;
    }

    private static void RefuseLostLinks(string directory)
    {
        if (BrokenSymlinks.In(directory) is { Count: > 0 } lost)
            throw new UserError(
                $"In {directory}, symbolic links were lost and are plain text now: {string.Join(", ", lost)}.",
                "Clone Kubespray again where links can be made (git config core.symlinks true), or copy the tree with links kept: cp -a, rsync -a.");
    }

    // Cloned aside and moved into place, so that an interrupted clone leaves nothing that later looks complete.
    private async Task CloneAsync(KubespraySettings settings, string directory, CancellationToken cancellationToken)
    {
        RemoveLeftOvers(Path.GetDirectoryName(directory)!);
        var aside = $"{directory}{Unfinished}{Guid.NewGuid():N}";
        Directory.CreateDirectory(aside);
        try
        {
            await RunAsync("init", "--quiet", "--template=");
            await RunAsync("config", "core.symlinks", OperatingSystem.IsWindows() ? "false" : "true");
            await RunAsync("fetch", "--quiet", "--no-tags", "--depth", "1", "--end-of-options", settings.Url, settings.Version);
            await RunAsync("-c", "advice.detachedHead=false", "checkout", "--quiet", "FETCH_HEAD");
            Distribution.Open($"kubespray {settings.Version}", aside);
            var commit = (await GitTree.ReadAsync(commands, aside, cancellationToken)).Commit!;
            var record = new FetchRecord(settings.Version, Git.Shown(settings.Url), commit, TimeProvider.System.GetUtcNow());
            WarnOfMovedTag(FetchRecord.ReadLast(directory), record);
            record.Write(aside);
            record.Remember(directory);
            Aside.Publish(aside, directory);
        }
        finally
        {
            if (Directory.Exists(aside))
                Directory.Delete(aside, recursive: true);
        }

        async Task RunAsync(params IReadOnlyList<string> arguments)
        {
            var git = Git.In(aside, arguments) with { Timeout = CloneLimit };
            var fetches = arguments[0] == "fetch";
            if (fetches)
                log.Command(Git.Pasteable(aside, [.. arguments.Select(Git.Shown)]));
            var running = commands.RunAsync(git, cancellationToken: cancellationToken);
            var result = fetches ? await log.WatchAsync($"Fetching Kubespray {settings.Version}", running) : await running;
            if (!result.Succeeded)
                throw Failed(settings, result);
        }
    }

    private void WarnOfMovedTag(FetchRecord? before, FetchRecord now)
    {
        if (before is not null && before.Commit != now.Commit && TagName().IsMatch(now.Version))
            log.Warning(
                $"The tag {now.Version} has moved: on {before.FetchedAt.UtcDateTime:yyyy-MM-dd} it was commit {before.Commit}, now it is {now.Commit}. Kubespray doesn't move its tags: find out why, or go on with the old one: --kubespray-version {before.Commit}");
    }

    private UserError Failed(KubespraySettings settings, CommandResult result) => new(
        $"Fetching Kubespray {settings.Version} from {Git.Shown(settings.Url)} failed: {Reason(result.StandardError)}",
        AbbreviatedCommit().IsMatch(settings.Version)
            ? "A commit has to be given in full, with its 40 digits."
            : "Check the version (./build.sh Versions lists those there are) and the network; --kubespray-path uses a checkout of your own, --kubespray-url a mirror.");

    // Of what git says, the last line; of a disk that is full it tells before what couldn't be unpacked, if at all.
    private string Reason(string said)
    {
        const string Full = "No space left on device";
        var lines = said.Trim().Split('\n');
        return Array.Find(lines, line => line.Contains(Full) || line.Contains("Disk quota exceeded"))
            ?? (new DriveInfo(cacheDirectory).AvailableFreeSpace < LeastSpace
                ? $"{lines[^1]} ({Full}: {cacheDirectory})" : lines[^1]);
    }

    private static void RemoveLeftOvers(string directory)
    {
        if (!Directory.Exists(directory))
            return;
        foreach (var old in Directory.EnumerateDirectories(directory, $"*{Unfinished}*")
            .Where(each => TimeProvider.System.GetUtcNow().UtcDateTime - Directory.GetCreationTimeUtc(each) > LeftOver))
            Directory.Delete(old, recursive: true);
    }

    private const string Unfinished = ".unfinished-";

    private string PlaceOf(KubespraySettings settings)
    {
        var safe = string.Concat(settings.Version.Select(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' ? c : '_'));
        return Path.Combine(cacheDirectory, "kubespray", $"{safe}-{CacheKey.Of($"{settings.Url}\n{settings.Version}")[..8]}");
    }

    [GeneratedRegex("^[0-9a-f]{7,39}$", RegexOptions.None, matchTimeoutMilliseconds: 60_000)]
    private static partial Regex AbbreviatedCommit();

    [GeneratedRegex("^v?[0-9]+(\\.[0-9]+)+$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 60_000)]
    private static partial Regex TagName();
}
