namespace KubeLab.Ansible;

/// <summary>The one command that brings what is missing on this system.</summary>
/// <param name="root">The folder of the system's package managers, and of its own Ansible.</param>
public sealed class Remedies(CommandRunner commands, string root = "/usr/bin")
{
    private sealed record Manager(
        string Program, IReadOnlyList<string> Install, bool WasRun, IReadOnlyDictionary<string, string> Names);

    // apt-get was run where this was written; the others' options are those of their manuals.
    private static readonly Manager[] Managers =
    [
        new("apt-get", ["install", "--yes"], true, Names("openssh-client", "python3-selinux")),
        new("dnf", ["install", "--assumeyes"], false, Names("openssh-clients", "python3-libselinux")),
        new("zypper", ["--non-interactive", "install"], false, Names("openssh-clients", "python3-selinux")),
        new("apk", ["add"], false, Names("openssh-client", "py3-libselinux")),
    ];

    /// <summary>The command, and what else there is to say of it.</summary>
    public async Task<string> ForAsync(
        AnsibleToolchain toolchain, ToolchainProof proof, CancellationToken cancellationToken = default)
    {
        var manager = Array.Find(Managers, each => File.Exists(Path.Combine(root, each.Program)));
        var isSystems = proof.Python is { IsVirtual: false } && (toolchain.Directory == root || toolchain.Directory == "/bin");
        var packages = new List<string>();
        var steps = new List<CommandLine>();
        foreach (var missing in proof.Missing)
        {
            if (Package(missing, manager, isSystems) is { } package)
                packages.Add(package);
            else if (missing is { Kind: "library", Name: not "selinux" } && proof.Python is { } python)
                steps.Add(CommandLine.Of(python.Program, "-m", "pip", "install", $"{missing.Name}{Pin(missing)}"));
        }

        var absent = manager?.Program == "apt-get" ? await AbsentAsync(packages, cancellationToken) : [];
        var present = packages.Distinct().Except(absent).Order(StringComparer.Ordinal).ToList();
        if (manager is not null && present.Count > 0)
            steps.Insert(0, CommandLine.Of(manager.Program, [.. manager.Install, .. present]));
        if (proof.MissingCollections is { Count: > 0 } collections && !present.Contains("ansible"))
            steps.Add(toolchain.Command(
                "ansible-galaxy", ["collection", "install", .. collections.Select(each => each.Name + Range(each))]));
        if (proof.Missing.Any(missing => missing.Kind == "locale"))
            steps.Add(CommandLine.Of("export", "LC_ALL=C.UTF-8"));
        if (steps.Count == 0)
            return "No command is known that brings it here.";
        var command = string.Join(" && ", steps);
        return $"This brings it here: {command}{(manager is { WasRun: true } or null || present.Count == 0 ? "" : " (not run where this was written)")}";
    }

    private static string? Package(ProvenNeed missing, Manager? manager, bool isSystems) => (missing.Kind, missing.Name) switch
    {
        _ when manager is null => null,
        ("program", "ssh" or "sshpass") => manager.Names.GetValueOrDefault(missing.Name, missing.Name),
        ("library", "selinux") when isSystems => manager.Names["selinux"],
        ("library", _) when isSystems => $"{(manager.Program == "apk" ? "py3" : "python3")}-{missing.Name.ToLowerInvariant()}",
        // The system's package ansible brings all collections beside its ansible-core.
        ("collection", _) when isSystems => "ansible",
        _ => null,
    };

    private static string Pin(ProvenNeed missing) => missing.Wanted.StartsWith('=') ? missing.Wanted.Split(' ')[0] : "";

    private static string Range(ProvenNeed missing) =>
        missing.Wanted.Split(' ')[0] is { Length: > 0 } range && "<>=!".Contains(range[0]) ? $":{range}" : "";

    private static Dictionary<string, string> Names(string ssh, string selinux) => new() { ["ssh"] = ssh, ["selinux"] = selinux };

    // What apt doesn't know it can't install.
    private async Task<IReadOnlyList<string>> AbsentAsync(IReadOnlyList<string> packages, CancellationToken cancellationToken)
    {
        if (packages.Count == 0)
            return [];
        var ask = CommandLine.Of(Path.Combine(root, "apt-cache"), ["policy", .. packages.Distinct()]) with
        {
            Environment = new Dictionary<string, string?> { ["LC_ALL"] = "C" },
        };
        var answer = await commands.RunAsync(ask, cancellationToken: cancellationToken);
        var known = answer.StandardOutput.Split('\n').Where(line => line.Length > 0 && !char.IsWhiteSpace(line[0]))
            .Select(line => line.TrimEnd(':')).ToHashSet();
        var without = answer.StandardOutput.Split("\n  Candidate: (none)").SkipLast(1)
            .Select(part => part.Split('\n').Last(line => line.Length > 0 && !char.IsWhiteSpace(line[0])).TrimEnd(':'));
        return [.. packages.Where(package => !known.Contains(package)).Concat(without)];
    }
}
