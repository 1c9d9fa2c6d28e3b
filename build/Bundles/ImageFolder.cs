namespace KubeLab.Bundles;

/// <summary>
/// An image as skopeo's transport <c>dir:</c> keeps it: its manifest as it is, so that its digest stays, and its blobs by their
/// digests.
/// </summary>
internal static class ImageFolder
{
    private const string Manifest = "manifest.json";

    /// <summary>The folder of an image in a bundle, relative to it.</summary>
    public static string PathOf(string image)
    {
        var at = image.IndexOf('@');
        var colon = image.LastIndexOf(':');
        var (name, tag) = at > 0 ? (image[..at], image[(at + 1)..].Replace(':', '-'))
            : colon > image.LastIndexOf('/') ? (image[..colon], image[(colon + 1)..]) : (image, "latest");
        return $"{BundleParts.Images}/{name}/{tag}";
    }

    /// <summary>What it holds.</summary>
    /// <returns>Null where there is no image.</returns>
    public static async Task<(string Digest, long Size)?> ReadAsync(string folder, CancellationToken cancellationToken)
    {
        var manifest = Path.Combine(folder, Manifest);
        if (!File.Exists(manifest))
            return null;
        var size = new DirectoryInfo(folder).EnumerateFiles().Sum(file => file.Length);
        return (await FileDigest.OfAsync(manifest, "sha256", cancellationToken), size);
    }

    /// <summary>What is wrong with it; null for nothing.</summary>
    /// <param name="digest">The SHA-256 that its manifest has to have; null where any will do.</param>
    public static async Task<string?> ProblemAsync(string folder, string? digest, CancellationToken cancellationToken)
    {
        if (await ReadAsync(folder, cancellationToken) is not { } image)
            return "it is not there";
        if (digest is not null && image.Digest != digest)
            return $"its manifest has changed: sha256 {image.Digest}, and {digest} was bundled";
        return await PartsProblemAsync(folder, Path.Combine(folder, Manifest), cancellationToken);
    }

    private static async Task<string?> PartsProblemAsync(string folder, string manifest, CancellationToken cancellationToken)
    {
        List<Part> parts;
        try
        {
            parts = PartsOf(JsonSerializer.Deserialize<JsonElement>(await File.ReadAllBytesAsync(manifest, cancellationToken)));
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            return $"its manifest can't be read: {exception.Message}";
        }

        foreach (var part in parts)
        {
            // Of an image for several architectures, each has a manifest of its own.
            var own = Path.Combine(folder, $"{part.Hex}.{Manifest}");
            var file = part.IsManifest ? own : Path.Combine(folder, part.Hex);
            if (!File.Exists(file))
                return $"{part.Hex[..Math.Min(12, part.Hex.Length)]} of it is not there";
            if (new FileInfo(file).Length != part.Size || await FileDigest.OfAsync(file, "sha256", cancellationToken) != part.Hex)
                return $"{Path.GetFileName(file)} of it is not what was bundled";
            if (part.IsManifest && await PartsProblemAsync(folder, file, cancellationToken) is { } problem)
                return problem;
        }

        return null;
    }

    private sealed record Part(string Hex, long Size, bool IsManifest);

    // OCI's image index or image manifest (image-spec), and Docker's, which have the same fields.
    private static List<Part> PartsOf(JsonElement manifest)
    {
        if (manifest.TryGetProperty("manifests", out var manifests))
            return [.. manifests.EnumerateArray().Select(each => Of(each, isManifest: true))];
        return [Of(manifest.GetProperty("config"), isManifest: false),
            .. manifest.GetProperty("layers").EnumerateArray().Select(each => Of(each, isManifest: false))];
    }

    private static Part Of(JsonElement descriptor, bool isManifest) => new(
        (descriptor.GetProperty("digest").GetString() ?? "").Replace("sha256:", ""), descriptor.GetProperty("size").GetInt64(),
        isManifest);
}
