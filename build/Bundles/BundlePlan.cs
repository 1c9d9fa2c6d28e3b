using KubeLab.Ansible;

namespace KubeLab.Bundles;

/// <summary>What is to be bundled.</summary>
/// <param name="Release">The distribution, as <c>kubespray v2.31.0</c>.</param>
/// <param name="Tree">A fingerprint of what its tree says of downloads.</param>
/// <param name="Downloads">Everything that is downloaded, with where it lies in the bundle.</param>
/// <param name="Offline">The variables that lead there.</param>
public sealed record BundlePlan(
    string Release, string Tree, TargetSystem System, DownloadList List, IReadOnlyList<PlannedDownload> Downloads,
    IReadOnlyDictionary<string, JsonElement> Offline)
{
    private const string Files = "http://bundle.invalid";
    private const string Registry = "bundle.invalid:8081";

    /// <summary>Resolves what a deployment downloads: from where, and where the offline variables lead it.</summary>
    /// <param name="smokeImage">The image of the smoke test, which each deployment ends with.</param>
    /// <exception cref="UserError">Ansible could not resolve it, or nothing is downloaded.</exception>
    public static async Task<BundlePlan> MakeAsync(
        DownloadLister lister, Deployment deployment, TargetSystem system, string smokeImage,
        CancellationToken cancellationToken = default)
    {
        var list = await lister.ListAsync(system, cancellationToken: cancellationToken);
        if (list.Downloads.Count == 0)
            throw new UserError(
                $"{deployment.Distribution.Name} downloads nothing for this inventory.",
                "A bundle is for Kubespray: check distribution, skip_downloads and the groups of the inventory.");
        var (distribution, inventory) = (deployment.Distribution, deployment.Inventory);
        var offline = OfflineVariables.Read(distribution, inventory).Values;
        var forced = OfflineVariables.For(offline, Files, Registry).ToDictionary(each => each.Key, object (each) => each.Value);
        var led = (await lister.ListAsync(system, forced, cancellationToken)).Downloads.ToLookup(each => each.Name);
        // An inventory that leads to a mirror already, perhaps one that is served from the last bundle.
        var originals = OfflineVariables.Originals(distribution, inventory);
        var own = originals.Count == 0 ? led
            : (await lister.ListAsync(system, originals, cancellationToken)).Downloads.ToLookup(each => each.Name);
        var planned = list.Downloads.Select(download =>
            Place(download, Same(download, led), originals.Count == 0 ? null : Same(download, own)?.Reference));
        return new BundlePlan(
            distribution.Name, OfflineVariables.Fingerprint(distribution), system, list,
            [.. planned.Append(SmokeTest(smokeImage)).DistinctBy(each => each.Path)], offline);
    }

    private static Download? Same(Download download, ILookup<string, Download> others) => others[download.Name]
        .FirstOrDefault(each => each.Checksum == download.Checksum && each.Url is null == download.Url is null);

    private static PlannedDownload SmokeTest(string image)
    {
        // As container engines read a name without a host (distribution/reference).
        var first = image.Split('/')[0];
        var isHost = image.Contains('/') && (first.Contains('.') || first.Contains(':') || first == "localhost");
        var full = isHost ? image : image.Contains('/') ? $"docker.io/{image}" : $"docker.io/library/{image}";
        return new PlannedDownload(
            new Download(PlannedDownload.SmokeTest, null, null, full, []), ImageFolder.PathOf(full), WithoutHost(full),
            IsLed: true);
    }

    private static PlannedDownload Place(Download download, Download? led, string? original)
    {
        if (download.Url is { } url)
        {
            var own = new Uri(url);
            var path = led?.Url is { } to && to.StartsWith($"{Files}/", StringComparison.Ordinal)
                ? to[(Files.Length + 1)..].Split('?')[0] : null;
            var place = Uri.UnescapeDataString(path ?? own.Authority + own.AbsolutePath);
            return new PlannedDownload(download, $"{BundleParts.Files}/{place}", null, path is not null) { Original = original };
        }

        var image = led?.Image is { } name && name.StartsWith($"{Registry}/", StringComparison.Ordinal)
            ? name[(Registry.Length + 1)..] : null;
        return new PlannedDownload(
            download, ImageFolder.PathOf(original ?? download.Image!), image ?? WithoutHost(download.Image!), image is not null)
        { Original = original };
    }

    private static string WithoutHost(string image) => image[(image.IndexOf('/') + 1)..];
}

/// <summary>A download, and its place in a bundle.</summary>
/// <param name="Path">Where it lies, relative to the bundle.</param>
/// <param name="Image">The image in the registry that serves it; null for a file.</param>
/// <param name="IsLed">Whether the release's variables lead there.</param>
public sealed record PlannedDownload(Download Download, string Path, string? Image, bool IsLed)
{
    /// <summary>The name of the smoke test's image among downloads.</summary>
    public static string SmokeTest => "smoke_test";

    /// <summary>Where the release itself has it from, where the inventory leads elsewhere; null where it doesn't.</summary>
    public string? Original { get; init; }

    /// <summary>The part that it belongs to.</summary>
    public string Part => Image is null ? BundleParts.Files : BundleParts.Images;

    /// <summary>Where it can be had from, in the order in which it is asked for.</summary>
    public IEnumerable<string> References => new[] { Download.Reference, Original }.OfType<string>().Distinct();
}
