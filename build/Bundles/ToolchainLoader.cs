using KubeLab.Ansible;
using KubeLab.Distributions;

namespace KubeLab.Bundles;

/// <summary>What else a bundle needs to know of its deployment.</summary>
/// <param name="PackageSources">Lines of sources.list(5) for the nodes' system; none where this machine's own serve.</param>
public sealed record BundleToolchain(
    Distribution Distribution, AnsibleToolchain Ansible, AnsibleSettings Settings, IReadOnlyList<string> PackageSources);

/// <summary>What a control machine without the Internet installs Ansible from: wheels of the pins, and the collections.</summary>
internal sealed class ToolchainLoader(CommandRunner commands, ConsoleLog log, BundleSource source, string directory)
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);

    /// <summary>Loads what is asked for.</summary>
    public async Task LoadAsync(
        BundleToolchain toolchain, IReadOnlyList<string> parts, List<BundledArtifact> loaded, List<MissingArtifact> missing,
        CancellationToken cancellationToken)
    {
        if (parts.Contains(BundleParts.Python)
            && toolchain.Distribution.Requirements.PythonFile(toolchain.Settings.Version) is { } pins)
            await OrMissingAsync(
                BundleParts.Python, Path.GetFileName(pins), () => WheelsAsync(toolchain, pins, cancellationToken));
        if (parts.Contains(BundleParts.Collections)
            && GalaxyRequirements.Of(toolchain.Distribution, toolchain.Settings.Version) is { } collections)
            await OrMissingAsync(
                BundleParts.Collections, "collections", () => CollectionsAsync(toolchain, collections, cancellationToken));

        async Task OrMissingAsync(string part, string name, Func<Task> load)
        {
            try
            {
                await load();
                foreach (var file in Directory.EnumerateFiles(Path.Combine(directory, part)).Order(StringComparer.Ordinal))
                    loaded.Add(await BundledFile.OfAsync(directory, part, Path.GetFileName(file), file, cancellationToken));
            }
            catch (LoadFailure failure)
            {
                log.Failure($"{name} ({part}): {failure.Message}");
                missing.Add(new MissingArtifact(part, name, source.ToString(), failure.Message));
            }
        }
    }

    private async Task WheelsAsync(BundleToolchain toolchain, string pins, CancellationToken cancellationToken)
    {
        var python = await new PythonFinder(commands).ForAsync(pins, preferred: null, cancellationToken);
        if (python.Program is null)
            throw new LoadFailure($"no Python here that the pins are for: {python.Problem}", isPassing: false);
        var settings = source.Folder is { } folder
            ? toolchain.Settings with { Wheels = Path.Combine(folder, BundleParts.Python) } : toolchain.Settings;
        var into = Directory.CreateDirectory(Path.Combine(directory, BundleParts.Python)).FullName;
        var packages = new PackageInstaller(null, settings);
        // A Python of the system's may have no pip; an environment has.
        var environment = Path.Combine(directory, ".venv");
        try
        {
            var made = await commands.RunToLimitAsync(
                packages.Create(python.Program, environment), cancellationToken: cancellationToken);
            if (!made.Succeeded)
                throw new LoadFailure(BundledFile.Said(made), isPassing: false);
            await RunAsync(
                packages.Download(Path.Combine(environment, "bin", "python"), into, pins), "Loading the wheels of Ansible",
                cancellationToken);
        }
        finally
        {
            if (Directory.Exists(environment))
                Directory.Delete(environment, recursive: true);
        }
    }

    private async Task CollectionsAsync(BundleToolchain toolchain, string requirements, CancellationToken cancellationToken)
    {
        var into = Directory.CreateDirectory(Path.Combine(directory, BundleParts.Collections)).FullName;
        if (source.Folder is { } folder)
        {
            var there = Path.Combine(folder, BundleParts.Collections);
            var archives = Directory.Exists(there) ? Directory.GetFiles(there, "*.tar.gz") : [];
            if (archives.Length == 0)
                throw new LoadFailure($"{there} has no archives of collections", isPassing: false);
            foreach (var archive in archives)
                BundledFile.Copy(archive, Path.Combine(into, Path.GetFileName(archive)));
            return;
        }

        var file = Path.Combine(into, "requirements-of-release.yml");
        await File.WriteAllTextAsync(file, requirements, cancellationToken);
        var download = toolchain.Ansible.Command("ansible-galaxy", "collection", "download", "-r", file, "-p", into) with
        { Timeout = Limit };
        await RunAsync(download, "Loading the collections", cancellationToken);
    }

    private async Task RunAsync(CommandLine command, string what, CancellationToken cancellationToken)
    {
        log.Command(command);
        var result = await log.WatchAsync(what, commands.RunToLimitAsync(command, cancellationToken: cancellationToken));
        cancellationToken.ThrowIfCancellationRequested();
        if (!result.Succeeded)
            throw new LoadFailure(BundledFile.Said(result), isPassing: false);
    }
}

/// <summary>A file that was put into a bundle by something else than KubeLab.</summary>
internal static class BundledFile
{
    /// <summary>Its entry in the manifest.</summary>
    public static async Task<BundledArtifact> OfAsync(
        string bundle, string part, string source, string file, CancellationToken cancellationToken) => new(
        part, Path.GetFileName(file), source, Path.GetRelativePath(bundle, file), new FileInfo(file).Length,
        await FileDigest.OfAsync(file, "sha256", cancellationToken));

    /// <summary>Copies a file, unless one of its size is there.</summary>
    public static void Copy(string from, string to)
    {
        if (File.Exists(to) && new FileInfo(to).Length == new FileInfo(from).Length)
            return;
        Directory.CreateDirectory(Path.GetDirectoryName(to)!);
        Aside.Write(to, stream =>
        {
            using var file = File.OpenRead(from);
            file.CopyTo(stream);
        });
    }

    /// <summary>The last that a command said before it failed.</summary>
    public static string Said(CommandResult result)
    {
        if (result.TimedOut)
            return $"no end after {result.Command.Timeout.TotalMinutes:0} min";
        var lines = (result.StandardError.Trim() is { Length: > 0 } error ? error : result.StandardOutput.Trim()).Split('\n');
        return PlainText.Line(Array.FindLast(lines, line => line.StartsWith("E: ", StringComparison.Ordinal)
            || line.StartsWith("ERROR", StringComparison.Ordinal)) ?? lines[^1]);
    }
}
