using Version = System.Version;

namespace KubeLab.Distributions;

/// <summary>Lists the releases that a remote offers, with what each installs, read from the trees themselves: of each only the
/// few files that say so are fetched, and once, as a tag's commit does not change.</summary>
public sealed class OfferedVersions(CommandRunner commands, ConsoleLog log, string cacheDirectory)
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);
    private static readonly Version First = new(2, 18, 2);

    // What a Distribution needs to answer for its versions.
    private static readonly string[] Files = [
        .. Playbooks.PlacesOfInstall, "ansible_version.yml", "playbooks/ansible_version.yml",
        "roles/kubespray_defaults/defaults/main/main.yml",
        "roles/kubespray-defaults/defaults/main/main.yml", "roles/kubespray-defaults/defaults/main.yaml",
        "roles/kubespray_defaults/vars/main/checksums.yml",
    ];

    private string RepositoryDirectory => Path.Combine(cacheDirectory, "kubespray-versions");

    /// <summary>The releases from v2.18.2 on, the newest first.</summary>
    /// <exception cref="UserError">The remote can't be reached.</exception>
    public async Task<IReadOnlyList<OfferedVersion>> ListAsync(string url, CancellationToken cancellationToken = default)
    {
        var tags = await TagsAsync(url, cancellationToken);
        var offered = new List<OfferedVersion>();
        var unknown = tags.Where(tag => Recall(tag.Commit) is null).ToList();
        if (unknown.Count > 0)
            await log.WatchAsync($"Reading what {unknown.Count} releases install", FetchAsync(url, unknown, cancellationToken));
        foreach (var (tag, commit) in tags)
            offered.Add((Recall(commit) ?? await ReadAsync(url, tag, commit, cancellationToken)) with { Tag = tag });
        return offered;
    }

    /// <summary>The tags of the releases from v2.18.2 on with their commits, the newest first.</summary>
    /// <param name="url">The remote, or a repository on this machine.</param>
    /// <exception cref="UserError">It can't be reached.</exception>
    public async Task<IReadOnlyList<(string Tag, string Commit)>> TagsAsync(
        string url, CancellationToken cancellationToken = default)
    {
        Directory.CreateDirectory(RepositoryDirectory);
        return ParseTags(
            (await GitAsync(url, cancellationToken, "ls-remote", "--tags", "--end-of-options", url)).StandardOutput);
    }

    /// <summary>Reads what <c>git ls-remote --tags</c> prints: the releases from v2.18.2 on, the newest first.</summary>
    public static IReadOnlyList<(string Tag, string Commit)> ParseTags(string printed)
    {
        const string prefix = "refs/tags/v";
        const string peeled = "^{}";
        var commits = new Dictionary<Version, string>();
        foreach (var line in printed.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var words = line.Split('\t');
            if (words.Length != 2 || !words[1].StartsWith(prefix, StringComparison.Ordinal))
                continue;
            // An annotated tag comes twice, and the second time with the commit that it stands for.
            var name = words[1][prefix.Length..];
            if (Version.TryParse(name.EndsWith(peeled, StringComparison.Ordinal) ? name[..^peeled.Length] : name, out var version)
                && version >= First)
                commits[version] = words[0];
        }

        return [.. commits.OrderByDescending(each => each.Key).Select(each => ($"v{each.Key}", each.Value))];
    }

    private async Task<CommandResult> FetchAsync(
        string url, IReadOnlyList<(string Tag, string Commit)> tags, CancellationToken cancellationToken)
    {
        await GitAsync(url, cancellationToken, "init", "--quiet", "--bare");
        // A promisor remote lets git fetch a file's content when it is first read, where the remote can leave it out at first.
        await GitAsync(url, cancellationToken, "config", "remote.origin.url", url);
        await GitAsync(url, cancellationToken, "config", "remote.origin.promisor", "true");
        await GitAsync(url, cancellationToken, "config", "remote.origin.partialclonefilter", "blob:none");
        var refs = tags.Select(tag => $"+refs/tags/{tag.Tag}:refs/tags/{tag.Tag}");
        return await GitAsync(
            url, cancellationToken, ["fetch", "--quiet", "--no-tags", "--depth", "1", "--filter=blob:none", "origin", .. refs]);
    }

    private async Task<OfferedVersion> ReadAsync(string url, string tag, string commit, CancellationToken cancellationToken)
    {
        var directory = Directory.CreateTempSubdirectory("kubelab-version-").FullName;
        try
        {
            var present = await GitAsync(url, cancellationToken, ["ls-tree", "-r", "--name-only", commit, "--", .. Files]);
            foreach (var file in present.StandardOutput.Split('\n', StringSplitOptions.RemoveEmptyEntries))
            {
                var content = await GitAsync(url, cancellationToken, "show", $"{commit}:{file}");
                Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(directory, file))!);
                await File.WriteAllTextAsync(Path.Combine(directory, file), content.StandardOutput, cancellationToken);
            }

            var distribution = Distribution.Open(tag, directory);
            var kubernetes = distribution.KubernetesVersions;
            var ansible = distribution.AnsibleWindow is { } window ? $"{window.Minimum} - <{window.Maximum}" : null;
            var offered = new OfferedVersion(
                tag, commit, kubernetes.Default?.ToString(), kubernetes.Minimum?.ToString(), ansible);
            await File.WriteAllTextAsync(Memory(commit), RecordJson.Write(offered), cancellationToken);
            return offered;
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private OfferedVersion? Recall(string commit) => RecordJson.Recall<OfferedVersion>(Memory(commit));

    private string Memory(string commit) => Path.Combine(RepositoryDirectory, $"{commit}.json");

    private async Task<CommandResult> GitAsync(
        string url, CancellationToken cancellationToken, params IReadOnlyList<string> arguments)
    {
        var result = await commands.RunAsync(
            Git.In(RepositoryDirectory, arguments) with { Timeout = Limit }, cancellationToken: cancellationToken);
        return result.Succeeded ? result : throw new UserError(
            $"Asking {Git.Shown(url)} for its releases failed: {result.StandardError.Trim().Split('\n')[^1]}",
            "Check the network; --kubespray-url names a mirror.");
    }
}

/// <summary>A release of Kubespray that a remote offers.</summary>
/// <param name="Kubernetes">The Kubernetes that it installs by default; null where its tree doesn't say.</param>
/// <param name="LowestKubernetes">The lowest Kubernetes that it installs; null where its tree doesn't say.</param>
/// <param name="Ansible">The Ansible that it accepts, as <c>2.18.0 - &lt;2.19.0</c>; null where its tree doesn't say.</param>
public sealed record OfferedVersion(string Tag, string Commit, string? Kubernetes, string? LowestKubernetes, string? Ansible);

/// <summary>Shows the releases that a remote offers, beside the one that a cluster is pinned to.</summary>
public sealed class VersionsTable(ConsoleLog log, DistributionFetcher fetcher)
{
    /// <summary>Shows the table, and where the pinned version stands in it.</summary>
    public void Show(IReadOnlyList<OfferedVersion> offered, KubespraySettings pinned)
    {
        var table = new ConsoleTable("", "release", "commit", "Kubernetes", "from", "Ansible", "");
        foreach (var each in offered)
            table.Row(
                IsPinned(each) ? "→" : "", each.Tag, each.Commit[..Math.Min(10, each.Commit.Length)],
                each.Kubernetes ?? "?", each.LowestKubernetes ?? "?", each.Ansible ?? "?",
                Cached(each));
        table.Show(log);
        log.Info(pinned.Path is { } path ? $"→ pinned to the checkout {path}"
            : offered.Any(IsPinned) ? $"→ pinned: {pinned.Version}"
            : $"→ pinned to {pinned.Version}, which is none of these releases");

        string Cached(OfferedVersion each)
        {
            var commit = fetcher.CommitOf(pinned with { Version = each.Tag, Path = null });
            return commit is null ? "" : commit == each.Commit ? "in the cache" : $"moved since it was fetched at {commit[..10]}";
        }

        bool IsPinned(OfferedVersion each) => pinned.Path is null
            && (each.Tag == pinned.Version || each.Commit == pinned.Version);
    }
}
