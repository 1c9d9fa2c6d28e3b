namespace KubeLab.Preflight;

/// <summary>Compares kernels by the figures of their release, as the playbooks do: <c>6.1.0-18-amd64</c> is 6.1.0.</summary>
internal static class KernelVersion
{
    /// <summary>The figures of a release, or null where it has none.</summary>
    public static Version? Parse(string? release)
    {
        if (release is null)
            return null;
        var end = release.AsSpan().IndexOfAnyExceptInRange('.', '9');
        return Version.TryParse((end < 0 ? release : release[..end]).TrimEnd('.', '/'), out var version) ? version : null;
    }
}
