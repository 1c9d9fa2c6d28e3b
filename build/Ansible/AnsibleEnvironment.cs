using KubeLab.Distributions;
using KubeLab.Ssh;
using KubeLab.Variables;

namespace KubeLab.Ansible;

/// <summary>Ansible as it runs on a cluster: the distribution's own configuration, with what has to be the cluster's own. A fact
/// cache shared between clusters fails asserts after the fix (Kubespray issues 2053 and 2767), and Kubespray's configuration
/// switches host key checks off.</summary>
public sealed record AnsibleEnvironment(Cluster Cluster, Distribution Distribution, AnsibleToolchain Toolchain, SshOptions Ssh)
{
    /// <summary>The folder of lookups that take the place of those that write, beside KubeLab's own program.</summary>
    public static string ReadOnlyLookups { get; } = Path.Combine(AppContext.BaseDirectory, "lookup");

    /// <summary>The folder of strategies that take the place of running tasks, beside KubeLab's own program.</summary>
    public static string Strategies { get; } = Path.Combine(AppContext.BaseDirectory, "strategies");

    /// <summary>The folder of plugins that read inventories, beside KubeLab's own program.</summary>
    public static string InventoryPlugins { get; } = Path.Combine(AppContext.BaseDirectory, "inventory");

    private const int MostForks = 50;
    private const string PluginsVariable = "ANSIBLE_INVENTORY_PLUGINS";

    private static readonly (string Name, string Value)[] PinnedConnection = [
        ("ANSIBLE_SSH_COMMON_ARGS", ""), ("ANSIBLE_SSH_EXTRA_ARGS", ""), ("ANSIBLE_SSH_EXECUTABLE", "ssh"),
        ("ANSIBLE_TRANSPORT", "ssh"),
    ];

    // A network that is away for half a minute costs no run: what was sent into the dark is sent again 31 s after it (tcp(7)).
    private static readonly TimeSpan LeastConnectTimeout = TimeSpan.FromSeconds(40);

    // Ansible gives up a node that is silent as a task begins, as if sudo were asking for a password. OpenSSH is to judge first:
    // it tells a node that is gone from one that takes its time.
    private static readonly TimeSpan PromptTimeout = SshOptions.SilenceLimit + TimeSpan.FromSeconds(15);

    /// <summary>The defaults of the distribution's roles.</summary>
    public DistributionDefaults Defaults { get; } = new(Distribution);

    /// <summary>The extra variables of the command line, which outrank the inventory's; null for none.</summary>
    public string? ExtraVariables { get; init; }

    /// <summary>What runs the tasks instead of Ansible alone; null for nothing.</summary>
    public Accelerator? Accelerator { get; init; }

    /// <summary>Whether <c>ansible-inventory</c> takes extra variables, as it does from 2.11 on.</summary>
    public bool JudgesExtraVariables => Toolchain.Version >= new Version(2, 11);

    /// <summary>A file that changes what the inventory's files say (<see cref="InventoryChange"/>); null for none.</summary>
    public string? Change { get; init; }

    /// <summary>The inventories as the arguments of an Ansible program.</summary>
    public IReadOnlyList<string> InventoryArguments =>
        [.. Cluster.InventoryArguments, .. Change is { } change ? ["-i", change] : Array.Empty<string>()];

    private Lazy<string?> Derived { get; } = new(() => DerivedInventory.Write(Cluster, Distribution));

    /// <summary>A command that asks Ansible about the inventory, without a run: about what it will be once the playbook has
    /// begun.</summary>
    public CommandLine Ask(string program, params IReadOnlyList<string> arguments) =>
        Toolchain.Command(
            program,
            [
                .. InventoryArguments, .. Derived.Value is { } derived ? ["-i", derived] : Array.Empty<string>(),
                    .. arguments,
                .. ExtraVariables is { } extra && (program != "ansible-inventory" || JudgesExtraVariables)
                    ? ["--extra-vars", Ansible.ExtraVariables.Argument(extra)] : Array.Empty<string>(),
            ]) with
        { Environment = ForInventory(), WorkingDirectory = Distribution.Directory };

    /// <summary>The variables for a run over a number of nodes.</summary>
    public Dictionary<string, string?> For(int nodeCount)
    {
        var environment = ForInventory();
        if (HasConfiguration)
            environment.Remove("ANSIBLE_CACHE_PLUGIN");
        else
            environment["ANSIBLE_CACHE_PLUGIN"] = "jsonfile";
        environment.Remove("ANSIBLE_LOOKUP_PLUGINS");
        environment["ANSIBLE_CACHE_PLUGIN_CONNECTION"] = Path.Combine(Cluster.ArtifactsDirectory, "facts");
        environment["ANSIBLE_FORKS"] = $"{Math.Clamp(nodeCount, 5, MostForks)}";
        // Each task opens one session instead of four; Kubespray's own configuration has it too.
        environment["ANSIBLE_PIPELINING"] = "True";
        environment["ANSIBLE_SSH_ARGS"] = string.Join(
            ' ', Ssh.Common.Concat(["-o", $"ConnectTimeout={Seconds(ConnectTimeout)}"]).Select(ShellWords.Quote));
        environment["ANSIBLE_SSH_CONTROL_PATH"] = Ssh.ControlPath.Replace("%", "%%");
        environment["ANSIBLE_TIMEOUT"] = Seconds(PromptTimeout);
        environment["ANSIBLE_HOST_KEY_CHECKING"] = Cluster.Settings.Ssh.HostKeyChecking == "no" ? "False" : "True";
        // An ansible.cfg would decide over pins otherwise; the environment's own are looked at (HostKeyGuard).
        foreach (var (name, value) in Cluster.Settings.Ssh.KnownHosts is null ? [] : PinnedConnection)
        {
            if (string.IsNullOrEmpty(Environment.GetEnvironmentVariable(name)))
                environment[name] = value;
        }

        foreach (var (name, value) in Accelerator?.Environment ?? new Dictionary<string, string?>())
            environment[name] = value;
        return environment;
    }

    private bool HasConfiguration => File.Exists(Distribution.File("ansible.cfg"));

    // What Kubespray's ansible.cfg says of where its parts lie, and what its playbooks lean on; a collection brings no such file.
    private void AddConfiguration(Dictionary<string, string?> environment)
    {
        environment["ANSIBLE_ROLES_PATH"] = Distribution.File("roles");
        environment["ANSIBLE_LIBRARY"] =
            Distribution.File(Directory.Exists(Distribution.File("library")) ? "library" : "plugins/modules");
        environment["ANSIBLE_GATHERING"] = "smart";
        environment["ANSIBLE_TRANSFORM_INVALID_GROUP_CHARS"] = "ignore";
        environment["ANSIBLE_INVENTORY_IGNORE_REGEX"] = "artifacts,credentials";
    }

    private TimeSpan ConnectTimeout => Ssh.ConnectTimeout > LeastConnectTimeout ? Ssh.ConnectTimeout : LeastConnectTimeout;

    private static string Seconds(TimeSpan time) => $"{(int)time.TotalSeconds}";

    /// <summary>
    /// The variables for reading the inventory: no cached facts, nothing is written, and what can't be parsed is an error.
    /// </summary>
    public Dictionary<string, string?> ForInventory()
    {
        var environment = new Dictionary<string, string?>()
        {
            ["ANSIBLE_CACHE_PLUGIN"] = "memory",
            ["ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED"] = "True",
            ["ANSIBLE_NOCOWS"] = "1",
            ["ANSIBLE_DEPRECATION_WARNINGS"] = "False",
            ["ANSIBLE_LOCALHOST_WARNING"] = "False",
            ["PYTHONUNBUFFERED"] = "1",
            ["ANSIBLE_LOOKUP_PLUGINS"] = ReadOnlyLookups,
        };
        if (Cluster.Settings.Ansible.VaultPasswordFile is { } vault)
            environment["ANSIBLE_VAULT_PASSWORD_FILE"] = vault;
        if (Change is not null)
            environment[PluginsVariable] = string.Join(
                ':', new[] { InventoryPlugins, Environment.GetEnvironmentVariable(PluginsVariable) }.OfType<string>());
        if (!HasConfiguration)
            AddConfiguration(environment);
        foreach (var (name, value) in Toolchain.PathsFor(Distribution))
            environment[name] = value;
        return environment;
    }
}
