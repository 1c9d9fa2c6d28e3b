using KubeLab.Distributions;

namespace KubeLab.Ansible;

/// <summary>The roles and then the collections of <c>requirements-{version}.yml</c>, and the collections that an Ansible lacks of
/// those that the distribution's <c>galaxy.yml</c> names or its tree uses: the package ansible brings them all, ansible-core
/// none. They go into the cache and not into the user's home. What was locked is compared with its hash before anything is put
/// in place, as ansible-galaxy knows no such comparison.</summary>
public sealed class GalaxyRequirements(CommandRunner commands, ConsoleLog log, string cacheDirectory)
{
    private const string LockedName = "locked.json";
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);

    // ansible-galaxy downloads without installing from 2.10 on.
    private static readonly Version WithDownload = new(2, 10);

    /// <summary>What ansible-galaxy is told beside KubeLab's own environment.</summary>
    public IReadOnlyDictionary<string, string?> Environment { get; init; } = new Dictionary<string, string?>();

    /// <summary>The requirements file, as text; null where the distribution asks for nothing.</summary>
    public static string? Of(Distribution distribution, string? ansibleVersion) =>
        distribution.Requirements.GalaxyFile(ansibleVersion) is { } file ? File.ReadAllText(file)
        : distribution.Collections.Count == 0 ? null
        : Text(distribution.Collections.Select(
            each => new GalaxyRequirement("collection", each.Key, each.Value, GalaxyDependencies.FileName)));

    private static string Text(IEnumerable<GalaxyRequirement> collections) => "---\ncollections:\n" + string.Concat(
        collections.OrderBy(each => each.Name, StringComparer.Ordinal).Select(each =>
            $"  - name: {each.Name}\n    version: {JsonSerializer.Serialize(each.Version, JsonSerializerOptions.Web)}\n"));

    /// <summary>Installs what is asked for, once.</summary>
    /// <param name="missing">The collections that the Ansible lacks.</param>
    /// <param name="known">The cluster's lock; null where there is none.</param>
    /// <returns>Null where nothing is asked for.</returns>
    /// <exception cref="UserError">ansible-galaxy failed, or something isn't what was locked.</exception>
    public async Task<GalaxyContent?> EnsureAsync(
        AnsibleToolchain toolchain, Distribution distribution, string? ansibleVersion, IReadOnlyList<GalaxyRequirement> missing,
        ToolchainLock? known, CancellationToken cancellationToken)
    {
        var file = distribution.Requirements.GalaxyFile(ansibleVersion);
        if (file is null && missing.Count == 0)
            return null;
        var asked = file is null ? [] : GalaxyDependencies.ReadFile(file);
        foreach (var open in asked.Where(each => each is { Kind: "collection", IsRepository: true }))
            log.Warning($"{open.Source}: no hash can hold {open.Name}, as it is built from a repository.");
        var collections = asked.Where(each => each.Kind == "collection").ToList();
        var exact = known is { Collections.Count: > 0 } && collections.All(each => each.IsNamed) ? known : null;
        var wanted = new Wanted(
            file, asked.Any(each => each.Kind == "role"), exact is null && collections.Count > 0,
            exact is null ? missing : [.. exact.Collections.Select(Exactly)], exact is not null)
        { IsHeld = !collections.Any(each => each.IsRepository) };
        var text = $"{(file is null ? "" : await File.ReadAllTextAsync(file, cancellationToken))}\n{wanted.Text}"
            + (known is null ? "" : RecordJson.Write(known.Roles.Concat(known.Collections)));
        var directory = Path.Combine(cacheDirectory, "galaxy", CacheKey.Of(text));
        if (!Directory.Exists(directory))
            await InstallAsync(toolchain, wanted, known, directory, cancellationToken);
        return RecordJson.Recall<GalaxyContent>(Path.Combine(directory, LockedName)) is { } content
            ? content with { Directory = directory } : new GalaxyContent(directory, [], []);

        static GalaxyRequirement Exactly(LockedContent locked) =>
            new("collection", locked.Name, $"=={locked.Version}", ToolchainLock.FileName);
    }

    // Installed aside and moved into place, so that what an interrupted installation leaves is never taken for the whole.
    private async Task InstallAsync(
        AnsibleToolchain toolchain, Wanted wanted, ToolchainLock? known, string directory, CancellationToken cancellationToken)
    {
        var building = $"{directory}.{Guid.NewGuid():N}";
        try
        {
            Directory.CreateDirectory(building);
            if (wanted is { File: { } roles, HasRoles: true })
            {
                await RunAsync(
                    toolchain, "role", roles, building, ["install", "-r", roles, "-p", Path.Combine(building, "roles")],
                    cancellationToken);
            }

            var content = new GalaxyContent(directory, Roles(building), []);
            if (wanted is { File: { } file, HasCollections: true })
            {
                var found = await CollectionsAsync(toolchain, file, building, content, false, cancellationToken);
                content = wanted.IsHeld ? found : content;
            }

            if (wanted.Collections.Count > 0)
            {
                var generated = Path.Combine(building, "requirements.yml");
                await File.WriteAllTextAsync(generated, wanted.Text, cancellationToken);
                content = await CollectionsAsync(toolchain, generated, building, content, wanted.IsExact, cancellationToken);
            }

            if (known is not null)
                content.Require(known);
            await File.WriteAllTextAsync(Path.Combine(building, LockedName), RecordJson.Write(content), cancellationToken);
            Aside.Publish(building, directory);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new UserError(
                $"The cache can't be written to: {exception.Message}", "KUBELAB_CACHE names another folder.", exception);
        }
        finally
        {
            if (Directory.Exists(building))
                Directory.Delete(building, recursive: true);
        }
    }

    private async Task<GalaxyContent> CollectionsAsync(
        AnsibleToolchain toolchain, string file, string building, GalaxyContent content, bool isComplete,
        CancellationToken cancellationToken)
    {
        var into = Path.Combine(building, "collections");
        if (toolchain.Version < WithDownload)
        {
            await RunAsync(toolchain, "collection", file, building, ["install", "-r", file, "-p", into], cancellationToken);
            return content;
        }

        var archives = Path.Combine(building, "archives");
        string[] alone = isComplete ? ["--no-deps"] : [];
        await RunAsync(
            toolchain, "collection", file, building, ["download", "-r", file, "-p", archives, .. alone], cancellationToken);
        var files = Directory.EnumerateFiles(archives, "*.tar.gz").Order(StringComparer.Ordinal).ToList();
        // What was just compared is all that is installed: no server is asked again.
        await RunAsync(
            toolchain, "collection", file, building, ["install", "--no-deps", "-p", into, .. files], cancellationToken);
        var found = files.Select(archive => Archive(archive)).ToList();
        Directory.Delete(archives, recursive: true);
        return content with { Collections = [.. content.Collections.Concat(found).DistinctBy(each => each.Name)] };
    }

    private async Task RunAsync(
        AnsibleToolchain toolchain, string kind, string file, string building, IReadOnlyList<string> arguments,
        CancellationToken cancellationToken)
    {
        var source = file.StartsWith(building, StringComparison.Ordinal) ? GalaxyDependencies.FileName : Path.GetFileName(file);
        var command = toolchain.Command("ansible-galaxy", [kind, .. arguments]) with
        { Timeout = Limit, Environment = Environment };
        log.Command(command);
        var result = await log.WatchAsync(
            $"Installing the {kind}s of {source}", commands.RunAsync(command, cancellationToken: cancellationToken));
        result.EnsureSucceeded(
            $"Installing the {kind}s of {source}",
            "Check that the servers that it names can be reached (ANSIBLE_GALAXY_SERVER names a mirror), then run InstallRequirements again.");
    }

    // The archive of a collection is named by it: namespace-name-version.
    private static LockedContent Archive(string file)
    {
        var parts = Path.GetFileName(file)[..^".tar.gz".Length].Split('-', 3);
        using var stream = File.OpenRead(file);
        return new LockedContent($"{parts[0]}.{parts[1]}", parts[^1], Convert.ToHexStringLower(SHA256.HashData(stream)));
    }

    private static IReadOnlyList<LockedContent> Roles(string building) => Path.Combine(building, "roles") is var roles
        && Directory.Exists(roles)
            ? [.. Directory.EnumerateDirectories(roles).Order(StringComparer.Ordinal)
                .Select(role => new LockedContent(Path.GetFileName(role), "*", OfFiles(role)))]
            : [];

    // However an archive or a repository brings it, a role is its files; when it was installed is none of them.
    private static string OfFiles(string role)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var file in Directory.EnumerateFiles(role, "*", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(role, file)).Where(file => file != "meta/.galaxy_install_info")
            .Order(StringComparer.Ordinal))
        {
            hash.AppendData(Encoding.UTF8.GetBytes($"{file}\n"));
            hash.AppendData(SHA256.HashData(File.ReadAllBytes(Path.Combine(role, file))));
        }

        return Convert.ToHexStringLower(hash.GetCurrentHash());
    }

    /// <summary>What is to be installed.</summary>
    /// <param name="File">The distribution's file; null for none.</param>
    /// <param name="HasCollections">Whether its collections are installed as it says.</param>
    /// <param name="Collections">What is installed beside it.</param>
    /// <param name="IsExact">Whether that names all that it needs.</param>
    private sealed record Wanted(
        string? File, bool HasRoles, bool HasCollections, IReadOnlyList<GalaxyRequirement> Collections, bool IsExact)
    {
        /// <summary>Whether hashes hold its collections: what is built from a repository is never the same twice.</summary>
        public bool IsHeld { get; init; } = true;

        public string Text => GalaxyRequirements.Text(Collections);
    }
}

/// <summary>What ansible-galaxy installed.</summary>
/// <param name="Directory">The folder of its <c>roles</c> and <c>collections</c>.</param>
public sealed record GalaxyContent(
    string Directory, IReadOnlyList<LockedContent> Roles, IReadOnlyList<LockedContent> Collections)
{
    /// <summary>Makes sure that all of it is what a lock holds.</summary>
    /// <exception cref="UserError">Something isn't.</exception>
    public void Require(ToolchainLock known)
    {
        var wrong = Differing("role", Roles, known.Roles)
            .Concat(Differing("collection", Collections, known.Collections)).ToList();
        if (wrong.Count > 0)
            throw new UserError(
                string.Join('\n', wrong.Prepend($"What Galaxy gives isn't what {ToolchainLock.FileName} holds:")),
                "Nothing of it was installed. If the change is meant, run ./build.sh LockToolchain and look at what changed.");
    }

    private static IEnumerable<string> Differing(
        string kind, IReadOnlyList<LockedContent> found, IReadOnlyList<LockedContent> known) => found
        .Select(each => (each, Known: known.FirstOrDefault(locked => locked.Name == each.Name)))
        .Where(each => each.Known != each.each)
        .Select(each => $"  - {kind} {each.each.Name} {each.each.Version} has SHA-256 {each.each.Sha256}, and "
            + (each.Known is null ? "none is locked" : $"{each.Known.Version} with {each.Known.Sha256} is locked"));
}
