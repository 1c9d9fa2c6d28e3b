using KubeLab.Distributions;

namespace KubeLab.Ansible;

/// <summary>Makes sure that an Ansible is there that fits a distribution, with the roles and collections that it asks for, and
/// proves that nothing is missing: the exact pins in a virtual environment where they can be had, held to the cluster's lock,
/// else a fitting Ansible of the system.</summary>
public sealed class AnsibleInstaller(CommandRunner commands, ConsoleLog log, string cacheDirectory)
{
    private const string Utf8 = "export LC_ALL=C.UTF-8";
    private readonly AnsibleFinder finder = new(commands);

    /// <summary>How long the package index may be silent, in seconds.</summary>
    public int IndexSilence { get; init; } = 10;

    /// <summary>Installs what is missing, and remembers what was proven for the next run.</summary>
    /// <returns>The Ansible, with what it lacks all the same.</returns>
    /// <exception cref="UserError">Nothing that fits is there or can be installed, or not as it is locked.</exception>
    public async Task<InstalledAnsible> EnsureAsync(
        Distribution distribution, Cluster cluster, CancellationToken cancellationToken = default)
    {
        var memory = new ToolchainMemory(cacheDirectory, distribution, cluster);
        if (memory.Recall() is { } known)
        {
            log.Done($"{Named(known.Toolchain)}: already there, and proven: nothing has changed since {known.ProvenAt.UtcDateTime:yyyy-MM-dd HH:mm} UTC");
            return known;
        }

        WarnOfMissingVersion(distribution, cluster.Settings.Ansible.Version);
        var (installed, _) = await InstallAsync(distribution, cluster, ToolchainLock.Read(cluster), cancellationToken);
        if (installed.Proof.Missing.Count == 0)
        {
            // The lock that was written on first use is part of what is remembered.
            memory.Remember(installed);
            log.Done($"{Named(installed.Toolchain)}{Fits(distribution)}");
        }

        return installed;
    }

    /// <summary>Finds out anew what the release's requirements amount to, installs it, and writes the cluster's lock.</summary>
    /// <exception cref="UserError">There is nothing to lock, or it can't be installed.</exception>
    public async Task LockAsync(Distribution distribution, Cluster cluster, CancellationToken cancellationToken = default)
    {
        if (distribution.Requirements.PythonFile(cluster.Settings.Ansible.Version) is null)
            throw new UserError(
                $"{distribution.Name} has no requirements file, so there is nothing to lock.",
                "It runs with the system's Ansible, whose packages the system's own signatures hold.");
        var before = Earlier(cluster);
        var (_, now) = await InstallAsync(distribution, cluster, null, cancellationToken);
        if (now is null)
            throw new UserError(
                $"No lock could be made{(before is null ? "" : ", and the one that is there stays")}.",
                "The reason stands above.");
        foreach (var change in before is null ? [] : now.ChangesSince(before))
            log.Info($"  {change}");
    }

    /// <summary>Makes sure that nothing is missing, and shows what was proven.</summary>
    /// <exception cref="UserError">The playbooks would fail; the error has the command that brings what is missing.</exception>
    public async Task RequireAsync(
        InstalledAnsible installed, Distribution distribution, CancellationToken cancellationToken = default)
    {
        if (installed.Proof.Missing is not { Count: > 0 } missing)
            return;
        var lines = string.Join('\n', missing.Select(row => $"  - {row.Kind} {row.Name} {row.Reason}"));
        var remedy = await new Remedies(commands).ForAsync(installed.Toolchain, installed.Proof, cancellationToken);
        throw new UserError(
            $"{distribution.Name} needs what {Named(installed.Toolchain)} lacks:\n{lines}",
            $"{remedy}\nThen run InstallRequirements again. Where a package index can't be reached, --ansible-index names a mirror, "
            + "--ansible-wheels a folder of wheels, and ANSIBLE_GALAXY_SERVER a mirror of Galaxy.");
    }

    // With the lock that was written, if one was.
    private async Task<(InstalledAnsible Installed, ToolchainLock? Written)> InstallAsync(
        Distribution distribution, Cluster cluster, ToolchainLock? known, CancellationToken cancellationToken)
    {
        var settings = cluster.Settings.Ansible;
        var (choice, locked) = await ChooseAsync(distribution, settings, known, cancellationToken);
        choice.Show(log);
        var galaxy = new GalaxyRequirements(commands, log, cacheDirectory);
        var prover = new ToolchainProver(commands, distribution, cluster);
        var toolchain = choice.Chosen!;
        var content = await galaxy.EnsureAsync(toolchain, distribution, settings.Version, [], known, cancellationToken);
        toolchain = toolchain with { GalaxyDirectory = content?.Directory };
        var proof = await log.WatchAsync(
            $"Proving what {distribution.Name} uses", prover.ProveAsync(toolchain, settings.Version, cancellationToken));
        if (proof.MissingCollections.Count > 0)
        {
            content = await InstallMissingAsync(
                galaxy, toolchain, distribution, settings, proof, known, cancellationToken) ?? content;
            toolchain = toolchain with { GalaxyDirectory = content?.Directory };
            proof = await prover.ProveAsync(toolchain, settings.Version, cancellationToken);
        }

        proof.Show(log);
        var isNew = known is null && locked is not null && proof.MissingCollections.Count == 0;
        var written = isNew
            ? Kept(locked! with { Roles = content?.Roles ?? [], Collections = content?.Collections ?? [] }, cluster) : null;
        return (new InstalledAnsible(toolchain, proof, TimeProvider.System.GetUtcNow()), written);
    }

    private async Task<GalaxyContent?> InstallMissingAsync(
        GalaxyRequirements galaxy, AnsibleToolchain toolchain, Distribution distribution, AnsibleSettings settings,
        ToolchainProof proof, ToolchainLock? known, CancellationToken cancellationToken)
    {
        var names = proof.MissingCollections.Select(each => each.Name).ToList();
        var isAskedFor = names.Any(distribution.Collections.ContainsKey);
        log.Info(
            $"Ansible {toolchain.Version} in {toolchain.Directory} lacks {string.Join(", ", names)}, which {(isAskedFor ? $"{GalaxyDependencies.FileName} asks for" : "its tasks use")}.");
        IReadOnlyList<GalaxyRequirement> wanted =
        [
            .. distribution.Collections.Select(each => new GalaxyRequirement("collection", each.Key, each.Value, "")),
            .. names.Where(name => !distribution.Collections.ContainsKey(name))
                .Select(name => new GalaxyRequirement("collection", name, "*", "")),
        ];
        try
        {
            return await galaxy.EnsureAsync(toolchain, distribution, settings.Version, wanted, known, cancellationToken);
        }
        catch (UserError error) when (known is null)
        {
            log.Warning(error.Problem);
            return null;
        }
    }

    private ToolchainLock? Kept(ToolchainLock locked, Cluster cluster)
    {
        try
        {
            locked.Write(cluster);
            log.Info(
                $"{ToolchainLock.PathIn(cluster)} holds {locked.Packages.Count} packages, {locked.Roles.Count} roles and {locked.Collections.Count} collections to their hashes: commit it.");
            return locked;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            log.Warning($"The lock can't be kept: {exception.Message}");
            return null;
        }
    }

    private async Task<(AnsibleChoice Choice, ToolchainLock? Lock)> ChooseAsync(
        Distribution distribution, AnsibleSettings settings, ToolchainLock? known, CancellationToken cancellationToken)
    {
        if (settings.Environment is { } named)
        {
            var found = await finder.TryAsync(Path.Combine(named, "bin"), "named by ansible.environment", cancellationToken);
            var only = new AnsibleChoice([found], distribution.AnsibleWindow);
            return only.FirstFitting is { } fitting
                ? (only with { Chosen = fitting, Why = "named by ansible.environment" }, null)
                : throw NothingFits(distribution, [.. only.Reasons()]);
        }

        var tried = new List<string>();
        var choice = new AnsibleChoice(await finder.SurveyAsync(cacheDirectory, cancellationToken), distribution.AnsibleWindow);
        if (distribution.Requirements.PythonFile(settings.Version) is { } pins)
        {
            var environment = new PythonEnvironment(commands, log, cacheDirectory, pins, distribution, settings, IndexSilence);
            if (await environment.EnsureAsync(known, tried, cancellationToken) is { } built)
            {
                var found = await finder.TryAsync(built.Directory, Path.GetFileName(pins), cancellationToken);
                var pinned = found.Toolchain is { } runs && choice.Fits(runs) ? runs
                    : throw NothingFits(distribution, [.. new AnsibleChoice([found], distribution.AnsibleWindow).Reasons()]);
                var isHeld = built.Lock is null ? "" : known is null ? ", which are locked now"
                    : $", as {ToolchainLock.FileName} holds them";
                return (choice with { Chosen = pinned, Why = $"the pins of {Path.GetFileName(pins)}{isHeld}" }, built.Lock);
            }
        }

        return (await OnSystemAsync(distribution, choice, tried, cancellationToken), null);
    }

    private async Task<AnsibleChoice> OnSystemAsync(
        Distribution distribution, AnsibleChoice choice, List<string> tried, CancellationToken cancellationToken)
    {
        if (choice.FirstFitting is { } fitting)
            return choice with { Chosen = fitting, Why = $"the first that fits ({fitting.Origin})" };
        tried.AddRange(choice.Reasons());
        var packages = new DebianPackages(commands, log);
        if (distribution.Requirements.DebianPackages is { Count: > 0 } wanted && packages.CanInstall(tried))
        {
            await packages.InstallAsync(wanted, $"{distribution.Name} runs with the system's Ansible", cancellationToken);
            choice = choice with { Found = await finder.SurveyAsync(cacheDirectory, cancellationToken) };
            if (choice.FirstFitting is { } installed)
                return choice with { Chosen = installed, Why = "just installed" };
        }

        throw NothingFits(distribution, tried);
    }

    private void WarnOfMissingVersion(Distribution distribution, string? ansibleVersion)
    {
        if (ansibleVersion is null || distribution.Requirements.AnsibleVersions.Contains(ansibleVersion))
            return;
        var has = distribution.Requirements.AnsibleVersions;
        log.Warning($"{distribution.Name} has no requirements-{ansibleVersion}.txt or .yml; "
            + (has.Count == 0 ? "its requirements.txt holds for every version." : $"it has them for {string.Join(", ", has)}."));
    }

    private static UserError NothingFits(Distribution distribution, IReadOnlyList<string> tried)
    {
        var window = distribution.AnsibleWindow is { } accepted ? $"Ansible {accepted} ({accepted.Source})" : "any Ansible";
        var found = string.Join('\n', tried.Distinct().Select(each => $"  - {each}"));
        return new UserError(
            $"{distribution.Name} needs {window}, and none is there:\n{found}",
            tried.Any(each => each.Contains("locale", StringComparison.Ordinal))
                ? $"Ansible runs in a UTF-8 locale alone. This brings it here: {Utf8}" :
            "Two ways out: make Python's package index reachable (--ansible-index names a mirror, --ansible-wheels a folder of wheels) and "
            + "run this again, or install a fitting Ansible yourself so that its ansible-playbook is on the PATH, or name its virtual "
            + "environment with --ansible-environment.");
    }

    // A lock that can't be read is the reason to make another.
    private static ToolchainLock? Earlier(Cluster cluster)
    {
        try
        {
            return ToolchainLock.Read(cluster);
        }
        catch (UserError)
        {
            return null;
        }
    }

    private static string Named(AnsibleToolchain toolchain) =>
        $"Ansible {toolchain.Version} ({toolchain.Origin}) in {toolchain.Directory}";

    private static string Fits(Distribution distribution) =>
        distribution.AnsibleWindow is { } window ? $": fits {window} ({window.Source})" : "";
}
