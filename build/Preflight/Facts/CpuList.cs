namespace KubeLab.Preflight;

/// <summary>Reads lists of processors as the kernel writes them (cpuset(7), "List format"): <c>0-3,8</c>.</summary>
internal static class CpuList
{
    // No kernel knows more (CONFIG_NR_CPUS); a figure beyond is no processor.
    private const int Most = 65536;

    /// <summary>How many processors are in both lists.</summary>
    /// <param name="allowed">Those that a process may use.</param>
    /// <param name="online">Those that are there; null where that isn't known.</param>
    /// <returns>Their number, or null where a list can't be read or they have none in common.</returns>
    public static int? Common(string? allowed, string? online)
    {
        if (Parse(allowed) is not { } may)
            return null;
        var there = online is null ? [(0, Most)] : Parse(online);
        var count = there?.Sum(
            range => may.Sum(other => Math.Max(0, Math.Min(range.Last, other.Last) - Math.Max(range.First, other.First) + 1)));
        return count > 0 ? count : null;
    }

    private static List<(int First, int Last)>? Parse(string? list)
    {
        var ranges = new List<(int First, int Last)>();
        foreach (var part in (list ?? "").Split(','))
        {
            var ends = part.Trim().Split('-');
            // Ranges ascend and never overlap; what says otherwise was damaged.
            if (ends.Length > 2 || Number(ends[0]) is not { } first || Number(ends[^1]) is not { } last || last < first
                || (ranges.Count > 0 && first <= ranges[^1].Last))
                return null;
            ranges.Add((first, last));
        }

        return ranges;
    }

    private static int? Number(string text) =>
        int.TryParse(text, NumberStyles.None, null, out var number) && number < Most ? number : null;
}
