using Version = System.Version;

namespace KubeLab.Distributions;

/// <summary>The trees of Kubespray's releases, from the tags of the user's checkout or of the remote.</summary>
public sealed partial class ReleaseTrees(DistributionFetcher fetcher, OfferedVersions offered, KubespraySettings settings)
{
    private string Origin => settings.Path ?? settings.Url;

    /// <summary>The releases on the way from one to another, the last patch of each minor version between them. Kubespray's
    /// docs/operations/upgrades.md wants none of those left out.</summary>
    /// <param name="from">The tag that is deployed.</param>
    /// <param name="to">The tag, branch or commit to go to; null for the newest release.</param>
    /// <exception cref="UserError">There are no tags, there is no such one, or it lies behind.</exception>
    public async Task<IReadOnlyList<string>> WayAsync(string from, string? to, CancellationToken cancellationToken = default)
    {
        var tags = (await offered.TagsAsync(Origin, cancellationToken)).Select(each => each.Tag).ToList();
        if (tags.Count == 0)
            throw new UserError(
                $"{Git.Shown(Origin)} has no tags of releases, and the way leads from tag to tag.",
                settings.Path is { } path
                    ? $"Bring them: git -C {ShellWords.Quote(path)} fetch --tags. Or leave the checkout out, and name a version."
                    : "Name a repository that has them with --kubespray-url.");
        return Way(tags, from, to);
    }

    /// <summary>The releases on the way, of those that there are.</summary>
    /// <param name="tags">The tags, the newest first.</param>
    /// <exception cref="UserError">There is no such tag, or it lies behind.</exception>
    public static IReadOnlyList<string> Way(IReadOnlyList<string> tags, string from, string? to)
    {
        var start = Known(from);
        // A branch or a commit comes after all releases.
        var isRelease = to is null || Tag().IsMatch(to);
        var end = isRelease ? Known(to is null ? tags[0] : $"v{to.TrimStart('v')}") : new Version(int.MaxValue, 0);
        if (end < start)
            throw new UserError(
                $"v{end} lies behind {from}, and Kubespray has no way back to an older release.",
                $"Name a newer one: --to {tags[0]}.");
        var between = tags.Select(Parse).Where(tag => tag > start && Minor(tag) > Minor(start) && Minor(tag) < Minor(end))
            .GroupBy(Minor).Select(minor => minor.Max()!).Order();
        string[] last = !isRelease ? [to!] : end > start ? [$"v{end}"] : [];
        return [from, .. between.Select(tag => $"v{tag}"), .. last];

        Version Known(string tag) => tags.Contains(tag) ? Parse(tag) : throw new UserError(
            $"There is no release {tag} of Kubespray.{NearestName.Hint(tag, tags)}",
            $"There are {tags[^1]} to {tags[0]}; ./build.sh Versions lists them.");
    }

    /// <summary>Opens one.</summary>
    /// <exception cref="UserError">It can't be brought.</exception>
    public Task<Distribution> OpenAsync(string version, CancellationToken cancellationToken = default) =>
        fetcher.FetchAsync(settings with { Path = null, Url = Origin, Version = version }, cancellationToken);

    /// <summary>The release that is deployed, by what the cluster is pinned to.</summary>
    /// <exception cref="UserError">It is pinned to no release.</exception>
    public string Deployed(Distribution pinned)
    {
        var said = settings.Path is null ? settings.Version : pinned.Name;
        return Described().Match(said) is { Success: true } match ? match.Groups["tag"].Value : throw new UserError(
            $"Which release of Kubespray the cluster was deployed with can't be told by {said}.",
            "Name it: --kubespray-version v2.31.0, the tag that lies before it.");
    }

    private static Version Parse(string tag) => Version.Parse(tag[1..]);

    private static Version Minor(Version version) => new(version.Major, version.Minor);

    [GeneratedRegex("^v?[0-9]{1,4}(\\.[0-9]{1,4})+$", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Tag();

    // As git describe says it, also of a commit after the tag: kubespray v2.31.0-5-g46dbdd3 in ../kubespray.
    [GeneratedRegex(@"(^|^kubespray )(?<tag>v[0-9]{1,4}\.[0-9]{1,4}\.[0-9]{1,4})(-[0-9]+-g[0-9a-f]+)?(-dirty)?( in .*)?$",
        RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Described();
}
