using KubeLab.Distributions;
using Version = System.Version;

namespace KubeLab.Lifecycle;

/// <summary>A part of the way: a release that brings one Kubernetes.</summary>
/// <param name="Etcd">The etcd that comes with it; null where the release's tree doesn't say.</param>
public sealed record UpgradeLeg(string Tag, Distribution Release, Version From, Version To, Version? Etcd)
{
    /// <summary>The etcd that ran before; null where that isn't known.</summary>
    public Version? EtcdBefore { get; init; }
}

/// <summary>The way of a cluster over several releases: with each to the Kubernetes that it brings by itself, as nothing else was
/// tested by its makers, one minor version at a time.</summary>
public static class UpgradeRoute
{
    /// <summary>Finds it.</summary>
    /// <param name="releases">The releases in their order, with the one that is deployed first.</param>
    /// <param name="running">The Kubernetes that runs.</param>
    /// <param name="wanted">The Kubernetes to end with; null for what the last release brings.</param>
    /// <param name="etcd">The etcd that runs; null where that isn't known.</param>
    /// <exception cref="UserError">There is no such way.</exception>
    public static IReadOnlyList<UpgradeLeg> Find(
        IReadOnlyList<(string Tag, Distribution Tree)> releases, Version running, Version? wanted, Version? etcd)
    {
        var legs = new List<UpgradeLeg>();
        var (at, store) = (running, etcd);
        foreach (var (index, (tag, tree)) in releases.Index())
        {
            var isLast = index == releases.Count - 1;
            var goal = (isLast ? wanted : null) ?? tree.KubernetesVersions.Default ?? throw new UserError(
                $"Which Kubernetes {tag} brings can't be told: its tree doesn't say.",
                "Check that the tree is whole: its git status should be clean.");
            // The release that is deployed only has to bring the cluster to where the next one goes on.
            if (index == 0 && (isLast ? goal <= at : goal.Minor <= at.Minor))
                continue;
            var (before, isAskedFor) = (legs.Count, isLast && wanted is not null);
            while (at < goal)
                Go(tag, tree, Next(tree, at, goal));
            if (legs.Count == before)
                Go(tag, tree, isAskedFor ? goal : Staying(tag, tree, at));
        }

        return legs;

        void Go(string tag, Distribution tree, Version to)
        {
            if (EtcdUpgrade.IsStrict(tree.EtcdVersions.With(to), tree)
                && store is { } runs && runs < tree.EtcdVersions.LeastBefore
                && EtcdUpgrade.Between(at, tree) is { } between)
                Add(tag, tree, between);
            Add(tag, tree, to);
        }

        void Add(string tag, Distribution tree, Version to)
        {
            UpgradePath.Judge(new Dictionary<string, Version>() { ["the cluster"] = at }, to, tree.KubernetesVersions, tag);
            var brings = tree.EtcdVersions.With(to);
            legs.Add(new UpgradeLeg(tag, tree, at, to, brings) { EtcdBefore = store });
            (at, store) = (to, brings ?? store);
        }
    }

    private static Version Next(Distribution tree, Version at, Version goal) => at.Minor + 1 >= goal.Minor ? goal
        : tree.KubernetesVersions.Supported.Where(version => version.Minor == at.Minor + 1).Max()
            ?? new Version(at.Major, at.Minor + 1, 0);

    // A cluster that is ahead of the release's own Kubernetes.
    private static Version Staying(string tag, Distribution tree, Version at) =>
        tree.KubernetesVersions.Supported.Where(version => version >= at && version.Minor <= at.Minor + 1)
            .OrderBy(version => version != at).ThenBy(version => version.Minor).ThenByDescending(version => version)
            .FirstOrDefault() ?? throw new UserError(
                $"The cluster would be at Kubernetes {at} by then, and {tag} has none from there on, so it can't be gone through.",
                "Name the release where it is to end: --to, one before that; a later one may have a newer Kubernetes.");
}
