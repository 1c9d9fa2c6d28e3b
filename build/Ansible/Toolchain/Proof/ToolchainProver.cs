using KubeLab.Distributions;

namespace KubeLab.Ansible;

/// <summary>
/// Proves that a toolchain has what a release's tree uses: with the very Ansible, Python, configuration and collection path that
/// its playbooks will run with (<c>kubelab_requirements.py</c>), and with the programs that Ansible starts.
/// </summary>
public sealed class ToolchainProver(CommandRunner commands, Distribution distribution, Cluster cluster)
{
    // Where SELinux is on, its file system is mounted (selinux(8)).
    private const string Selinux = "/sys/fs/selinux/enforce";

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    // The Ansible that hands passwords to OpenSSH by SSH_ASKPASS (its changelog, "password_mechanism").
    private static readonly Version WithoutSshpass = new(2, 19);

    private static readonly JsonSerializerOptions LineOfJson = new(JsonSerializerDefaults.Web);

    /// <summary>The file that tells whether SELinux is on.</summary>
    public string SelinuxFile { get; init; } = Selinux;

    /// <summary>Proves all of it.</summary>
    public async Task<ToolchainProof> ProveAsync(
        AnsibleToolchain toolchain, string? ansibleVersion, CancellationToken cancellationToken = default)
    {
        var ask = toolchain.Command(
            "ansible-playbook", "-i", "localhost,", Path.Combine(AnsibleEnvironment.Strategies, "kubelab_requirements.yml"));
        var environment = new Dictionary<string, string?>(toolchain.PathsFor(distribution))
        {
            ["ANSIBLE_STRATEGY_PLUGINS"] = AnsibleEnvironment.Strategies,
            ["ANSIBLE_DEPRECATION_WARNINGS"] = "False",
            ["ANSIBLE_LOCALHOST_WARNING"] = "False",
            ["ANSIBLE_STDOUT_CALLBACK"] = "minimal",
            ["ANSIBLE_CALLBACKS_ENABLED"] = "",
            ["ANSIBLE_CALLBACK_WHITELIST"] = "",
            ["ANSIBLE_LOG_PATH"] = "/dev/null",
        };
        var result = await commands.RunToLimitAsync(
            ask with
            {
                Environment = environment,
                WorkingDirectory = distribution.Directory,
                StandardInput = Plan(ansibleVersion),
                Timeout = Limit,
            },
            cancellationToken: cancellationToken);
        var proof = ReadAnswer(result.StandardOutput) ?? new ToolchainProof(null, [Failed(toolchain, result)]);
        return proof with { Rows = [.. proof.Rows, .. Roles(toolchain, ansibleVersion), .. Programs(toolchain)] };
    }

    /// <summary>Reads the strategy's answer, an object of JSON on a line of its own; null where there is none.</summary>
    public static ToolchainProof? ReadAnswer(string output)
    {
        foreach (var line in output.Split('\n').Where(line => line.StartsWith("{\"python\"", StringComparison.Ordinal)))
        {
            try
            {
                return JsonSerializer.Deserialize<ToolchainProof>(line, RecordJson.Options);
            }
            catch (JsonException)
            {
                // Cut off: as good as none.
            }
        }

        return null;
    }

    private static ProvenNeed Failed(AnsibleToolchain toolchain, CommandResult result)
    {
        var said = $"{result.StandardError}\n{result.StandardOutput}".Split('\n').Select(line => line.Trim())
            .FirstOrDefault(line => line.StartsWith("ERROR", StringComparison.Ordinal)
                || line.StartsWith("[ERROR]", StringComparison.Ordinal))
            ?? (result.TimedOut ? $"no end after {Limit.TotalSeconds:0} s" : $"exit code {result.ExitCode}");
        return said.Contains("locale", StringComparison.OrdinalIgnoreCase)
            ? new ProvenNeed("locale", "encoding", "UTF-8", null, null, false, said)
            : new ProvenNeed("program", "ansible-playbook", "an answer", null, toolchain.Directory, false, $"gave none: {said}");
    }

    private string Plan(string? ansibleVersion)
    {
        var collections = Collections(ansibleVersion);
        var pins = distribution.Requirements.PythonFile(ansibleVersion) is { } file ? PythonRequirements.Read(file).Items : [];
        return JsonSerializer.Serialize(
            new
            {
                collections = collections.ToDictionary(each => each.Name, each => new { range = each.Version, each.Source }),
                libraries = pins.Where(pin => pin.Name is not (null or "ansible" or "ansible-core" or "ansible-base"))
                    .DistinctBy(pin => pin.Name)
                    .ToDictionary(pin => pin.Name!, pin => new { wanted = pin.Wanted, source = $"{pin.Source}" }),
                selinux = File.Exists(SelinuxFile),
            },
            LineOfJson);
    }

    private IReadOnlyList<GalaxyRequirement> Collections(string? ansibleVersion) =>
    [
        .. Asked(ansibleVersion).Where(asked => asked.IsNamed)
            .Concat(distribution.Collections.Select(each => new GalaxyRequirement(
                "collection", each.Key, each.Value, GalaxyDependencies.FileName)))
            .DistinctBy(asked => asked.Name),
    ];

    private IReadOnlyList<GalaxyRequirement> Asked(string? ansibleVersion) =>
        distribution.Requirements.GalaxyFile(ansibleVersion) is { } file ? GalaxyDependencies.ReadFile(file) : [];

    private IEnumerable<ProvenNeed> Roles(AnsibleToolchain toolchain, string? ansibleVersion)
    {
        var roles = toolchain.GalaxyDirectory is { } galaxy ? Path.Combine(galaxy, "roles") : null;
        foreach (var asked in Asked(ansibleVersion).Where(asked => asked.Kind == "role"))
        {
            // As ansible-galaxy names a role that is given by its address alone.
            var name = Path.GetFileNameWithoutExtension(asked.Name.TrimEnd('/'));
            var folder = new[] { asked.Name, name }.Select(each => roles is null ? null : Path.Combine(roles, each))
                .FirstOrDefault(Directory.Exists);
            yield return new ProvenNeed(
                "role", asked.Name, $"{asked.Version} ({asked.Source})", folder is null ? null : "there", folder,
                folder is not null, folder is null ? $"is not installed, and {asked.Source} asks for it" : null);
        }
    }

    private IEnumerable<ProvenNeed> Programs(AnsibleToolchain toolchain)
    {
        yield return Program("ssh", "the way to nodes");
        if (toolchain.Version < WithoutSshpass && PasswordVariables.FirstIn(cluster) is { } place)
            yield return Program("sshpass", $"a password in {place}");
    }

    private static ProvenNeed Program(string name, string wanted)
    {
        var path = Which.Find(name);
        return new ProvenNeed(
            "program", name, wanted, path is null ? null : "there", path, path is not null,
            path is null ? $"is not on the PATH, and is wanted for {wanted}" : null);
    }
}
