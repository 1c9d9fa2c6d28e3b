namespace KubeLab.Variables;

/// <summary>Ansible's ranges of host names: <c>k8s-n[0:9]</c>, <c>db-[a:f]</c>, <c>n[01:20:2]</c>.</summary>
public static class HostPattern
{
    /// <summary>Whether a host is one of those that a pattern stands for.</summary>
    public static bool Matches(string pattern, string host)
    {
        var open = pattern.IndexOf('[', StringComparison.Ordinal);
        var close = pattern.IndexOf(']', StringComparison.Ordinal);
        if (open < 0 || close < open)
            return pattern == host || pattern.Split(':')[0] == host;
        var prefix = pattern[..open];
        var range = pattern[(open + 1)..close].Split(':');
        if (!host.StartsWith(prefix, StringComparison.Ordinal) || range.Length is not (2 or 3))
            return false;
        var rest = pattern[(close + 1)..];
        return Enumerable.Range(1, host.Length - prefix.Length)
            .Any(length => InRange(host[prefix.Length..(prefix.Length + length)], range)
                && Matches(rest, host[(prefix.Length + length)..]));
    }

    private static bool InRange(string text, string[] range)
    {
        var step = range.Length == 3 && int.TryParse(range[2], NumberStyles.None, null, out var given) && given > 0 ? given : 1;
        if (Number(range[0]) is { } first && Number(range[1]) is { } last)
        {
            // Leading zeros in the first number set the width.
            var width = range[0].Length > 1 && range[0][0] == '0' ? range[0].Length : 0;
            return Number(text) is { } number && number >= first && number <= last && (number - first) % step == 0
                && (width > 0 ? number.ToString().PadLeft(width, '0') : number.ToString()) == text;
        }

        return text.Length == 1 && range[0].Length == 1 && range[1].Length == 1
            && text[0] >= range[0][0] && text[0] <= range[1][0] && (text[0] - range[0][0]) % step == 0;
    }

    private static long? Number(string text) => long.TryParse(text, NumberStyles.None, null, out var number) ? number : null;
}
