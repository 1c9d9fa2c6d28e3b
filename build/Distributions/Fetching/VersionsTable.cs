using KubeLab.Clusters;

namespace KubeLab.Distributions;

/// <summary>Shows the releases that a remote offers, beside the one that a cluster is pinned to.</summary>
public sealed class VersionsTable(ConsoleLog log, DistributionFetcher fetcher)
{
    /// <summary>Shows the table, and where the pinned version stands in it.</summary>
    public void Show(IReadOnlyList<OfferedVersion> offered, KubespraySettings pinned)
    {
        var table = new ConsoleTable("", "release", "commit", "Kubernetes", "from", "Ansible", "");
        foreach (var each in offered)
        {
            table.Row(
                IsPinned(each) ? "→" : "", each.Tag, each.Commit[..Math.Min(10, each.Commit.Length)], each.Kubernetes
                    ?? "?", each.LowestKubernetes ?? "?",
                each.Ansible ?? "?", fetcher.Has(pinned with { Version = each.Tag, Path = null }) ? "in the cache" : "");
        }

        table.Show(log);
        log.Info(pinned.Path is { } path ? $"→ pinned to the checkout {path}"
            : offered.Any(IsPinned) ? $"→ pinned: {pinned.Version}"
            : $"→ pinned to {pinned.Version}, which is none of these releases");

        bool IsPinned(OfferedVersion each) => pinned.Path is null && (each.Tag == pinned.Version || each.Commit == pinned.Version);
    }
}
