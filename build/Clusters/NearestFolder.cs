namespace KubeLab.Clusters;

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
