namespace KubeLab.Distributions;

/// <summary>Symbolic links of a Kubespray tree that were lost in a copy: git without links, or a copy through Windows or a zip
/// archive, leaves small text files with the path in them instead, and the playbooks fail late.</summary>
internal static class BrokenSymlinks
{
    private const int LongestTarget = 200;

    /// <summary>The files that were links, relative to the tree.</summary>
    public static IReadOnlyList<string> In(string directory)
    {
        var modules = Path.Combine(directory, "library");
        var candidates = (Directory.Exists(modules) ? Directory.EnumerateFiles(modules, "*.py") : []).Append(
            Path.Combine(directory, "requirements.txt"));
        return [.. candidates.Where(IsLost).Select(path => Path.GetRelativePath(directory, path)).Order(StringComparer.Ordinal)];
    }

    private static bool IsLost(string path)
    {
        var file = new FileInfo(path);
        if (!file.Exists || file.LinkTarget is not null || file.Length is 0 or > LongestTarget)
            return false;
        var text = File.ReadAllText(path);
        return !text.Contains('\n') && File.Exists(Path.Combine(file.DirectoryName!, text));
    }
}
