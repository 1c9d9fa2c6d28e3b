namespace KubeLab.Clusters;

/// <summary>KubeLab's own settings for a cluster, after the command line, the environment and <c>kubelab.yml</c>. A setting is
/// declared here and nowhere else: its key, what it does, what it takes, the build's parameter that stands for it, and its
/// default. Files are absolute; null is what nobody has set.</summary>
public sealed record ClusterSettings
{
    [Setting("distribution", "Which distribution of Kubernetes is installed. Default: kubespray.",
        SettingKind.Choice, "kubespray", "lab", Parameter = "Distribution")]
    public string Distribution { get; init; } = "kubespray";

    [Setting("machines",
        "Whose machines it is installed on: lab, which LabUp makes here, or own. Default: lab with the lab's distribution, else own.",
        SettingKind.Choice, "own", "lab", Parameter = "Machines")]
    public string? Machines { get; init; }

    /// <summary>Whether the nodes are the lab's, whatever is installed on them.</summary>
    public bool HasLabMachines => (Machines ?? (Distribution == "lab" ? "lab" : "own")) == "lab";

    [Setting("inventory", "The inventory file or script in this folder. Default: the one that is there.", SettingKind.File)]
    public string? InventoryFile { get; init; }

    [Setting("inventories", "More inventory files, folders or scripts, given to Ansible with -i after the first, in this order.",
        SettingKind.Files)]
    public IReadOnlyList<string> MoreInventories { get; init; } = [];

    /// <summary>Which Kubespray.</summary>
    public KubespraySettings Kubespray { get; init; } = new();

    /// <summary>Which Ansible.</summary>
    public AnsibleSettings Ansible { get; init; } = new();

    /// <summary>How nodes are reached.</summary>
    public SshSettings Ssh { get; init; } = new();

    /// <summary>How privileges are escalated on a node.</summary>
    public BecomeSettings Become { get; init; } = new();

    /// <summary>What the preflight does.</summary>
    public PreflightSettings Preflight { get; init; } = new();

    /// <summary>What the smoke test does.</summary>
    public SmokeSettings Smoke { get; init; } = new();

    /// <summary>How etcd is backed up.</summary>
    public BackupSettings Backup { get; init; } = new();
}

/// <summary>Which Kubespray to run.</summary>
public sealed record KubespraySettings
{
    /// <summary>The version when none is given, the newest that KubeLab's facts were checked against.</summary>
    internal const string DefaultVersion = "v2.31.0";

    /// <summary>The public repository.</summary>
    internal const string DefaultUrl = "https://github.com/kubernetes-sigs/kubespray.git";

    [Setting("kubespray.version", $"The Kubespray version: a git tag, branch or commit. Default: {DefaultVersion}.",
        Parameter = "KubesprayVersion")]
    public string Version { get; init; } = DefaultVersion;

    [Setting("kubespray.path", "A local Kubespray checkout, instead of a version.",
        SettingKind.File, Parameter = "KubesprayPath")]
    public string? Path { get; init; }

    [Setting("kubespray.url", "Where Kubespray is cloned from: its public repository, a mirror or a local one.",
        Parameter = "KubesprayUrl")]
    public string Url { get; init; } = DefaultUrl;
}

/// <summary>Which Ansible runs the playbooks.</summary>
public sealed record AnsibleSettings
{
    [Setting("ansible.version",
        "Picks requirements-<version>.txt and requirements-<version>.yml, where the distribution has them.",
        Parameter = "AnsibleVersion")]
    public string? Version { get; init; }

    [Setting("ansible.environment",
        "A virtual environment whose Ansible runs the playbooks, instead of one that is made from the release's pins.",
        SettingKind.File, Parameter = "AnsibleEnvironment")]
    public string? Environment { get; init; }

    [Setting("ansible.wheels", "A folder of wheels that Ansible is installed from, instead of Python's package index.",
        SettingKind.File, Parameter = "AnsibleWheels")]
    public string? Wheels { get; init; }

    [Setting("ansible.index", "The package index that Ansible is installed from: a mirror. Default: pip's own.",
        SettingKind.Address, Parameter = "AnsibleIndex")]
    public string? Index { get; init; }

    [Setting("ansible.accelerator",
        "What runs the playbook's tasks faster: mitogen, or none. Default: none.", SettingKind.Choice, "none", "mitogen")]
    public string Accelerator { get; init; } = "none";

    [Setting("ansible.accelerator_path",
        "A checkout or a wheel of the accelerator. Default: the one beside Ansible, else Debian's package.", SettingKind.File)]
    public string? AcceleratorPath { get; init; }

    [Setting("ansible.vault_password_file",
        "A file, readable by you alone, with the password of vaulted variables, or a program that prints it.",
        SettingKind.SecretFileOrProgram, Parameter = "VaultPasswordFile")]
    public string? VaultPasswordFile { get; init; }
}

/// <summary>How nodes are reached.</summary>
public sealed record SshSettings
{
    [Setting("ssh.user", "The user to log in as, where the inventory names none.", SettingKind.User, Parameter = "SshUser")]
    public string? User { get; init; }

    [Setting("ssh.private_key", "The private key file, as ansible-playbook's --private-key.",
        SettingKind.File, Parameter = "PrivateKey")]
    public string? PrivateKey { get; init; }

    [Setting("ssh.known_hosts", "A file of pinned host keys. Default: OpenSSH's own.", SettingKind.NewFile)]
    public string? KnownHosts { get; init; }

    [Setting("ssh.host_key_checking",
        "What to do about an unknown host key: refuse it (yes), accept it once (accept-new), or never check (no). Default: yes.",
        SettingKind.Choice, "yes", "accept-new", "no")]
    public string HostKeyChecking { get; init; } = "yes";

    [Setting("ssh.connect_timeout", "How long a connection may take to open. Default: 10s.", SettingKind.Duration)]
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);

    [Setting("ssh.kex_algorithms", "The key exchange to offer, as KexAlgorithms of ssh_config(5). Default: OpenSSH's own.",
        SettingKind.Algorithms)]
    public string? KexAlgorithms { get; init; }

    [Setting("ssh.client", "The SSH client: the system's OpenSSH, or SSH.NET. Default: openssh.",
        SettingKind.Choice, "openssh", "sshnet", Parameter = "SshClient")]
    public string Client { get; init; } = "openssh";
}

/// <summary>How privileges are escalated on a node.</summary>
public sealed record BecomeSettings
{
    [Setting("become.user", "The user that tasks run as on the nodes. Default: root.",
        SettingKind.User, Parameter = "BecomeUser")]
    public string User { get; init; } = "root";

    [Setting("become.password_file", "A file, readable by you alone, that holds the password for sudo.",
        SettingKind.SecretFile, Parameter = "BecomePasswordFile")]
    public string? PasswordFile { get; init; }
}

/// <summary>What the preflight does.</summary>
public sealed record PreflightSettings
{
    [Setting("preflight.skip", "Ids of preflight checks to leave out; the result shows them as skipped.", SettingKind.List)]
    public IReadOnlyList<string> Skip { get; init; } = [];

    [Setting("preflight.concurrency", "How many nodes are asked at a time. Default: all, 32 at most.", SettingKind.Number)]
    public int? Concurrency { get; init; }
}

/// <summary>What the smoke test does.</summary>
public sealed record SmokeSettings
{
    [Setting("smoke.image", "The image of the smoke test's pods: a busybox. Default: busybox from the public registry.",
        Parameter = "SmokeImage")]
    public string? Image { get; init; }

    [Setting("smoke.mirror", "A registry prefix that is put before the default image.")]
    public string? Mirror { get; init; }

    [Setting("smoke.timeout", "How long the smoke test may take. Default: 15m.", SettingKind.Duration)]
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(15);

    [Setting("smoke.allowed_taints", "Keys of taints that are meant to be there, beside those of the control plane.",
        SettingKind.List)]
    public IReadOnlyList<string> AllowedTaints { get; init; } = [];

    [Setting("smoke.external_name",
        "A name outside of the cluster that pods must be able to resolve. Default: none, and the check is skipped.")]
    public string? ExternalName { get; init; }

    [Setting("smoke.certificate_reserve", "How long certificates must still be valid. Default: 720h, which is 30 days.",
        SettingKind.Duration)]
    public TimeSpan CertificateReserve { get; init; } = TimeSpan.FromDays(30);

    [Setting("smoke.skip", "Ids of smoke checks to leave out; the result shows them as skipped.", SettingKind.List)]
    public IReadOnlyList<string> Skip { get; init; } = [];
}

/// <summary>How etcd is backed up.</summary>
public sealed record BackupSettings
{
    [Setting("backup.recipient",
        "Whom backups are encrypted to: an age recipient, a public key of SSH, or a file of such lines. Default: none, and none is taken.",
        Parameter = "Recipient")]
    public string? Recipient { get; init; }

    [Setting("backup.identity", "The file of age's identity that decrypts backups, readable by you alone.",
        SettingKind.SecretFile, Parameter = "AgeIdentity")]
    public string? Identity { get; init; }

    [Setting("backup.folder", "Where backups are kept. Default: artifacts/<cluster>/backups.", SettingKind.NewFile)]
    public string? Folder { get; init; }

    [Setting("backup.keep", "How many of the newest backups are kept, whatever their age. Default: 7.", SettingKind.Number)]
    public int Keep { get; init; } = 7;

    [Setting("backup.keep_for", "How long the other backups are kept. Default: 720h, which is 30 days.", SettingKind.Duration)]
    public TimeSpan KeepFor { get; init; } = TimeSpan.FromDays(30);
}
