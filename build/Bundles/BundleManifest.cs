namespace KubeLab.Bundles;

/// <summary>What a bundle holds and for which deployment: <c>manifest.json</c>, written last.</summary>
public sealed record BundleManifest
{
    /// <summary>The file's name.</summary>
    public static string FileName => "manifest.json";

    /// <summary>The version of this format.</summary>
    public static int Newest => 1;

    public int Version { get; init; } = Newest;

    /// <summary>The distribution, as <c>kubespray v2.31.0</c>.</summary>
    public required string Release { get; init; }

    /// <summary>A fingerprint of what its tree says of downloads: the same wherever the tree lies.</summary>
    public required string Tree { get; init; }

    /// <summary>The version of Kubernetes; null where the release doesn't say.</summary>
    public string? Kubernetes { get; init; }

    /// <summary>The nodes' architecture, as Go names it.</summary>
    public required string Architecture { get; init; }

    /// <summary>The nodes' operating system: <c>debian-12</c>.</summary>
    public required string System { get; init; }

    /// <summary>The parts that were asked for.</summary>
    public IReadOnlyList<string> Parts { get; init; } = [];

    /// <summary>What it holds.</summary>
    public IReadOnlyList<BundledArtifact> Artifacts { get; init; } = [];

    /// <summary>What it lacks; none in a bundle that is whole.</summary>
    public IReadOnlyList<MissingArtifact> Missing { get; init; } = [];

    /// <summary>The release's variables that lead downloads to where the bundle is served.</summary>
    public IReadOnlyDictionary<string, JsonElement> Offline { get; init; } = new Dictionary<string, JsonElement>();
}

/// <summary>The parts of a bundle, by their folders.</summary>
public static class BundleParts
{
    public static string Files => "files";

    public static string Images => "images";

    public static string Packages => "packages";

    public static string Python => "python";

    public static string Collections => "collections";

    /// <summary>All, in the order in which they are loaded.</summary>
    public static IReadOnlyList<string> All { get; } = [Files, Images, Packages, Python, Collections];

    /// <summary>Those that a user names; all where none is.</summary>
    /// <exception cref="UserError">There is no such part.</exception>
    public static IReadOnlyList<string> Choose(IReadOnlyList<string> named) => named.Except(All).FirstOrDefault() is { } unknown
        ? throw new UserError($"--bundle-parts: there is no part {unknown}.", $"Name some of {string.Join(", ", All)}.")
        : named.Count == 0 ? All : [.. All.Where(named.Contains)];
}

/// <summary>A file, or the folder of an image.</summary>
/// <param name="Part">The part that it belongs to.</param>
/// <param name="Name">What the release calls it.</param>
/// <param name="Source">The URL, or the image with its host.</param>
/// <param name="Path">Where it lies, relative to the bundle.</param>
/// <param name="Size">In bytes; of an image with all its layers.</param>
/// <param name="Sha256">Of the file, or of an image's manifest.</param>
public sealed record BundledArtifact(string Part, string Name, string Source, string Path, long Size, string Sha256)
{
    /// <summary>The image in the registry that serves it, without the registry's name; null for a file.</summary>
    public string? Image { get; init; }

    /// <summary>The image's digest, noted as it was loaded; null for a file.</summary>
    public string? Digest { get; init; }
}

/// <summary>What could not be loaded.</summary>
/// <param name="Why">Why, as a sentence without a full stop.</param>
public sealed record MissingArtifact(string Part, string Name, string Source, string Why);
