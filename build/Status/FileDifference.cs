using KubeLab.Ansible;

namespace KubeLab.Status;

/// <summary>A file that is not as the release would write it now.</summary>
/// <param name="Node">The node that has it.</param>
/// <param name="IsMissing">Whether it isn't there at all.</param>
/// <param name="Lines">The lines that differ, secrets withheld: <c>-</c> is there, <c>+</c> would be written.</param>
/// <param name="Changed">How many lines differ.</param>
public sealed record FileDifference(string Node, string Path, bool IsMissing, IReadOnlyList<string> Lines, int Changed)
{
    private const int Most = 60;
    private const string StandIn = "xxxxxxxxxxxxxxxxxxxx";

    /// <summary>The file as the release would write it.</summary>
    [JsonIgnore]
    public WrittenFile File { get; init; } = new(Node, Path, "", null, "", 0, "");

    /// <summary>All of a scene, in the order of the nodes.</summary>
    public static IReadOnlyList<FileDifference> All(StatusScene scene) =>
    [
        .. scene.Nodes.Where(node => node.Says is not null).SelectMany(node => scene.Release.Written
            .Where(file => file.Host == node.Name && node.Says!.Files.ContainsKey(file.Dest)
                && !node.Says.Unreadable.Contains(file.Dest))
            .Select(file => Of(file, node.Says!.Files[file.Dest], scene.Mask))).OfType<FileDifference>(),
    ];

    /// <summary>Compares a file with what a node has.</summary>
    /// <param name="found">What it has; null for nothing.</param>
    /// <param name="mask">Masks what is known as secret.</param>
    /// <returns>What differs; null for nothing.</returns>
    public static FileDifference? Of(WrittenFile wanted, string? found, Func<string, string> mask)
    {
        if (found is null)
            return new FileDifference(wanted.Host, wanted.Dest, true, [], 0) { File = wanted };
        if (found == wanted.Content || IsSameYaml(wanted, found))
            return null;
        var lines = WithoutStandIns(LineDifference.Of(found, wanted.Content));
        if (lines.Count == 0)
            return null;
        return new FileDifference(
            wanted.Host, wanted.Dest, false, [.. lines.Take(Most).Select(line => SecretLine.Withhold(mask(line)))], lines.Count)
        { File = wanted };
    }

    // A password that the release makes once has a stand-in in the rehearsal (lookup/password.py): it can't be compared, nor can
    // the line that stands in its place.
    private static List<string> WithoutStandIns(IReadOnlyList<string> lines)
    {
        List<string> left = [.. lines];
        foreach (var line in lines.Where(line => line[0] == '+' && line.Contains(StandIn, StringComparison.Ordinal)))
        {
            left.Remove(line);
            var begin = line[1..line.IndexOf(StandIn, StringComparison.Ordinal)];
            if (left.FindIndex(other => other[0] == '-' && other[1..].StartsWith(begin, StringComparison.Ordinal))
                is >= 0 and var at)
                left.RemoveAt(at);
        }

        return left;
    }

    private static bool IsSameYaml(WrittenFile wanted, string found) =>
        System.IO.Path.GetExtension(wanted.Dest) is ".yaml" or ".yml" or ".conf"
        && YamlEntries.All(wanted.Content) is { } one && YamlEntries.All(found) is { } other && one.Count == other.Count
        && one.Zip(other).All(pair => pair.First.Count == pair.Second.Count
            && pair.First.All(entry => pair.Second.GetValueOrDefault(entry.Key) == entry.Value));
}

/// <summary>The lines in which two texts differ.</summary>
public static class LineDifference
{
    // A table of as many entries as both have lines, multiplied.
    private const int MostLines = 2000;

    /// <summary>The lines, in order: <c>-</c> for those of the first text alone, <c>+</c> for those of the second
    /// alone.</summary>
    public static IReadOnlyList<string> Of(string before, string after)
    {
        var (old, now) = (Lines(before), Lines(after));
        var start = old.Zip(now).TakeWhile(pair => pair.First == pair.Second).Count();
        var end = old.Skip(start).Reverse().Zip(now.Skip(start).Reverse()).TakeWhile(pair => pair.First == pair.Second).Count();
        var (left, right) = (old[start..^end], now[start..^end]);
        return left.Length > MostLines || right.Length > MostLines
            ? [.. left.Select(line => $"-{line}"), .. right.Select(line => $"+{line}")]
            : Walk(left, right, LongestAlike(left, right));
    }

    private static string[] Lines(string text) => text.ReplaceLineEndings("\n").TrimEnd('\n').Split('\n');

    // The length of the longest common subsequence of what follows each pair of lines.
    private static int[,] LongestAlike(string[] left, string[] right)
    {
        var longest = new int[left.Length + 1, right.Length + 1];
        for (var i = left.Length - 1; i >= 0; i--)
        {
            for (var j = right.Length - 1; j >= 0; j--)
                longest[i, j] = left[i] == right[j] ? longest[i + 1, j + 1] + 1 : Math.Max(longest[i + 1, j], longest[i, j + 1]);
        }

        return longest;
    }

    private static List<string> Walk(string[] left, string[] right, int[,] longest)
    {
        var (i, j) = (0, 0);
        List<string> lines = [];
        while (i < left.Length || j < right.Length)
        {
            if (i < left.Length && j < right.Length && left[i] == right[j])
                (i, j) = (i + 1, j + 1);
            else if (i < left.Length && (j == right.Length || longest[i + 1, j] >= longest[i, j + 1]))
                lines.Add($"-{left[i++]}");
            else
                lines.Add($"+{right[j++]}");
        }

        return lines;
    }
}

/// <summary>Withholds values whose names say that they are secret, whoever knows of them.</summary>
public static partial class SecretLine
{
    // What is longer isn't read by anybody, and would take long to look through.
    private const int Longest = 500;

    /// <summary>The line, without such a value.</summary>
    public static string Withhold(string line) =>
        Secret().Replace(line.Length > Longest ? line[..Longest] : line, "${name}(withheld)");

    // A path to a key is none; nor is what is only switched on or off.
    [GeneratedRegex(
        """(?<name>^.*?(pass(word|phrase|wd)?|secret|token|certificatekey|credential|private_?key|key-data|\bkey\b)[\w.-]*["']?\s*[:=]\s*["']?)(?!(true|false|yes|no|\d+[smh]?|/\S*|\{\}|\[\]|)["']?\s*$)\S.*$""",
        RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 60_000)]
    private static partial Regex Secret();
}
