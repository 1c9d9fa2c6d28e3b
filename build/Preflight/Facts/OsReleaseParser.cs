namespace KubeLab.Preflight;

/// <summary>Reads os-release(5): shell assignments, one a line, possibly quoted.</summary>
internal static class OsReleaseParser
{
    /// <summary>Reads the file's lines; unknown keys and lines that are no assignment are left out.</summary>
    public static OsRelease Parse(IReadOnlyList<string> lines)
    {
        var values = new Dictionary<string, string>();
        foreach (var line in lines)
        {
            var parts = line.Split('=', 2);
            if (parts.Length == 2 && !line.StartsWith('#'))
                values[parts[0].Trim()] = Unquoted(parts[1].Trim());
        }

        // The defaults are os-release(5)'s own.
        return new OsRelease(
            values.GetValueOrDefault("ID", "linux"),
            values.GetValueOrDefault("VERSION_ID"),
            values.GetValueOrDefault("PRETTY_NAME", values.GetValueOrDefault("NAME", "Linux")));
    }

    private static string Unquoted(string value)
    {
        try
        {
            return string.Join(' ', ShellWords.Split(value));
        }
        catch (FormatException)
        {
            return value;
        }
    }
}
