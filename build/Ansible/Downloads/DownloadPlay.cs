namespace KubeLab.Ansible;

/// <summary>
/// A play that resolves what a release downloads. The defaults and variables of the release's roles become those of a role that
/// has nothing but a <c>debug</c>: each keeps its precedence, and none of the release's tasks runs. Its folder is removed when it
/// is disposed of.
/// </summary>
internal sealed class DownloadPlay : IDisposable
{
    private const string Role = "kubelab_downloads";

    // Where the release's downloads stand, in the order in which their defaults cover each other: kubespray-defaults got an
    // underscore with v2.28, and took the download role's variables over with v2.24.
    private static readonly string[] DownloadRoles = ["kubespray-defaults", "kubespray_defaults", "download"];

    private static readonly TimeSpan LimitOfHost = TimeSpan.FromSeconds(5);

    private readonly TemporaryFolder folder = new("downloads");
    private readonly AnsibleEnvironment ansible;

    /// <summary>Writes the play.</summary>
    /// <param name="tasks">Its tasks: a <c>debug</c>.</param>
    /// <param name="moreRoles">Roles whose variables it needs beside those of the downloads.</param>
    public DownloadPlay(AnsibleEnvironment ansible, string tasks, params IReadOnlyList<string> moreRoles)
    {
        this.ansible = ansible;
        CopyVariables(Path.Combine(folder.Path, "roles", Role), tasks, moreRoles);
    }

    /// <summary>The folder of facts to go by, a file a host; null for those of the cluster's last run.</summary>
    public string? Facts { get; init; }

    /// <summary>How long it may take for one host.</summary>
    public TimeSpan Limit { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Removes the folder, which may hold what was decrypted from a vault.</summary>
    public void Dispose() => folder.Dispose();

    /// <summary>The command that plays it.</summary>
    /// <param name="options">What a run is given, whose variables outrank the inventory's.</param>
    /// <param name="more">Variables that outrank those.</param>
    public CommandLine Command(IReadOnlyCollection<string> hosts, PlaybookOptions options, object more)
    {
        var playbook = Path.Combine(folder.Path, "downloads.yml");
        var play = new { hosts = string.Join(',', hosts), gather_facts = false, become = false, roles = new[] { Role } };
        File.WriteAllText(playbook, JsonSerializer.Serialize(new[] { play }));
        string[] variables =
        [
            .. options.ExtraVariables is { } extra ? ["--extra-vars", ExtraVariables.Argument(extra)] : Array.Empty<string>(),
            .. options.ForcedVariables is { Count: > 0 } forced
                ? ["--extra-vars", JsonSerializer.Serialize(forced)] : Array.Empty<string>(),
            "--extra-vars", JsonSerializer.Serialize(more),
        ];
        var ask = ansible.Ask(AnsibleFinder.Playbook, [.. variables, playbook]);
        var environment = ask.Environment.ToDictionary();
        // Facts, and nothing that writes down what is said.
        environment["ANSIBLE_CACHE_PLUGIN"] = "jsonfile";
        environment["ANSIBLE_CACHE_PLUGIN_CONNECTION"] = Facts ?? ansible.For(1)["ANSIBLE_CACHE_PLUGIN_CONNECTION"];
        environment["ANSIBLE_STDOUT_CALLBACK"] = "default";
        environment["ANSIBLE_CALLBACKS_ENABLED"] = "";
        environment["ANSIBLE_CALLBACK_WHITELIST"] = "";
        environment["ANSIBLE_LOG_PATH"] = "/dev/null";
        return ask with { Environment = environment, Timeout = Limit + (hosts.Count * LimitOfHost) };
    }

    private void CopyVariables(string role, string tasks, IEnumerable<string> moreRoles)
    {
        var number = 100;
        foreach (var (from, kind) in DownloadRoles.Concat(moreRoles)
            .SelectMany(name => new[] { (name, "defaults"), (name, "vars") }))
        {
            var variables = ansible.Distribution.File($"roles/{from}/{kind}");
            if (!Directory.Exists(variables))
                continue;
            Directory.CreateDirectory(Path.Combine(role, kind, "main"));
            // As a role's own are found: main.yml, or else all files of the folder main. v2.22.2 has both.
            string[] names = [Path.Combine(variables, "main.yml"), Path.Combine(variables, "main.yaml")];
            var inside = Path.Combine(variables, "main");
            var files = names.Where(File.Exists).Take(1).ToList();
            if (files.Count == 0 && Directory.Exists(inside))
                files = [.. Directory.EnumerateFiles(inside, "*.y*ml", SearchOption.AllDirectories)];
            foreach (var file in files.Order(StringComparer.Ordinal))
                File.Copy(file, Path.Combine(role, kind, "main", $"{number++}.yml"));
        }

        Directory.CreateDirectory(Path.Combine(role, "tasks"));
        File.WriteAllText(Path.Combine(role, "tasks", "main.yml"), tasks);
    }
}
