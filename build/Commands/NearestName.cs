namespace KubeLab.Commands;

/// <summary>Finds what a person probably meant by a name that isn't known.</summary>
public static class NearestName
{
    /// <summary>The known name nearest to a mistyped one by edit distance, or null where none is near.</summary>
    /// <param name="tolerance">Which part of the known name may be another; two letters may in any case.</param>
    public static string? Of(string name, IEnumerable<string> known, double tolerance = 1.0 / 3) =>
        known.Select(candidate => (candidate, distance: Distance(Fold(name), Fold(candidate))))
            .Where(pair => pair.distance <= Math.Max(2, (int)(pair.candidate.Length * tolerance)))
            .OrderBy(pair => pair.distance).Select(pair => pair.candidate).FirstOrDefault();

    /// <summary>The words to end an error with: <c> Did you mean X?</c>, or nothing where no name is near.</summary>
    public static string Hint(string name, IEnumerable<string> known) =>
        Of(name, known) is { } nearest ? $" Did you mean {nearest}?" : "";

    private static string Fold(string name) => name.Replace("-", "").Replace("_", "").ToUpperInvariant();

    // Levenshtein, one row at a time.
    private static int Distance(string left, string right)
    {
        var row = Enumerable.Range(0, right.Length + 1).ToArray();
        for (var i = 1; i <= left.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= right.Length; j++)
            {
                var cost = left[i - 1] == right[j - 1] ? 0 : 1;
                (diagonal, row[j]) = (row[j], Math.Min(Math.Min(row[j] + 1, row[j - 1] + 1), diagonal + cost));
            }
        }

        return row[^1];
    }
}
