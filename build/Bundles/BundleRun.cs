using System.Net.Http;

namespace KubeLab.Bundles;

/// <summary>Loads a bundle: what fails is said and the rest goes on; what is there and whole is kept.</summary>
public sealed class BundleRun(
    CommandRunner commands, ConsoleLog log, TimeProvider time, BundleSource source, string directory)
{
    private readonly List<BundledArtifact> loaded = [];
    private readonly List<MissingArtifact> missing = [];

    /// <summary>Lists what would be loaded with its size, and loads nothing.</summary>
    /// <param name="parts">Only these parts.</param>
    public async Task ListAsync(BundlePlan plan, IReadOnlyList<string> parts, CancellationToken cancellationToken = default)
    {
        using var http = Client();
        var files = new FileLoader(source, http, time);
        var images = new ImageLoader(commands, source, plan.System.Architecture);
        var wanted = plan.Downloads.Where(each => parts.Contains(each.Part)).ToList();
        var sizes = await log.WatchAsync($"Asking {source} for {wanted.Count} sizes", SizesAsync());
        var table = new ConsoleTable().Columns("what", "").Figures("size").Wide("from");
        foreach (var (each, (size, problem)) in wanted.Zip(sizes))
            table.Row(
                each.Download.Name, each.Part, size is { } bytes ? Megabytes(bytes) : "?", problem ?? each.Download.Reference);
        if (parts.Contains(BundleParts.Packages))
            table.Row(
                $"{plan.List.Packages.Count} packages", BundleParts.Packages, "?",
                $"{string.Join(' ', plan.List.Packages)}, and what they depend on");
        table.Show(log);
        var known = sizes.Sum(each => each.Size ?? 0);
        log.Info(
            $"{plan.Downloads.Count(each => each.Image is null)} files and "
            + $"{plan.Downloads.Count(each => each.Image is not null)} images, of {plan.List.Known} downloads that {plan.Release} "
            + $"knows; {(known > 0 ? $"at least {Megabytes(known)}" : "of sizes that nobody told")}, for {plan.System.Id} on {plan.System.Architecture} ({plan.System.Source}).");

        async Task<List<(long? Size, string? Problem)>> SizesAsync()
        {
            var found = new List<(long? Size, string? Problem)>();
            foreach (var each in wanted)
            {
                try
                {
                    var size = await FirstAsync(each, from => each.Image is null
                        ? files.SizeAsync(from, cancellationToken) : images.SizeAsync(from, cancellationToken));
                    found.Add((size.Result, null));
                }
                catch (LoadFailure failure)
                {
                    found.Add((null, failure.Message));
                }
            }

            return found;
        }
    }

    /// <summary>Loads all of it, and writes the manifest.</summary>
    /// <param name="parts">Only these parts.</param>
    /// <exception cref="UserError">Something is missing, the disk is full, or the folder holds another bundle.</exception>
    public async Task<BundleFolder> LoadAsync(
        BundlePlan plan, IReadOnlyList<string> parts, BundleToolchain? toolchain = null,
        CancellationToken cancellationToken = default)
    {
        RefuseOther(plan);
        using var held = TakeFolder();
        using var http = Client();
        var files = new FileLoader(source, http, time);
        var images = new ImageLoader(commands, source, plan.System.Architecture);
        var wanted = plan.Downloads.Where(each => parts.Contains(each.Part)).ToList();
        foreach (var (number, each) in wanted.Index())
        {
            if (!each.IsLed)
                log.Warning(
                    $"{each.Download.Name}: no variable of {plan.Release} leads {each.Download.Reference} elsewhere, so nodes will ask for it there.");
            await LoadAsync(each, $"{number + 1}/{wanted.Count}");
        }

        if (parts.Contains(BundleParts.Packages))
            await new PackageLoader(commands, log, source, directory).LoadAsync(
                plan, toolchain?.PackageSources ?? [], loaded, missing, cancellationToken);
        if (toolchain is not null)
            await new ToolchainLoader(commands, log, source, directory).LoadAsync(
                toolchain, parts, loaded, missing, cancellationToken);
        var bundle = new BundleFolder(directory, Manifest(plan, parts));
        Aside.Write(Path.Combine(directory, BundleManifest.FileName), RecordJson.Write(bundle.Manifest));
        Conclude(bundle);
        return bundle;

        async Task LoadAsync(PlannedDownload each, string count)
        {
            var destination = Path.Combine(directory, each.Path);
            var bytes = 0L;
            try
            {
                var work = LoadOneAsync();
                await log.WatchAsync(
                    $"{count} {each.Download.Name}: {each.Download.Reference}", work,
                    () => Megabytes(Interlocked.Read(ref bytes)));
                loaded.Add(await work);
            }
            catch (LoadFailure failure)
            {
                Fail(each.Part, each.Download.Name, each.Download.Reference, failure.Message);
            }

            async Task<BundledArtifact> LoadOneAsync()
            {
                var (from, _) = await FirstAsync(each, async reference =>
                {
                    if (each.Image is null)
                        await files.LoadAsync(
                            reference, each.Download.Checksum, destination, count => Interlocked.Add(ref bytes, count),
                            cancellationToken);
                    else
                        await images.LoadAsync(reference, destination, cancellationToken);
                    return true;
                });
                if (each.Image is null)
                    return new BundledArtifact(
                        each.Part, each.Download.Name, from, each.Path, new FileInfo(destination).Length,
                        await FileDigest.OfAsync(destination, "sha256", cancellationToken));
                var (digest, size) = (await ImageFolder.ReadAsync(destination, cancellationToken))!.Value;
                return new BundledArtifact(each.Part, each.Download.Name, from, each.Path, size, digest)
                { Image = each.Image, Digest = $"sha256:{digest}" };
            }
        }
    }

    // Where the inventory leads to a mirror that lacks it, the release's own host may have it.
    private static async Task<(string From, T Result)> FirstAsync<T>(PlannedDownload each, Func<string, Task<T>> load)
    {
        var said = new List<string>();
        foreach (var reference in each.References)
        {
            try
            {
                return (reference, await load(reference));
            }
            catch (LoadFailure failure)
            {
                said.Add(failure.Message);
            }
        }

        throw new LoadFailure(string.Join("; ", said), isPassing: false);
    }

    private void RefuseOther(BundlePlan plan)
    {
        if (BundleFolder.Find(directory) is not { } other)
            return;
        if ((other.Tree, other.Architecture, other.System) != (plan.Tree, plan.System.Architecture, plan.System.Id))
            throw new UserError(
                $"{directory} holds a bundle for {other.Release}, {other.System} on {other.Architecture}, and one for "
                    + $"{plan.Release}, {plan.System.Id} on {plan.System.Architecture} is to be made.",
                "Name another folder with --bundle.");
    }

    // Two at once would each take the other's unfinished files for its own.
    private FileStream TakeFolder()
    {
        Directory.CreateDirectory(directory);
        try
        {
            return new FileStream(Path.Combine(directory, ".lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException exception)
        {
            throw new UserError(
                $"Another BundleArtifacts is at work in {directory}.", "Wait for it to end, or end it.", exception);
        }
    }

    private BundleManifest Manifest(BundlePlan plan, IReadOnlyList<string> parts) => new()
    {
        Release = plan.Release,
        Tree = plan.Tree,
        Kubernetes = plan.List.Kubernetes,
        Architecture = plan.System.Architecture,
        System = plan.System.Id,
        Parts = parts,
        Artifacts = loaded,
        Missing = missing,
        Offline = plan.Offline,
    };

    private void Fail(string part, string name, string from, string why)
    {
        log.Failure($"{name} ({from}): {why}");
        missing.Add(new MissingArtifact(part, name, from, why));
    }

    private void Conclude(BundleFolder bundle)
    {
        if (missing.Count > 0)
            throw new UserError(
                $"{missing.Count} of {missing.Count + loaded.Count} artifacts could not be bundled:\n"
                    + string.Join('\n', missing.Select(each => $"  {each.Name} ({each.Source}): {each.Why}")),
                "What could be is kept: once that is mended, run BundleArtifacts again.");
        log.Done(
            $"{loaded.Count} artifacts, {Megabytes(loaded.Sum(each => each.Size))}, in {bundle.Path}: {bundle.Manifest.Release} with Kubernetes {bundle.Manifest.Kubernetes} for {bundle.Manifest.System} on {bundle.Manifest.Architecture}");
    }

    private static string Megabytes(long bytes) => $"{bytes / 1024d / 1024d:0.0} MB";

    private static HttpClient Client() =>
        new(new SocketsHttpHandler { ConnectTimeout = TimeSpan.FromSeconds(15) }) { Timeout = TimeSpan.FromMinutes(30) };
}
