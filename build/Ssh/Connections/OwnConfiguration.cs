namespace KubeLab.Ssh;

/// <summary>The configuration files of OpenSSH that are read without being named: the user's and the machine's.</summary>
internal static class OwnConfiguration
{
    /// <summary>Whether a line in one of them begins with one of these, or includes a file that may hold anything.</summary>
    public static bool Mentions(params IReadOnlyList<string> keywords) => Files().Any(file => Mentions(file, keywords));

    private static IEnumerable<string> Files()
    {
        const string more = "/etc/ssh/ssh_config.d";
        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        string[] files = [Path.Combine(home, ".ssh", "config"), "/etc/ssh/ssh_config"];
        return files.Where(File.Exists).Concat(Directory.Exists(more) ? Directory.EnumerateFiles(more, "*.conf") : []);
    }

    // Debian's own file includes the folder that is read anyway, and names the options in comments.
    private static bool Mentions(string file, IReadOnlyList<string> keywords)
    {
        try
        {
            return File.ReadLines(file).Select(line => line.Trim()).Any(line =>
                keywords.Any(keyword => line.StartsWith(keyword, StringComparison.OrdinalIgnoreCase))
                || (line.StartsWith("Include", StringComparison.OrdinalIgnoreCase) && !line.Contains("/etc/ssh/ssh_config.d/")));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
