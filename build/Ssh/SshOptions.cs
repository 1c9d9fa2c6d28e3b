namespace KubeLab.Ssh;

/// <summary>How OpenSSH is told to connect: one set of options for KubeLab's own commands and for Ansible's, so that what the
/// preflight proves holds for the playbook, which then finds the connections open.</summary>
public sealed class SshOptions(Cluster cluster)
{
    private const string ArgumentsForAll = "ansible_ssh_args";
    private const string OwnKnownHosts = "~/.ssh/known_hosts ~/.ssh/known_hosts2";
    private const string GlobalKnownHosts = "/etc/ssh/ssh_known_hosts /etc/ssh/ssh_known_hosts2";
    private const int AliveIntervalSeconds = 15;
    private const int AliveCountMax = 4;

    /// <summary>The variables that decide how a node is reached, as Ansible's ssh and become plugins read them.</summary>
    public static IReadOnlyList<string> Variables { get; } = [
        "ansible_connection", "ansible_host", "ansible_ssh_host",
        "ansible_port", "ansible_ssh_port", "ansible_user", "ansible_ssh_user",
        "ansible_ssh_private_key_file", "ansible_private_key_file", ArgumentsForAll,
        "ansible_ssh_common_args", "ansible_ssh_extra_args", "ansible_become_method", "ansible_become_user", "ip", "access_ip",
    ];

    /// <summary>The variables by which an inventory gives the ssh client arguments; Ansible takes all but the first from the
    /// environment too, in capitals.</summary>
    internal static IReadOnlyList<string> ArgumentVariables { get; } = [
        ArgumentsForAll, "ansible_ssh_common_args", "ansible_ssh_extra_args",
    ];

    /// <summary>The cluster whose nodes are reached.</summary>
    internal Cluster Cluster => cluster;

    /// <summary>How long an open connection may be silent before OpenSSH gives up: until it is due to answer.</summary>
    public static TimeSpan SilenceLimit { get; } = TimeSpan.FromSeconds(AliveIntervalSeconds * (AliveCountMax + 1));

    /// <summary>The folder of the shared connections' sockets, one a cluster. It is short, as a socket's path may have 108 bytes
    /// (unix(7)) and OpenSSH's <c>%C</c> alone takes 40.</summary>
    public string ControlDirectory { get; } = Path.Combine(
        Environment.GetEnvironmentVariable("XDG_RUNTIME_DIR") is { Length: > 0 and < 40 } runtime && Directory.Exists(runtime)
            ? runtime
            : "/tmp",
        $"kubelab-{CacheKey.Of($"{Environment.UserName}:{cluster.ArtifactsDirectory}")[..12]}");

    /// <summary>How long a connection may take to open.</summary>
    public TimeSpan ConnectTimeout => cluster.Settings.Ssh.ConnectTimeout;

    /// <summary>The path of a connection's socket, as both OpenSSH and Ansible take it.</summary>
    public string ControlPath => Path.Combine(ControlDirectory, "%C");

    /// <summary>The options that hold for every node, as words: what Ansible gets as <c>ANSIBLE_SSH_ARGS</c>.</summary>
    public IReadOnlyList<string> Common
    {
        get
        {
            var ssh = cluster.Settings.Ssh;
            List<string> words = [
                "-o", "ControlMaster=auto", "-o", "ControlPersist=10m",
                "-o", $"ServerAliveInterval={AliveIntervalSeconds}", "-o", $"ServerAliveCountMax={AliveCountMax}",
                "-o", $"StrictHostKeyChecking={ssh.HostKeyChecking}",
                // ssh_config(5): these accept a key that no known_hosts file has. A user's own configuration may not.
                "-o", "VerifyHostKeyDNS=no", "-o", "NoHostAuthenticationForLocalhost=no",
                "-o", $"UserKnownHostsFile={(ssh.KnownHosts is { } pinned ? Quoted(pinned) : OwnKnownHosts)}",
                "-o", $"GlobalKnownHostsFile={(ssh.KnownHosts is null ? GlobalKnownHosts : "/dev/null")}",
            ];
            if (ssh.KexAlgorithms is not null)
                words.AddRange(["-o", $"KexAlgorithms={ssh.KexAlgorithms}"]);
            return words;
        }
    }

    /// <summary>All options for one node, in the order in which Ansible gives them.</summary>
    /// <exception cref="UserError">What the inventory says of the way there can't be read.</exception>
    public IReadOnlyList<string> For(Node node)
    {
        if (node.UnresolvedConnection is { } reason)
            throw new UserError(
                $"{node.Name}: Ansible can't resolve the templates in the inventory that say how it is reached: {reason}",
                $"Give the variable that is missing a value. What Ansible says of it: ansible -i {ShellWords.Quote(cluster.InventoryFile)} {node.Name} -m debug -a var=ansible_host");
        NodeNames.Check(node, User(node));
        List<string> words = [
            .. Shared(node),
            "-o", "BatchMode=yes", "-o", $"ConnectTimeout={(int)cluster.Settings.Ssh.ConnectTimeout.TotalSeconds}",
        ];
        if (Port(node) is { } port)
            words.AddRange(["-o", $"Port={port}"]);
        if (PrivateKey(node) is { } key)
            words.AddRange(["-o", $"IdentityFile={Quoted(key)}"]);
        if (User(node) is { } user)
            words.AddRange(["-o", $"User={user}"]);
        words.AddRange(ClientArguments(node));
        words.AddRange(["-o", $"ControlPath={ControlPath}"]);
        return words;
    }

    /// <summary>The user to log in as: the inventory's, else the setting's, else null for OpenSSH's own choice.</summary>
    public string? User(Node node) => First(node, "ansible_ssh_user", "ansible_user") ?? cluster.Settings.Ssh.User;

    /// <summary>The port to connect to: the inventory's, else null for OpenSSH's own choice.</summary>
    public static string? Port(Node node) => First(node, "ansible_ssh_port", "ansible_port");

    /// <summary>The private key file to log in with: the inventory's, the setting's, or null for OpenSSH's choice.</summary>
    public string? PrivateKey(Node node) =>
        First(node, "ansible_ssh_private_key_file", "ansible_private_key_file") ?? cluster.Settings.Ssh.PrivateKey;

    /// <summary>What the inventory gives the ssh client beside, as words: jump hosts for one.</summary>
    /// <exception cref="UserError">Its <c>ansible_ssh_common_args</c> or <c>ansible_ssh_extra_args</c> can't be read.</exception>
    public static IReadOnlyList<string> ClientArguments(Node node) =>
        [.. Words(node, "ansible_ssh_common_args"), .. Words(node, "ansible_ssh_extra_args")];

    /// <summary>Makes the folder of the sockets, which nobody else may enter.</summary>
    /// <exception cref="UserError">The folder is there and somebody else's.</exception>
    public void PrepareControlDirectory()
    {
        if (OperatingSystem.IsWindows())
            return;
        const UnixFileMode ownerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        try
        {
            Directory.CreateDirectory(ControlDirectory, ownerOnly);
            // Root may set any folder's mode, and that of what a link leads to.
            if (Environment.IsPrivilegedProcess)
                TrustedFolder.Require(ControlDirectory);
            // Succeeds for the owner alone (chmod(2)), so a folder that somebody else made first is found out here.
            File.SetUnixFileMode(ControlDirectory, ownerOnly);
        }
        catch (Exception exception) when (exception is UnauthorizedAccessException or IOException)
        {
            throw new UserError(
                $"{ControlDirectory}, for shared SSH connections, can't be used: {exception.Message}",
                $"Remove it: sudo rm -r {ControlDirectory}", exception);
        }
    }

    // Like Ansible: the inventory's own take the place of those that hold for every node; then nobody would look at pinned keys.
    private IReadOnlyList<string> Shared(Node node)
    {
        if (node.Text(ArgumentsForAll) is not { } own)
            return Common;
        if (cluster.Settings.Ssh.KnownHosts is { } pinned
            && !own.Contains("UserKnownHostsFile", StringComparison.OrdinalIgnoreCase))
            throw new UserError(
                $"{node.Name}: {ArgumentsForAll} takes the place of the options by which ssh knows the host keys in {pinned}",
                $"Write ansible_ssh_common_args in place of {ArgumentsForAll}: what it says is added to KubeLab's options.");
        return Words(node, ArgumentsForAll);
    }

    private static string? First(Node node, params IReadOnlyList<string> variables) =>
        variables.Select(node.Text).FirstOrDefault(value => !string.IsNullOrEmpty(value));

    /// <summary>The text of one of <see cref="ArgumentVariables"/> that holds for a node; null where none does.</summary>
    internal static string? Given(Node node, string variable) => node.Text(variable)
        ?? (variable == ArgumentsForAll ? null : Environment.GetEnvironmentVariable(variable.ToUpperInvariant()));

    private static IReadOnlyList<string> Words(Node node, string variable)
    {
        if (Given(node, variable) is not { } text)
            return [];
        try
        {
            return ShellWords.Split(text);
        }
        catch (FormatException exception)
        {
            throw new UserError(
                $"{node.Name}: {variable} can't be read: {exception.Message}",
                $"Correct {variable} in the inventory, or {variable.ToUpperInvariant()} in the environment: {text}", exception);
        }
    }

    // ssh_config(5): an argument with spaces is given in double quotes.
    private static string Quoted(string path) => path.Contains(' ') ? $"\"{path}\"" : path;
}
