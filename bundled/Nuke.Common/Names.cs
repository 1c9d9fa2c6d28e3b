using System.Text;

namespace Nuke.Common;

/// <summary>How targets and parameters are called on a command line.</summary>
internal static class Names
{
    /// <summary>Whether two names are the same, apart from case and dashes.</summary>
    public static bool Same(string one, string other) =>
        string.Equals(WithoutDashes(one), WithoutDashes(other), StringComparison.OrdinalIgnoreCase);

    /// <summary>A member's name as an option: <c>PrivateKey</c> is <c>private-key</c>.</summary>
    public static string Dashed(string name)
    {
        var dashed = new StringBuilder();
        for (var i = 0; i < name.Length; i++)
        {
            if (i > 0 && char.IsUpper(name[i]) && char.IsLower(name[i - 1]))
                dashed.Append('-');
            dashed.Append(char.ToLowerInvariant(name[i]));
        }

        return dashed.ToString();
    }

    /// <summary>The name that was probably meant, or null if none is near.</summary>
    public static string? Nearest(string name, IEnumerable<string> known)
    {
        var meant = WithoutDashes(name).ToUpperInvariant();
        return known
            .Select(candidate => (Name: candidate, Distance: Distance(meant, WithoutDashes(candidate).ToUpperInvariant())))
            .Where(candidate => candidate.Distance <= Math.Max(2, meant.Length / 2))
            .OrderBy(candidate => candidate.Distance)
            .Select(candidate => candidate.Name)
            .FirstOrDefault();
    }

    private static string WithoutDashes(string name) => name.Replace("-", "", StringComparison.Ordinal);

    // Levenshtein's distance, two rows at a time.
    private static int Distance(string one, string other)
    {
        var above = Enumerable.Range(0, other.Length + 1).ToArray();
        for (var i = 0; i < one.Length; i++)
        {
            var row = new int[above.Length];
            row[0] = i + 1;
            for (var j = 0; j < other.Length; j++)
            {
                var replaced = above[j] + (one[i] == other[j] ? 0 : 1);
                row[j + 1] = Math.Min(replaced, Math.Min(above[j + 1], row[j]) + 1);
            }

            above = row;
        }

        return above[^1];
    }
}
