namespace KubeLab.Machine;

/// <summary>Finds programs.</summary>
public static class Which
{
    private static readonly IReadOnlyList<string> SystemDirectories =
        ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"];

    /// <summary>The folders of a PATH.</summary>
    /// <param name="path">The PATH; null for this process's own.</param>
    public static IReadOnlyList<string> Folders(string? path = null) =>
        (path ?? Environment.GetEnvironmentVariable("PATH") ?? "").Split(
            Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);

    /// <summary>The program's path as the user's shell would find it, or null where there is none.</summary>
    public static string? Find(string program) => In(Folders(), program);

    /// <summary>The program's path as root's shell would find it, also where PATH lacks the system's folders.</summary>
    public static string? FindAsRoot(string program) => In(Folders().Concat(SystemDirectories), program);

    private static string? In(IEnumerable<string> folders, string program) =>
        folders.Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);
}
