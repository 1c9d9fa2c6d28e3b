namespace KubeLab.Distributions;

/// <summary>A tree with <c>cluster.yml</c>, at its root or under <c>playbooks/</c>: Kubespray at a version, or the lab's own,
/// which keeps Kubespray's contract.</summary>
/// <param name="Name">How it is called: <c>kubespray v2.31.0</c>.</param>
/// <param name="Directory">Its folder, absolute: the working directory of every playbook.</param>
/// <param name="Commit">The commit that is checked out, where it is a git tree.</param>
public sealed record Distribution(string Name, string Directory, string? Commit)
{
    /// <summary>The role defaults that hold the preflight's thresholds.</summary>
    public static string PreinstallDefaults => "roles/kubernetes/preinstall/defaults/main.yml";

    /// <summary>The Ansible versions that its playbooks accept; null where the tree doesn't say.</summary>
    public AnsibleWindow? AnsibleWindow { get; } = AnsibleWindow.Find(Directory);

    /// <summary>What has to be installed before its playbooks run.</summary>
    public Requirements Requirements { get; } = new(Directory);

    /// <summary>Its playbooks, by what they are for.</summary>
    public Playbooks Playbooks { get; } = new(Directory);

    /// <summary>The Kubernetes versions that it installs.</summary>
    public KubernetesVersions KubernetesVersions => field ??= KubernetesVersions.Read(Directory);

    /// <summary>The operating systems that its playbooks accept.</summary>
    public SupportedSystems SupportedSystems => field ??= SupportedSystems.Read(Directory);

    /// <summary>The asserts by which its playbooks refuse a cluster.</summary>
    public ReleaseAsserts Asserts => field ??= ReleaseAsserts.Read(Directory);

    /// <summary>The roles by which it writes what its nodes run by.</summary>
    public ReleaseConfiguration Configuration => field ??= ReleaseConfiguration.Read(Directory);

    /// <summary>The groups that its playbooks make of others.</summary>
    public DerivedGroups DerivedGroups => field ??= DerivedGroups.Read(Directory);

    /// <summary>The variables that it reads.</summary>
    public KnownVariables KnownVariables => field ??= KnownVariables.Of(Directory, Commit);

    /// <summary>What its checks demand of variables.</summary>
    public VariableDemands VariableDemands => field ??= VariableDemands.Read(Directory);

    /// <summary>The versions of all that it downloads.</summary>
    public ChecksumTables ChecksumTables => field ??= ChecksumTables.Read(Directory);

    /// <summary>The etcd that it brings.</summary>
    public EtcdVersions EtcdVersions => field ??= EtcdVersions.Read(Directory);

    /// <summary>The names of the objects of the API that it makes.</summary>
    public IReadOnlySet<string> ObjectNames => field ??= Distributions.ObjectNames.Read(Directory);

    /// <summary>Where it leaves the administrator's kubeconfig on a control plane.</summary>
    public string KubeconfigOnNode =>
        field ??= new[] { "roles/kubernetes/client/defaults/main.yml", "roles/kubespray_defaults/defaults/main/main.yml" }
            .Select(file => Default(file, "kube_config_dir"))
            .FirstOrDefault(each => each is { IsTemplate: false })?.Value is { } directory
                ? $"{directory}/admin.conf"
                : "/etc/kubernetes/admin.conf";

    /// <summary>The collections that its playbooks use, with fitting versions; none where its tree doesn't say.</summary>
    public IReadOnlyDictionary<string, string> Collections => field ??= GalaxyDependencies.Read(Directory);

    /// <summary>Reads a variable from a file of role defaults, with its line.</summary>
    /// <param name="file">The file, relative to the distribution.</param>
    /// <returns>The value as it is written, or null where the file or the variable isn't there.</returns>
    public WrittenVariable? Default(string file, string variable) =>
        VariablesFile.Read(Path.Combine(Directory, file), file).GetValueOrDefault(variable);

    /// <summary>The path of one of its files, absolute.</summary>
    public string File(string relativePath) => Path.Combine(Directory, relativePath);

    /// <summary>Opens a tree.</summary>
    /// <exception cref="UserError">The folder has no <c>cluster.yml</c>.</exception>
    public static Distribution Open(string name, string directory, string? commit = null)
    {
        if (!System.IO.Directory.Exists(directory))
            throw new UserError(
                $"{name}: there is no folder {directory}",
                "Name a Kubespray checkout with --kubespray-path, or a version with --kubespray-version.");
        if (!Playbooks.PlacesOfInstall.Any(place => System.IO.File.Exists(Path.Combine(directory, place))))
            throw new UserError(
                $"{name}: {directory} has no cluster.yml, so it is no Kubespray checkout",
                "Name the folder that holds cluster.yml with --kubespray-path.");
        return new Distribution(name, Path.GetFullPath(directory), commit);
    }
}
