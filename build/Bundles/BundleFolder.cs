using KubeLab.Ansible;
using KubeLab.Distributions;

namespace KubeLab.Bundles;

/// <summary>A bundle on the disk.</summary>
/// <param name="Path">Its folder, absolute.</param>
public sealed record BundleFolder(string Path, BundleManifest Manifest)
{
    private const string Again = "Run BundleArtifacts again: what is there and whole is kept.";

    /// <summary>Reads a bundle.</summary>
    /// <exception cref="UserError">There is none, or its manifest can't be read.</exception>
    public static BundleFolder Open(string path)
    {
        var file = System.IO.Path.Combine(path, BundleManifest.FileName);
        if (!Directory.Exists(path))
            throw new UserError(
                $"There is no bundle in {path}.", "Make one with BundleArtifacts, or name its folder with --bundle.");
        if (!File.Exists(file))
            throw new UserError(
                $"{path} has no {BundleManifest.FileName}: it is no bundle, or BundleArtifacts has not come to its end there.",
                Again);
        try
        {
            return new BundleFolder(path, RecordJson.Read<BundleManifest>(File.ReadAllBytes(file), BundleManifest.Newest));
        }
        catch (JsonException exception)
        {
            throw new UserError($"{file} can't be read: {exception.Message}", Again, exception);
        }
    }

    /// <summary>The manifest of a folder; null where it has none that can be read.</summary>
    public static BundleManifest? Find(string path) =>
        RecordJson.Recall<BundleManifest>(System.IO.Path.Combine(path, BundleManifest.FileName));

    /// <summary>Refuses a bundle for something else than is deployed.</summary>
    /// <param name="architecture">The nodes' architecture; null where nobody has asked them.</param>
    /// <exception cref="UserError">It is of another release or architecture, or lacks something.</exception>
    public void Require(Distribution distribution, string? architecture)
    {
        if (Manifest.Tree != OfflineVariables.Fingerprint(distribution))
            throw new UserError(
                $"The bundle in {Path} is for {Manifest.Release}, and {distribution.Name} is to be deployed, which downloads something else.",
                "Name the bundle of that release with --bundle, or make one with BundleArtifacts.");
        if (architecture is not null && Manifest.Architecture != architecture)
            throw new UserError(
                $"The bundle in {Path} is for {Manifest.Architecture}, and the nodes are {architecture}.",
                "Make one with BundleArtifacts --bundle-architecture.");
        if (Manifest.Missing is [var first, ..])
            throw new UserError(
                $"The bundle in {Path} lacks {Manifest.Missing.Count} of {Manifest.Missing.Count + Manifest.Artifacts.Count} "
                    + $"artifacts, the first of them {first.Name} ({first.Source}): {first.Why}",
                Again);
    }

    /// <summary>Whether it has packages of the operating system.</summary>
    public bool HasPackages => Manifest.Artifacts.Any(each => each.Part == BundleParts.Packages);

    /// <summary>The address of its packages, where its files are served.</summary>
    /// <exception cref="UserError">It has none.</exception>
    public string RepositoryAt(string files) => HasPackages
        ? $"{files}/{BundleParts.Packages}/{Manifest.System}"
        : throw new UserError($"The bundle in {Path} has no packages.", "Leave --redirect-packages out, or bundle them too.");

    /// <summary>The smoke test's image in the registry that serves it; null where the bundle has none.</summary>
    public string? SmokeImageAt(string registry) =>
        Manifest.Artifacts.FirstOrDefault(each => each.Name == PlannedDownload.SmokeTest)?.Image is { } image
            ? $"{registry}/{image}" : null;

    /// <summary>Looks at every file.</summary>
    /// <exception cref="UserError">One is gone, cut off, or not what was bundled.</exception>
    /// <returns>How many there are.</returns>
    public async Task<int> VerifyAsync(CancellationToken cancellationToken = default)
    {
        var wrong = new ConcurrentBag<string>();
        await Parallel.ForEachAsync(Manifest.Artifacts, cancellationToken, async (artifact, ending) =>
        {
            if (await ProblemAsync(artifact, ending) is { } problem)
                wrong.Add($"{artifact.Path}: {problem}");
        });
        if (!wrong.IsEmpty)
            throw new UserError(
                $"The bundle in {Path} is not whole:\n"
                    + string.Join('\n', wrong.Order(StringComparer.Ordinal).Take(10).Select(each => $"  {each}"))
                    + (wrong.Count > 10 ? $"\n  and {wrong.Count - 10} more" : ""),
                Again);
        return Manifest.Artifacts.Count;
    }

    private async Task<string?> ProblemAsync(BundledArtifact artifact, CancellationToken cancellationToken)
    {
        var path = System.IO.Path.Combine(Path, artifact.Path);
        if (artifact.Image is not null)
            return await ImageFolder.ProblemAsync(path, artifact.Sha256, cancellationToken);
        if (!File.Exists(path))
            return "it is not there";
        if (new FileInfo(path).Length is var size && size != artifact.Size)
            return $"it has {size} bytes, and {artifact.Size} were bundled";
        return await FileDigest.OfAsync(path, "sha256", cancellationToken) is var digest && digest != artifact.Sha256
            ? $"its content has changed: sha256 {digest}, and {artifact.Sha256} was bundled" : null;
    }
}

/// <summary>The checksum of a file.</summary>
internal static class FileDigest
{
    /// <summary>Computes it.</summary>
    /// <param name="algorithm">As a release writes it: <c>sha256</c>.</param>
    public static async Task<string> OfAsync(string path, string algorithm, CancellationToken cancellationToken)
    {
        await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 20, useAsync: true);
        var hash = algorithm switch
        {
            "sha256" => await SHA256.HashDataAsync(file, cancellationToken),
            "sha512" => await SHA512.HashDataAsync(file, cancellationToken),
#pragma warning disable CA5350 // The release's own choice of a checksum.
            "sha1" => await SHA1.HashDataAsync(file, cancellationToken),
#pragma warning restore CA5350
            _ => throw new UserError(
                $"{algorithm} is no checksum that KubeLab knows ({Path.GetFileName(path)}).", "Use sha256 or sha512."),
        };
        return Convert.ToHexStringLower(hash);
    }
}
