namespace KubeLab.Machine;

/// <summary>Finds programs as root's shell would, also where PATH lacks the system's directories.</summary>
internal static class Which
{
    private static readonly IReadOnlyList<string> SystemDirectories = ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"];

    /// <summary>The program's path, or null where there is none.</summary>
    public static string? Find(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries)
        .Concat(SystemDirectories)
        .Select(directory => $"{directory}/{program}")
        .FirstOrDefault(File.Exists);
}
