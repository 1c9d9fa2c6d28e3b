namespace KubeLab.Machine;

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

/// <summary>Short names for contents: the same content has the same name, on every machine and in every run.</summary>
public static class CacheKey
{
    private const int Length = 16;

    /// <summary>The first 16 hexadecimal digits of the SHA-256 of a text in UTF-8.</summary>
    public static string Of(string text) => Of(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    /// <summary>The first 16 hexadecimal digits of a hash that was made already.</summary>
    public static string Of(ReadOnlySpan<byte> hash) => Convert.ToHexStringLower(hash)[..Length];
}
