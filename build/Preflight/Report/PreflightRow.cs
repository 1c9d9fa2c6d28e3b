using System.Globalization;

namespace KubeLab.Preflight;

/// <summary>A node's line in the table.</summary>
/// <param name="Memory">What is said of its memory, by the highest threshold that it misses or, where it misses none, that it meets.</param>
/// <param name="Others">How the other checks ended: <c>23 ✓</c>, <c>21 ✓ 1 ! 1 ✗</c>.</param>
/// <param name="IsQuiet">Whether nothing is to be said of the node.</param>
public sealed record PreflightRow(string Node, Finding Memory, string Others, bool IsQuiet)
{
    /// <summary>The id of the rule that the table's columns are made of.</summary>
    public const string MemoryRule = "memory";

    /// <summary>The lines of a report's nodes, but for those of whose memory it says nothing.</summary>
    public static IReadOnlyList<PreflightRow> All(PreflightReport report)
    {
        var findings = report.Findings.ToLookup(finding => finding.Node, StringComparer.Ordinal);
        return [.. report.Nodes.Select(node => Of(node, [.. findings[node]])).OfType<PreflightRow>()];
    }

    /// <summary>The line of a node, or null where nothing is said of its memory.</summary>
    public static PreflightRow? Of(string node, IReadOnlyList<Finding> findings)
    {
        var memory = findings.Where(finding => finding.Rule == MemoryRule)
            .OrderByDescending(finding => finding.Status == FindingStatus.Fail).ThenByDescending(Required).FirstOrDefault();
        if (memory is null)
            return null;
        var others = findings.Where(finding => finding.Rule != MemoryRule).ToList();
        var isQuiet = findings.All(finding => finding.Status is FindingStatus.Pass or FindingStatus.Skipped);
        return new PreflightRow(node, memory, Counts(others), isQuiet);
    }

    private static string Counts(List<Finding> findings)
    {
        (FindingStatus Status, string Sign)[] signs = [(FindingStatus.Pass, "✓"), (FindingStatus.Warn, "!"), (FindingStatus.Fail, "✗")];
        return string.Join(' ', signs.Select(sign => (sign.Sign, Count: findings.Count(finding => finding.Status == sign.Status)))
            .Where(pair => pair.Count > 0).Select(pair => $"{pair.Count} {pair.Sign}"));
    }

    private static double Required(Finding finding) =>
        double.TryParse(finding.Required?.Split(' ')[0], NumberStyles.Float, CultureInfo.InvariantCulture, out var figure) ? figure : -1;
}
