namespace KubeLab.Clusters;

/// <summary>KubeLab's own settings for a cluster, after the command line, the environment and <c>kubelab.yml</c>.</summary>
public sealed record ClusterSettings
{
    /// <summary>Which distribution of Kubernetes: <c>kubespray</c> or <c>lab</c>.</summary>
    public string Distribution { get; init; } = "kubespray";

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
}

/// <summary>Which Ansible runs the playbooks.</summary>
public sealed record AnsibleSettings
{
    /// <summary>The <c>version</c> of <c>requirements-{version}.txt</c>, for the releases that have several; null for the default.</summary>
    public string? Version { get; init; }

    /// <summary>A folder of wheels, absolute, to install from instead of an index; null for none.</summary>
    public string? Wheels { get; init; }

    /// <summary>The package index to install from, a mirror; null leaves it to pip.</summary>
    public string? Index { get; init; }

    /// <summary>The file with the password of vaulted variables, or the program that prints it, absolute; null for none.</summary>
    public string? VaultPasswordFile { get; init; }
}

/// <summary>How privileges are escalated on a node.</summary>
public sealed record BecomeSettings
{
    /// <summary>The user to become.</summary>
    public string User { get; init; } = "root";

    /// <summary>A file that holds the password for sudo, absolute; null where sudo needs none.</summary>
    public string? PasswordFile { get; init; }
}

/// <summary>Which Kubespray to run.</summary>
public sealed record KubespraySettings
{
    /// <summary>The version when none is given, the newest that KubeLab's facts were checked against.</summary>
    public const string DefaultVersion = "v2.31.0";

    /// <summary>The public repository.</summary>
    public const string DefaultUrl = "https://github.com/kubernetes-sigs/kubespray.git";

    /// <summary>A git tag, branch or commit.</summary>
    public string Version { get; init; } = DefaultVersion;

    /// <summary>A local checkout, absolute, instead of a version; null for none.</summary>
    public string? Path { get; init; }

    /// <summary>Where it is cloned from.</summary>
    public string Url { get; init; } = DefaultUrl;
}

/// <summary>What the preflight does.</summary>
public sealed record PreflightSettings
{
    /// <summary>The ids of the checks to leave out.</summary>
    public IReadOnlyList<string> Skip { get; init; } = [];

    /// <summary>How many nodes are asked at a time; null for a number that fits.</summary>
    public int? Concurrency { get; init; }
}

/// <summary>What the smoke test does.</summary>
public sealed record SmokeSettings
{
    /// <summary>The image of the test's pods; null for a public busybox.</summary>
    public string? Image { get; init; }

    /// <summary>A registry prefix put before the default image; null for none.</summary>
    public string? Mirror { get; init; }

    /// <summary>How long the smoke test may take.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>The keys of taints that are meant to be there, beside those of the control plane.</summary>
    public IReadOnlyList<string> AllowedTaints { get; init; } = [];

    /// <summary>A name outside of the cluster that pods must be able to resolve; null for none.</summary>
    public string? ExternalName { get; init; }

    /// <summary>How long certificates must still be valid.</summary>
    public TimeSpan CertificateReserve { get; init; } = TimeSpan.FromDays(30);

    /// <summary>The ids of the checks to leave out.</summary>
    public IReadOnlyList<string> Skip { get; init; } = [];
}

/// <summary>How nodes are reached.</summary>
public sealed record SshSettings
{
    /// <summary>The user to log in as where the inventory names none; null leaves it to OpenSSH.</summary>
    public string? User { get; init; }

    /// <summary>The private key file, absolute; null leaves it to OpenSSH: its agent, its configuration, its default keys.</summary>
    public string? PrivateKey { get; init; }

    /// <summary>A file of pinned host keys, absolute; null leaves it to OpenSSH.</summary>
    public string? KnownHosts { get; init; }

    /// <summary>What OpenSSH does about an unknown host key: <c>yes</c> (refuse), <c>accept-new</c> or <c>no</c>.</summary>
    public string HostKeyChecking { get; init; } = "yes";

    /// <summary>How long a connection may take to open.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The key exchange algorithms to offer, as in ssh_config(5); null leaves OpenSSH's default.</summary>
    public string? KexAlgorithms { get; init; }

    /// <summary>The client: <c>openssh</c> or <c>sshnet</c>.</summary>
    public string Client { get; init; } = "openssh";
}
