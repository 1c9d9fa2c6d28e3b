using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace KubeLab.Distributions;

/// <summary>The roles by which a release writes what its nodes run by, in the order in which it runs them: what one sets, the
/// next one sees.</summary>
public sealed record ReleaseConfiguration
{
    // Kubespray's names from v2.18 on, "master" before; the lab's distribution has some of its own. Files that a role includes
    // while it runs stand here by themselves.
    private static readonly (string Role, string[] Files, string Hosts, string? When)[] Known =
    [
        ("kubernetes/preinstall", ["0070-system-packages", "0080-system-configurations"], "k8s_cluster:etcd", null),
        ("system_packages", ["main"], "k8s_cluster:etcd", null),
        ("container-engine/containerd", ["main"], "k8s_cluster:etcd", "container_manager == 'containerd'"),
        ("container_engine/containerd", ["main"], "k8s_cluster", null),
        ("etcd", ["configure", "refresh_config", "members"], "etcd",
            "etcd_deployment_type | default('host') != 'kubeadm' and not etcd_kubeadm_enabled | default(false)"),
        ("kubernetes/loadbalancer", ["main"], "k8s_cluster", "loadbalancer_apiserver_localhost | bool"),
        ("network_plugin/ptp", ["main"], "k8s_cluster", null),
        ("kubernetes/node", ["main"], "k8s_cluster", null),
        ("kubernetes/master", ["main"], "kube-master", null),
        ("kubernetes/control-plane", ["main"], "kube_control_plane", null),
        ("kubernetes/kubeadm", ["main"], "k8s_cluster", null),
        ("kubernetes/kube-proxy", ["main"], "k8s_cluster", null),
    ];

    /// <summary>The files of tasks, each with the hosts that it is for.</summary>
    public IReadOnlyList<(string Hosts, AssertFile File)> Files { get; private init; } = [];

    /// <summary>The roles whose variables are seen: those of the files, and all that they depend on.</summary>
    public IReadOnlyList<string> Roles { get; private init; } = [];

    /// <summary>What of the tree can't be read, with its file; null where all can.</summary>
    public string? Problem { get; private init; }

    /// <summary>Reads where a tree keeps them.</summary>
    /// <param name="directory">The tree, absolute.</param>
    public static ReleaseConfiguration Read(string directory)
    {
        try
        {
            var listed = PlaysOf(directory);
            List<(string, AssertFile)> files = [.. Known.SelectMany(known => known.Files
                .Select(name => ReleaseAsserts.TaskFile(directory, known.Role, name)).OfType<string>()
                .Select(file => (
                    listed.GetValueOrDefault(known.Role, known.Hosts),
                    new AssertFile(known.Role, file, known.When is { } when ? [when] : [], IsJudged: false))))];
            return new ReleaseConfiguration
            {
                Files = files,
                Roles = ReleaseAsserts.WithDependencies(directory, files.Select(each => each.Item2.Role).Distinct()),
            };
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or YamlException or UserError)
        {
            return new ReleaseConfiguration { Problem = exception.Message };
        }
    }

    // Only the first control plane has kubeadm's configuration in some: the play says so. A role that several plays run, such as
    // etcd's, is for its members here.
    private static Dictionary<string, string> PlaysOf(string directory)
    {
        var found = new Dictionary<string, string>();
        var playbooks = new[] { "cluster.yml", "playbooks/cluster.yml" }.Select(name => Path.Combine(directory, name));
        foreach (var play in playbooks.Where(File.Exists).SelectMany(ReleaseAsserts.Tasks))
        {
            if (ReleaseAsserts.Text(play, "hosts") is not { } hosts
                || ReleaseAsserts.Value(play, "roles") is not YamlSequenceNode roles)
                continue;
            foreach (var role in roles.Select(each => each is YamlMappingNode mapping
                ? ReleaseAsserts.Text(mapping, "role") : (each as YamlScalarNode)?.Value).OfType<string>())
            {
                if (role != "etcd")
                    found.TryAdd(role, hosts);
            }
        }

        return found;
    }
}
