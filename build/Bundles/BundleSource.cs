namespace KubeLab.Bundles;

/// <summary>Where a bundle is loaded from: the public hosts themselves, a mirror that has them as its first folders, or a
/// folder on this machine that is laid out like a bundle.</summary>
public sealed class BundleSource
{
    private readonly Uri? mirror;

    private BundleSource(Uri? mirror, string? folder) => (this.mirror, Folder) = (mirror, folder);

    /// <summary>The folder; null where it is none.</summary>
    public string? Folder { get; }

    /// <summary>Whether a registry is asked without TLS.</summary>
    public bool IsPlain => mirror?.Scheme == Uri.UriSchemeHttp;

    /// <summary>Reads what a user names.</summary>
    /// <param name="from">The mirror's URL, a folder, or null for the public hosts.</param>
    /// <exception cref="UserError">It is neither.</exception>
    public static BundleSource Parse(string? from)
    {
        if (from is null)
            return new BundleSource(null, null);
        // Of file:// and a mark of direction Uri.TryCreate throws.
        if (from.StartsWith("http", StringComparison.OrdinalIgnoreCase)
            && Uri.TryCreate(from.TrimEnd('/'), UriKind.Absolute, out var url)
            && (url.Scheme == Uri.UriSchemeHttp || url.Scheme == Uri.UriSchemeHttps))
            return new BundleSource(url, null);
        // What Path.GetFullPath refuses.
        var folder = from.Length == 0 || from.Contains('\0') ? from : Path.GetFullPath(ShownPath.WithHome(from));
        return Directory.Exists(folder) ? new BundleSource(null, folder) : throw new UserError(
            $"--bundle-from {from} is no URL, and no folder of this machine.",
            "Name a mirror (http://mirror.example/), whose first folders are the hosts, or a folder that is laid out like a bundle.");
    }

    /// <summary>In words.</summary>
    public override string ToString() => Folder ?? mirror?.ToString() ?? "the public hosts";

    /// <summary>Where a file is asked for: its own URL, or the mirror's.</summary>
    public Uri Locate(string url)
    {
        var own = new Uri(url);
        return mirror is null ? own : new Uri($"{mirror.ToString().TrimEnd('/')}/{own.Authority}{own.PathAndQuery}");
    }

    /// <summary>The file in the folder; null where it isn't there.</summary>
    public string? Find(string url)
    {
        var own = new Uri(url);
        var path = own.Authority + Uri.UnescapeDataString(own.AbsolutePath);
        string[] candidates = [Path.Combine(Folder!, BundleParts.Files, path), Path.Combine(Folder!, path)];
        return Array.Find(candidates, File.Exists);
    }

    /// <summary>What skopeo reads an image from; several where only trying tells, none where the folder has none.</summary>
    public IReadOnlyList<string> Images(string image)
    {
        if (mirror is not null)
            return [$"docker://{mirror.Authority}{mirror.AbsolutePath.TrimEnd('/')}/{image}"];
        if (Folder is null)
            return [$"docker://{image}"];
        var folder = Path.Combine(Folder, ImageFolder.PathOf(image));
        if (File.Exists(Path.Combine(folder, "oci-layout")))
            return [$"oci:{folder}"];
        if (File.Exists(Path.Combine(folder, "manifest.json")))
            return [$"dir:{folder}"];
        // As Kubespray calls an image in its own cache (roles/download/tasks/set_container_facts.yml).
        var archive = Path.Combine(Folder, BundleParts.Images, $"{image.Replace('/', '_').Replace(':', '_')}.tar");
        return File.Exists(archive) ? [$"docker-archive:{archive}", $"oci-archive:{archive}"] : [];
    }
}
