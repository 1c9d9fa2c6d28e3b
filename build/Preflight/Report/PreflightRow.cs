namespace KubeLab.Preflight;

/// <summary>A node's line in the table.</summary>
/// <param name="Memory">The verdict on its memory, by the highest threshold that it misses, else meets.</param>
/// <param name="Others">How the other checks ended: <c>23 ✓</c>, <c>21 ✓ 1 ! 1 ✗</c>.</param>
public sealed record PreflightRow(string Node, Finding Memory, string Others, bool IsQuiet)
{
    /// <summary>The id of the rule that the table's columns are made of.</summary>
    public static string MemoryRule => "memory";

    /// <summary>The lines of a report's nodes, but for those of whose memory it says nothing.</summary>
    public static IReadOnlyList<PreflightRow> All(PreflightReport report)
    {
        var findings = report.Findings.ToLookup(finding => finding.Node);
        return [.. report.Nodes.Select(node => Of(node, [.. findings[node]])).OfType<PreflightRow>()];
    }

    /// <summary>The line of a node, or null where nothing is said of its memory.</summary>
    public static PreflightRow? Of(string node, IReadOnlyList<Finding> findings)
    {
        var memory = findings.Where(finding => finding.Check == MemoryRule)
            .OrderByDescending(finding => finding.Status == FindingStatus.Failed)
            .ThenByDescending(finding => finding.Required?.Value ?? -1)
            .FirstOrDefault();
        if (memory is null)
            return null;
        var others = findings.Where(finding => finding.Check != MemoryRule).ToList();
        var isQuiet = findings.All(finding => finding.Status is FindingStatus.Passed or FindingStatus.Skipped);
        return new PreflightRow(node, memory, Counts(others), isQuiet);
    }

    private static string Counts(List<Finding> findings) => string.Join(' ', findings
        .Where(finding => finding.Status != FindingStatus.Skipped).GroupBy(finding => finding.Status)
        .OrderBy(group => group.Key).Select(group => $"{group.Count()} {group.Key.Mark.Sign}"));
}
