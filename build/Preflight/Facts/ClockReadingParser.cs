namespace KubeLab.Preflight;

/// <summary>Reads <c>date +%s.%N</c> and the node's uptimes at the probe's start and end.</summary>
internal static class ClockReadingParser
{
    // The year 10000 and the year -7000: a date further off is no date.
    private const double Limit = 253_402_300_800;

    /// <summary>Reads the two lines; null where the first is no time.</summary>
    public static ClockReading? Parse(IReadOnlyList<string> lines)
    {
        // Where the node has no date, the uptimes come first.
        if (lines.Count == 0 || lines[0].Contains(' '))
            return null;

        // A date without fractions (busybox) prints nothing, or the %N itself, behind the point.
        var parts = lines[0].Trim().Split('.');
        if (!long.TryParse(parts[0], NumberStyles.AllowLeadingSign, null, out var seconds) || Math.Abs((double)seconds) > Limit)
            return null;
        var fraction = parts.Length == 2 && parts[1].Length == 9
            && int.TryParse(parts[1], NumberStyles.None, null, out var nanoseconds)
            ? nanoseconds / 1e9 : (double?)null;
        return new ClockReading(seconds + (fraction ?? 0), fraction is null ? 1 : 0, lines.Count > 1 ? Duration(lines[1]) : null);
    }

    private static TimeSpan? Duration(string line)
    {
        var words = line.Split(' ');
        if (words.Length != 2 || !Uptime(words[0], out var started) || !Uptime(words[1], out var ended))
            return null;
        var seconds = ended - started;
        return seconds is >= 0 and < 86400 ? TimeSpan.FromSeconds(seconds) : null;
    }

    private static bool Uptime(string text, out double seconds) =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out seconds);
}
