namespace KubeLab.Clusters;

/// <summary>Time spans as settings write them: <c>90s</c>, <c>2m</c>, <c>1h30m</c>.</summary>
public static partial class Durations
{
    /// <summary>Reads a time span; false where the text is none, or zero.</summary>
    public static bool TryParse(string text, out TimeSpan span)
    {
        span = TimeSpan.Zero;
        if (Notation().Match(text) is not { Success: true } match)
            return false;
        span = TimeSpan.FromHours(Count(match.Groups["hours"])) + TimeSpan.FromMinutes(Count(match.Groups["minutes"]))
            + TimeSpan.FromSeconds(Count(match.Groups["seconds"]));
        return span > TimeSpan.Zero;
    }

    /// <summary>Reads a time span.</summary>
    /// <param name="source">Where it was written: <c>--wait</c>.</param>
    /// <exception cref="UserError">The text is no time span, or zero.</exception>
    public static TimeSpan Parse(string text, string source) => TryParse(text, out var span)
        ? span
        : throw new UserError($"{source} takes a time span such as 90s, 2m or 1h30m, not \"{text}\".");

    private static int Count(Group group) =>
        group.Success ? int.Parse(group.ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture) : 0;

    [GeneratedRegex(@"\A(?=.)((?<hours>[0-9]{1,5})h)?((?<minutes>[0-9]{1,5})m)?((?<seconds>[0-9]{1,6})s)?\z", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Notation();
}
