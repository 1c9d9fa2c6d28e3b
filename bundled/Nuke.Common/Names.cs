using System.Text;

namespace Nuke.Common;

/// <summary>How targets and parameters are called on a command line.</summary>
internal static class Names
{
    /// <summary>Whether two names are the same, apart from case and dashes.</summary>
    public static bool Same(string one, string other) =>
        string.Equals(WithoutDashes(one), WithoutDashes(other), StringComparison.OrdinalIgnoreCase);

    /// <summary>A member's name as an option: <c>PrivateKey</c> is <c>--private-key</c>.</summary>
    public static string Option(string name)
    {
        var dashed = new StringBuilder("--");
        for (var i = 0; i < name.Length; i++)
        {
            if (i > 0 && char.IsUpper(name[i]) && char.IsLower(name[i - 1]))
                dashed.Append('-');
            dashed.Append(char.ToLowerInvariant(name[i]));
        }

        return dashed.ToString();
    }

    private static string WithoutDashes(string name) => name.Replace("-", "", StringComparison.Ordinal);
}
