using KubeLab.Clusters;
using KubeLab.Commands;
using KubeLab.Distributions;
using KubeLab.Reports;

namespace KubeLab.Ansible;

/// <summary>
/// The roles and then the collections of <c>requirements-{version}.yml</c>, installed into the cache and not into the user's
/// home. Where the distribution has no such file, there is nothing to do.
/// </summary>
internal sealed class GalaxyRequirements(CommandRunner commands, ConsoleLog log, string cacheDirectory)
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);

    /// <summary>Installs what the file names, once.</summary>
    /// <exception cref="UserError">ansible-galaxy failed.</exception>
    public async Task<AnsibleToolchain> EnsureAsync(
        AnsibleToolchain toolchain, Distribution distribution, string? ansibleVersion, CancellationToken cancellationToken)
    {
        if (distribution.Requirements.GalaxyFile(ansibleVersion) is not { } file)
            return toolchain;
        var key = CacheKey.Of(await File.ReadAllTextAsync(file, cancellationToken));
        var directory = Path.Combine(cacheDirectory, "galaxy", key);
        if (!Directory.Exists(directory))
            await InstallAsync(toolchain, file, directory, cancellationToken);
        return toolchain with { GalaxyDirectory = directory };
    }

    private async Task InstallAsync(AnsibleToolchain toolchain, string file, string directory, CancellationToken cancellationToken)
    {
        var building = $"{directory}.{Guid.NewGuid():N}";
        try
        {
            foreach (var kind in new[] { "role", "collection" })
            {
                var install = toolchain.Command("ansible-galaxy", kind, "install", "-r", file, "-p", Path.Combine(building, $"{kind}s")) with { Timeout = Limit };
                log.Command(install);
                var result = await log.WatchAsync(
                    $"Installing the {kind}s of {Path.GetFileName(file)}", commands.RunAsync(install, cancellationToken: cancellationToken));
                result.EnsureSucceeded($"Installing the {kind}s of {Path.GetFileName(file)}", "Check that the servers that it names can be reached, then run InstallRequirements again.");
            }

            Directory.CreateDirectory(building);
            Directory.Move(building, directory);
        }
        finally
        {
            if (Directory.Exists(building))
                Directory.Delete(building, recursive: true);
        }
    }
}
