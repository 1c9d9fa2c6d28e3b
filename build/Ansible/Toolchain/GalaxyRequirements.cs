using KubeLab.Distributions;

namespace KubeLab.Ansible;

/// <summary>The roles and then the collections of <c>requirements-{version}.yml</c>; where the distribution has no such file, the
/// collections that its <c>galaxy.yml</c> depends on, as long as the Ansible lacks one: the package ansible brings them all,
/// ansible-core none. They go into the cache and not into the user's home.</summary>
public sealed class GalaxyRequirements(CommandRunner commands, ConsoleLog log, string cacheDirectory)
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan ListLimit = TimeSpan.FromMinutes(1);

    /// <summary>Installs what is asked for, once.</summary>
    /// <exception cref="UserError">ansible-galaxy failed.</exception>
    public async Task<AnsibleToolchain> EnsureAsync(
        AnsibleToolchain toolchain, Distribution distribution, string? ansibleVersion, CancellationToken cancellationToken)
    {
        if (distribution.Requirements.GalaxyFile(ansibleVersion) is { } file)
            return await EnsureAsync(
                toolchain, await File.ReadAllTextAsync(file, cancellationToken), file, ["role", "collection"], cancellationToken);
        var missing = await MissingAsync(toolchain, distribution.Collections, cancellationToken);
        if (missing.Count == 0)
            return toolchain;
        log.Info(
            $"Ansible {toolchain.Version} in {toolchain.Directory} lacks {string.Join(", ", missing)}, which {GalaxyDependencies.FileName} asks for.");
        return await EnsureAsync(toolchain, Requirements(distribution.Collections), null, ["collection"], cancellationToken);
    }

    /// <summary>The requirements file, as text; null where the distribution asks for nothing.</summary>
    public static string? Of(Distribution distribution, string? ansibleVersion) =>
        distribution.Requirements.GalaxyFile(ansibleVersion) is { } file ? File.ReadAllText(file)
        : distribution.Collections.Count > 0 ? Requirements(distribution.Collections) : null;

    /// <summary>Reads what <c>ansible-galaxy collection list --format json</c> prints: the names by folder.</summary>
    public static IReadOnlySet<string> ReadList(string json)
    {
        try
        {
            var folders = JsonSerializer.Deserialize<Dictionary<string, Dictionary<string, JsonElement>>>(json) ?? [];
            return folders.Values.SelectMany(collections => collections.Keys).ToHashSet();
        }
        catch (JsonException)
        {
            return new HashSet<string>();
        }
    }

    private async Task<IReadOnlyList<string>> MissingAsync(
        AnsibleToolchain toolchain, IReadOnlyDictionary<string, string> wanted, CancellationToken cancellationToken)
    {
        if (wanted.Count == 0)
            return [];
        var list = toolchain.Command("ansible-galaxy", "collection", "list", "--format", "json") with { Timeout = ListLimit };
        var present = ReadList((await commands.RunAsync(list, cancellationToken: cancellationToken)).StandardOutput);
        return [.. wanted.Keys.Where(name => !present.Contains(name)).Order(StringComparer.Ordinal)];
    }

    private static string Requirements(IReadOnlyDictionary<string, string> collections) => "---\ncollections:\n" + string.Concat(
        collections.OrderBy(each => each.Key, StringComparer.Ordinal).Select(each =>
            $"  - name: {each.Key}\n    version: {JsonSerializer.Serialize(each.Value, JsonSerializerOptions.Web)}\n"));

    private async Task<AnsibleToolchain> EnsureAsync(
        AnsibleToolchain toolchain, string requirements, string? file,
        IReadOnlyList<string> kinds, CancellationToken cancellationToken)
    {
        var directory = Path.Combine(cacheDirectory, "galaxy", CacheKey.Of(requirements));
        if (!Directory.Exists(directory))
            await InstallAsync(toolchain, requirements, file, kinds, directory, cancellationToken);
        return toolchain with { GalaxyDirectory = directory };
    }

    // Installed aside and moved into place, so that what an interrupted installation leaves is never taken for the whole.
    private async Task InstallAsync(
        AnsibleToolchain toolchain, string requirements, string? file,
        IReadOnlyList<string> kinds, string directory, CancellationToken cancellationToken)
    {
        var source = Path.GetFileName(file) ?? GalaxyDependencies.FileName;
        var building = $"{directory}.{Guid.NewGuid():N}";
        try
        {
            if (file is null)
            {
                Directory.CreateDirectory(building);
                await File.WriteAllTextAsync(file = Path.Combine(building, "requirements.yml"), requirements, cancellationToken);
            }

            foreach (var kind in kinds)
            {
                var into = Path.Combine(building, $"{kind}s");
                var install = toolchain.Command("ansible-galaxy", kind, "install", "-r", file, "-p", into) with
                { Timeout = Limit };
                log.Command(install);
                var result = await log.WatchAsync(
                    $"Installing the {kind}s of {source}", commands.RunAsync(install, cancellationToken: cancellationToken));
                result.EnsureSucceeded(
                    $"Installing the {kind}s of {source}",
                    "Check that the servers that it names can be reached (ANSIBLE_GALAXY_SERVER names a mirror), then run InstallRequirements again.");
            }

            Directory.CreateDirectory(building);
            Aside.Publish(building, directory);
        }
        finally
        {
            if (Directory.Exists(building))
                Directory.Delete(building, recursive: true);
        }
    }
}
