using KubeLab.Distributions;

namespace KubeLab.Ansible;

/// <summary>Makes sure that an Ansible is there that fits a distribution, with the roles and collections that it asks for: the
/// exact pins in a virtual environment where they can be had, else a fitting Ansible of the system.</summary>
public sealed class AnsibleInstaller(CommandRunner commands, ConsoleLog log, string cacheDirectory)
{
    private readonly AnsibleFinder finder = new(commands);

    /// <summary>Installs what is missing, and remembers what it found for the next run.</summary>
    /// <param name="settings">The Ansible version that was asked for, and where packages come from.</param>
    /// <exception cref="UserError">Nothing that fits is there or can be installed; the error names the ways out.</exception>
    public async Task<AnsibleToolchain> EnsureAsync(
        Distribution distribution, AnsibleSettings settings, CancellationToken cancellationToken = default)
    {
        var ansibleVersion = settings.Version;
        var memory = new ToolchainMemory(cacheDirectory, distribution, ansibleVersion);
        if (memory.Recall() is { } known)
        {
            log.Done($"Ansible {known.Version} ({known.Origin}) in {known.Directory}: already there");
            return known;
        }

        WarnOfMissingVersion(distribution, ansibleVersion);
        var toolchain = await FindOrInstallAsync(distribution, settings, cancellationToken);
        toolchain = await new GalaxyRequirements(commands, log, cacheDirectory)
            .EnsureAsync(toolchain, distribution, ansibleVersion, cancellationToken);
        memory.Remember(toolchain);
        log.Done($"Ansible {toolchain.Version} ({toolchain.Origin}) in {toolchain.Directory}{Fits(distribution)}");
        return toolchain;
    }

    private async Task<AnsibleToolchain> FindOrInstallAsync(
        Distribution distribution, AnsibleSettings settings, CancellationToken cancellationToken)
    {
        var tried = new List<string>();
        if (distribution.Requirements.PythonFile(settings.Version) is { } pins)
        {
            var environment = new PythonEnvironment(commands, log, cacheDirectory, pins, settings);
            if (await environment.EnsureAsync(tried, cancellationToken) is { } directory
                && await finder.InAsync(directory, Path.GetFileName(pins), cancellationToken) is { } pinned)
                return Fitting(pinned, distribution, tried) ?? throw NothingFits(distribution, tried);
        }

        if (await OnSystemAsync(distribution, tried, cancellationToken) is { } present)
            return present;
        var packages = new DebianPackages(commands, log);
        if (distribution.Requirements.DebianPackages is { Count: > 0 } wanted && packages.CanInstall(tried))
        {
            await packages.InstallAsync(wanted, $"{distribution.Name} runs with the system's Ansible", cancellationToken);
            if (await OnSystemAsync(distribution, tried, cancellationToken) is { } installed)
                return installed;
        }

        throw NothingFits(distribution, tried);
    }

    private async Task<AnsibleToolchain?> OnSystemAsync(
        Distribution distribution, List<string> tried, CancellationToken cancellationToken)
    {
        var found = await finder.OnPathAsync(cancellationToken);
        if (found.Count == 0)
            tried.Add("on the PATH: no ansible-playbook");
        return found.FirstOrDefault(toolchain => Fitting(toolchain, distribution, tried) is not null);
    }

    private static AnsibleToolchain? Fitting(AnsibleToolchain toolchain, Distribution distribution, List<string> tried)
    {
        if (distribution.AnsibleWindow is not { } window || window.Contains(toolchain.Version))
            return toolchain;
        tried.Add($"{toolchain.Directory}: Ansible {toolchain.Version}, outside the window");
        return null;
    }

    private void WarnOfMissingVersion(Distribution distribution, string? ansibleVersion)
    {
        if (ansibleVersion is null || distribution.Requirements.AnsibleVersions.Contains(ansibleVersion))
            return;
        var has = distribution.Requirements.AnsibleVersions;
        log.Warning($"{distribution.Name} has no requirements-{ansibleVersion}.txt or .yml; "
            + (has.Count == 0 ? "its requirements.txt holds for every version." : $"it has them for {string.Join(", ", has)}."));
    }

    private static UserError NothingFits(Distribution distribution, List<string> tried)
    {
        var window = distribution.AnsibleWindow is { } accepted ? $"Ansible {accepted} ({accepted.Source})" : "any Ansible";
        var found = string.Join('\n', tried.Distinct().Select(each => $"  - {each}"));
        return new UserError(
            $"{distribution.Name} needs {window}, and none is there:\n{found}",
            "Two ways out: make Python's package index reachable (--ansible-index names a mirror, --ansible-wheels a folder of wheels) and "
            + "run this again, or install a fitting Ansible yourself so that its ansible-playbook is on the PATH.");
    }

    private static string Fits(Distribution distribution) =>
        distribution.AnsibleWindow is { } window ? $": fits {window} ({window.Source})" : "";
}
