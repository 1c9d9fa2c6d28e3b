namespace KubeLab.Preflight;

/// <summary>Reads <c>stat -f</c>, and <c>df -Pk</c> where there is none.</summary>
internal static class FileSystemParser
{
    /// <summary>Reads the lines; those that are of neither form are left out.</summary>
    /// <param name="lines">Lines such as <c>stat 2a4c 4096 1003 734 512 491 /var/lib</c>, or a line <c>paths / /var/lib</c> and
    /// what df says of them.</param>
    public static IReadOnlyList<FileSystem> Parse(IReadOnlyList<string> lines)
    {
        var split = lines.Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)).ToList();
        var paths = split.Find(words => words is ["paths", ..])?.Skip(1).ToList() ?? [];
        var byDf = split.Select(Df).OfType<FileSystem>().ToList();
        return byDf.Count > 0 && byDf.Count == paths.Count
            ? [.. byDf.Zip(paths, (system, path) => system with { Path = path })]
            : [.. split.Select(Stat).OfType<FileSystem>(), .. byDf];
    }

    // "stat ID BLOCK-SIZE BLOCKS FREE INODES FREE-INODES PATH"
    private static FileSystem? Stat(string[] words)
    {
        if (words is not ["stat", var id, .. var figures, var path]
            || Figures(figures) is not [var size, var blocks, var free, var inodes, var freeInodes])
            return null;
        var all = Saturated(blocks, size);
        return new FileSystem(id, path, all, Math.Min(Saturated(free, size), all), inodes, freeInodes);
    }

    // "FILESYSTEM KILOBYTES USED FREE PERCENT MOUNT-POINT"
    private static FileSystem? Df(string[] words)
    {
        if (words.Length != 6 || !words[4].EndsWith('%') || Figures([words[1], words[3]]) is not [var size, var free])
            return null;
        return new FileSystem(words[0], words[5], Saturated(size, 1024), Saturated(free, 1024), 0, 0);
    }

    private static long[]? Figures(IReadOnlyList<string> words)
    {
        var figures = words.Select(word => long.TryParse(word, NumberStyles.None, null, out var figure) ? figure : -1).ToArray();
        return figures.Contains(-1) ? null : figures;
    }

    // Some network file systems claim more than 8 exabytes.
    private static long Saturated(long count, long unit) => (long)Int128.Min((Int128)count * unit, long.MaxValue);
}
