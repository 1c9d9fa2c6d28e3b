using System.IO.Compression;

namespace KubeLab.Bundles;

/// <summary>
/// Loads the packages of the nodes' operating system, with all that they depend on, as if nothing were installed, and makes a
/// repository of them. apt does it in a folder of its own: nothing of this machine's packages is asked or changed.
/// </summary>
internal sealed class PackageLoader(CommandRunner commands, ConsoleLog log, BundleSource source, string directory)
{
    private const string Index = "Packages.gz";
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(20);

    /// <summary>Loads them.</summary>
    /// <param name="sources">Lines of sources.list(5); none for this machine's own.</param>
    public async Task LoadAsync(
        BundlePlan plan, IReadOnlyList<string> sources, List<BundledArtifact> loaded, List<MissingArtifact> missing,
        CancellationToken cancellationToken)
    {
        var folder = Directory.CreateDirectory(Path.Combine(directory, BundleParts.Packages, plan.System.Id)).FullName;
        try
        {
            if (source.Folder is { } there && sources.Count == 0)
                Copy(Path.Combine(there, BundleParts.Packages, plan.System.Id), folder);
            else
                await FetchAsync(plan, sources, folder, missing, cancellationToken);
            foreach (var file in Directory.EnumerateFiles(folder).Order(StringComparer.Ordinal))
                loaded.Add(
                    await BundledFile.OfAsync(directory, BundleParts.Packages, Path.GetFileName(file), file, cancellationToken));
        }
        catch (LoadFailure failure)
        {
            log.Failure($"Packages of {plan.System.Id}: {failure.Message}");
            missing.Add(new MissingArtifact(BundleParts.Packages, plan.System.Id, "apt", failure.Message));
        }
    }

    private static void Copy(string from, string to)
    {
        if (!File.Exists(Path.Combine(from, Index)))
            throw new LoadFailure($"{from} is no repository: it has no {Index}", isPassing: false);
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
            BundledFile.Copy(file, Path.Combine(to, Path.GetRelativePath(from, file)));
    }

    private async Task FetchAsync(
        BundlePlan plan, IReadOnlyList<string> sources, string folder, List<MissingArtifact> missing,
        CancellationToken cancellationToken)
    {
        if (!plan.System.UsesApt)
            throw new LoadFailure(
                $"KubeLab bundles packages of systems with apt alone; {plan.System.Id} needs a mirror of its own for {string.Join(' ', plan.List.Packages)}",
                isPassing: false);
        if (Which.FindAsRoot("apt-get") is null)
            throw new LoadFailure("there is no apt-get here: bundle them on a machine with Debian or Ubuntu", isPassing: false);
        if (sources.Count == 0 && !IsThisMachine(plan.System.Id))
            throw new LoadFailure(
                $"this machine is no {plan.System.Id}, so its own sources don't serve: name one with --package-sources 'deb http://deb.debian.org/debian bookworm main'",
                isPassing: false);
        var apt = new PrivateApt(commands, Path.Combine(directory, ".apt"), plan.System.Architecture, sources, Limit);
        await log.WatchAsync("Reading the package lists", apt.UpdateAsync(cancellationToken));
        var known = await apt.KnownAsync(plan.List.Packages, cancellationToken);
        foreach (var package in plan.List.Packages.Except(known))
        {
            log.Failure($"{package} ({plan.System.Id}): there is no package of this name");
            missing.Add(new MissingArtifact(BundleParts.Packages, package, plan.System.Id, "there is no package of this name"));
        }

        var archives = await log.WatchAsync(
            $"Loading {known.Count} packages of {plan.System.Id} and what they depend on",
            apt.DownloadAsync(known, cancellationToken));
        foreach (var archive in archives)
            BundledFile.Copy(archive, Path.Combine(folder, Path.GetFileName(archive).Replace("%3a", "_")));
        await WriteIndexAsync(folder, cancellationToken);
    }

    // As dpkg-scanpackages(1) does it: what each package says of itself, where it is, and how to know it.
    private async Task WriteIndexAsync(string folder, CancellationToken cancellationToken)
    {
        var index = new StringBuilder();
        foreach (var file in Directory.EnumerateFiles(folder, "*.deb").Order(StringComparer.Ordinal))
        {
            var fields = await commands.RunAsync(
                CommandLine.Of("dpkg-deb", "--field", file), cancellationToken: cancellationToken);
            if (!fields.Succeeded)
                throw new LoadFailure($"{Path.GetFileName(file)}: {BundledFile.Said(fields)}", isPassing: false);
            index.Append(fields.StandardOutput.TrimEnd()).Append('\n')
                .Append(CultureInfo.InvariantCulture, $"Filename: ./{Path.GetFileName(file)}\n")
                .Append(CultureInfo.InvariantCulture, $"Size: {new FileInfo(file).Length}\n")
                .Append(
                    CultureInfo.InvariantCulture, $"SHA256: {await FileDigest.OfAsync(file, "sha256", cancellationToken)}\n\n");
        }

        Aside.Write(Path.Combine(folder, Index), stream =>
        {
            using var compressed = new GZipStream(stream, CompressionLevel.Optimal);
            compressed.Write(Encoding.UTF8.GetBytes(index.ToString()));
        });
    }

    private static bool IsThisMachine(string system)
    {
        var lines = File.Exists("/etc/os-release") ? File.ReadAllLines("/etc/os-release") : [];
        return lines.Contains($"ID={system[..system.LastIndexOf('-')]}")
            && lines.Any(line => line.Replace("\"", "") == $"VERSION_ID={system[(system.LastIndexOf('-') + 1)..]}");
    }
}

/// <summary>apt in a folder of its own, as if nothing were installed (apt.conf(5)).</summary>
internal sealed class PrivateApt(
    CommandRunner commands, string directory, string architecture, IReadOnlyList<string> sources, TimeSpan limit)
{
    private readonly string archives = Path.Combine(directory, "cache", "archives");

    /// <summary>Reads the package lists.</summary>
    public async Task<CommandResult> UpdateAsync(CancellationToken cancellationToken)
    {
        foreach (var folder in new[] { "lists/partial", "cache/archives/partial", "none" })
            Directory.CreateDirectory(Path.Combine(directory, folder));
        await File.WriteAllTextAsync(Path.Combine(directory, "status"), "", cancellationToken);
        // What lies in a folder, apt would take from there without a copy.
        if (sources.Count > 0)
            await File.WriteAllTextAsync(
                Path.Combine(directory, "sources.list"),
                string.Concat(sources.Select(source => $"{source.Replace(" file:", " copy:", StringComparison.Ordinal)}\n")),
                cancellationToken);
        return await RunAsync("apt-get", ["update"], cancellationToken);
    }

    /// <summary>Those of some packages that there are.</summary>
    public async Task<IReadOnlyList<string>> KnownAsync(IReadOnlyList<string> packages, CancellationToken cancellationToken)
    {
        if (packages.Count == 0)
            return [];
        var names = await RunAsync("apt-cache", ["pkgnames"], cancellationToken);
        var known = names.StandardOutput.Split('\n').ToHashSet(StringComparer.Ordinal);
        return [.. packages.Where(known.Contains)];
    }

    /// <summary>Loads packages and what they depend on.</summary>
    /// <returns>The archives.</returns>
    public async Task<IReadOnlyList<string>> DownloadAsync(IReadOnlyList<string> packages, CancellationToken cancellationToken)
    {
        if (packages.Count == 0)
            return [];
        await RunAsync(
            "apt-get", ["--yes", "--quiet", "--no-install-recommends", "--download-only", "install", .. packages],
            cancellationToken);
        return Directory.GetFiles(archives, "*.deb");
    }

    private async Task<CommandResult> RunAsync(
        string program, IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        string[] own =
        [
            .. Option("Dir::State::lists", "lists"), .. Option("Dir::State::status", "status"),
            .. Option("Dir::State::extended_states", "extended_states"), .. Option("Dir::Cache", "cache"),
            .. sources.Count == 0 ? [] : Option("Dir::Etc::sourcelist", "sources.list"),
            .. sources.Count == 0 ? [] : Option("Dir::Etc::sourceparts", "none"),
            .. Option("Dir::Etc::preferencesparts", "none"), .. Option("Dir::Etc::preferences", "no-preferences"),
            "-o", $"APT::Architecture={architecture}", "-o", $"APT::Architectures={architecture}",
            "-o", "APT::Sandbox::User=root", "-o", "Debug::NoLocking=true", "-o", "APT::Update::Post-Invoke-Success::=",
        ];
        var command = new CommandLine(program, [.. own, .. arguments]) with
        {
            Timeout = limit,
            Environment = new Dictionary<string, string?> { ["DEBIAN_FRONTEND"] = "noninteractive", ["LC_ALL"] = "C" },
        };
        var result = await commands.RunToLimitAsync(command, cancellationToken: cancellationToken);
        cancellationToken.ThrowIfCancellationRequested();
        return result.Succeeded ? result : throw new LoadFailure(
            $"{program} {arguments[0]}: {BundledFile.Said(result)}", isPassing: false);
    }

    private string[] Option(string name, string file) => ["-o", $"{name}={Path.Combine(directory, file)}"];
}
