namespace KubeLab.Preflight;

/// <summary>Tells which lock files are locked: <c>ls -i</c> names their inodes, /proc/locks (proc(5)) the inodes that are locked.</summary>
internal static class PackageLockParser
{
    /// <summary>Reads the lines of both.</summary>
    /// <param name="lines">
    /// Lines such as <c>1: POSIX  ADVISORY  WRITE 1234 fe:00:5678 0 EOF</c> and <c>5678 /var/lib/dpkg/lock</c>.
    /// </param>
    /// <returns>The lock files that somebody holds.</returns>
    public static IReadOnlyList<string> Parse(IReadOnlyList<string> lines)
    {
        var split = lines.Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)).ToList();
        var locked = split.Where(words => words.Length >= 8 && words[0].EndsWith(':') && words[1] != "->")
            .Select(words => words[5].Split(':')[^1]).ToHashSet();
        return [.. split.Where(words => words is [var inode, ['/', ..]] && locked.Contains(inode)).Select(words => words[1])];
    }
}
