namespace KubeLab.Clusters;

/// <summary>Where KubeLab keeps what can be made again: distributions, virtual environments, the lab's image.</summary>
public static class CacheDirectory
{
    /// <summary><c>$KUBELAB_CACHE</c>, else <c>$XDG_CACHE_HOME/kubelab</c>, else <c>~/.cache/kubelab</c>; absolute.</summary>
    public static string Path { get; } = Find();

    private static string Find()
    {
        if (Environment.GetEnvironmentVariable("KUBELAB_CACHE") is { Length: > 0 } own)
            return System.IO.Path.GetFullPath(own);
        var caches = Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } xdg
            ? xdg
            : System.IO.Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache");
        return System.IO.Path.Combine(caches, "kubelab");
    }
}
