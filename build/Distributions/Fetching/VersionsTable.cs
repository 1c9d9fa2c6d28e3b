using KubeLab.Clusters;
using Spectre.Console;

namespace KubeLab.Distributions;

/// <summary>Shows the releases that a remote offers, beside the one that a cluster is pinned to.</summary>
/// <param name="fetcher">Knows which lie in the cache.</param>
public sealed class VersionsTable(ConsoleLog log, DistributionFetcher fetcher)
{
    /// <summary>Shows the table, and where the pinned version stands in it.</summary>
    /// <param name="offered">The releases, the newest first.</param>
    public void Show(IReadOnlyList<OfferedVersion> offered, KubespraySettings pinned)
    {
        var table = new Table { Border = TableBorder.None, ShowHeaders = true };
        foreach (var header in new[] { "", "release", "commit", "Kubernetes", "from", "Ansible", "" })
            table.AddColumn(new TableColumn(header).NoWrap());
        foreach (var each in offered)
        {
            table.AddRow(new[]
            {
                IsPinned(each) ? "→" : "", each.Tag, each.Commit[..Math.Min(10, each.Commit.Length)], each.Kubernetes ?? "?", each.LowestKubernetes ?? "?",
                each.Ansible ?? "?", fetcher.Has(pinned with { Version = each.Tag, Path = null }) ? "in the cache" : "",
            }.Select(Markup.Escape).ToArray());
        }

        log.Render(table);
        log.Info(pinned.Path is { } path ? $"→ pinned to the checkout {path}"
            : offered.Any(IsPinned) ? $"→ pinned: {pinned.Version}"
            : $"→ pinned to {pinned.Version}, which is none of these releases");

        bool IsPinned(OfferedVersion each) => pinned.Path is null && (each.Tag == pinned.Version || each.Commit == pinned.Version);
    }
}
