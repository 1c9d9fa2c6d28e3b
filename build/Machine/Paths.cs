namespace KubeLab.Machine;

/// <summary>Where a folder that isn't there yet will be made.</summary>
public static class NearestFolder
{
    /// <summary>The folder itself where it is there, else the nearest above it that is; absolute.</summary>
    public static string Of(string folder)
    {
        var current = Path.GetFullPath(folder);
        while (!Directory.Exists(current) && Path.GetDirectoryName(current) is { } parent)
            current = parent;
        return current;
    }
}

/// <summary>Paths as people write and read them.</summary>
public static class ShownPath
{
    /// <summary>A path as messages show it: relative to a folder where it lies in it.</summary>
    public static string Of(string root, string path)
    {
        var relative = Path.GetRelativePath(root, path);
        return relative.StartsWith("..", StringComparison.Ordinal) ? path : relative.Replace('\\', '/');
    }

    /// <summary>A path whose <c>~</c> is the user's home directory.</summary>
    public static string WithHome(string path) => path == "~" || path.StartsWith("~/", StringComparison.Ordinal)
        ? Environment.GetFolderPath(Environment.SpecialFolder.UserProfile) + path[1..] : path;
}

/// <summary>Paths without symbolic links in them, so that one folder has one name however it is reached.</summary>
public static class RealPath
{
    // As many as Linux follows in one path (path_resolution(7)).
    private const int MostLinks = 40;

    /// <summary>The path of a file or folder with every link in it followed; what isn't there stays as it is written.</summary>
    public static string Of(string path) => Places(path)[^1];

    /// <summary>All folders and links on the way to a file or folder, and in the end its path without links.</summary>
    public static IReadOnlyList<string> Places(string path)
    {
        var left = new Stack<string>(Parts(Path.GetFullPath(path)).Reverse());
        var real = Path.GetPathRoot(Path.GetFullPath(path))!;
        List<string> places = [real];
        for (var links = 0; left.TryPop(out var part);)
        {
            var next = Path.Combine(real, part);
            places.Add(next);
            if (links < MostLinks && new FileInfo(next).LinkTarget is { } target)
            {
                links++;
                var full = Path.GetFullPath(target, real);
                real = Path.GetPathRoot(full)!;
                foreach (var each in Parts(full).Reverse())
                    left.Push(each);
            }
            else
            {
                real = next;
            }
        }

        // Links may have led to what lies higher up.
        if (places[^1] != real)
            places.Add(real);
        return places;
    }

    private static string[] Parts(string path) => path[Path.GetPathRoot(path)!.Length..]
        .Split([Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar], StringSplitOptions.RemoveEmptyEntries);
}
