using KubeLab.Tests.Clusters;
using KubeLab.Tests.Distributions;
using KubeLab.Tests.Machines;

namespace KubeLab.Tests.Lifecycle;

/// <summary>
/// A cluster that lives in a folder: the file <c>machines/nodes/k8s-n0</c> is a node and holds its kubelet's version,
/// <c>machines/etcd/etcd1</c> is a member of etcd, and <c>machines/api</c> holds the API server's version. KubeLab's program and
/// the real Ansible run playbooks with the names, hosts, questions and variables of Kubespray's, which make and change these
/// files, and what stands in for kubectl shows them.
/// </summary>
internal sealed class SmallCluster : IDisposable
{
    private const string Kubectl = """
        #!/bin/sh
        cd "$(dirname "$0")/../../../machines" || exit 1
        case "$*" in *'config view'*) echo '{"clusters": [{"cluster": {"server": "https://127.0.0.1:6443"}}], "users": [{"user": {}}]}'; exit ;;
          *'get pods '*) echo '{"items": [{"metadata": {"name": "web", "namespace": "shop", "labels": {"app": "web"}, "ownerReferences": [{"kind": "ReplicaSet"}]}, "status": {"phase": "Running"}}]}'; exit ;;
          *'get poddisruptionbudgets '*) if [ -e budgets ]; then cat budgets; else echo '{"items": []}'; fi; exit ;;
          *' drain '*) if [ -e killed-in-drain ]; then rm killed-in-drain; kill -9 "$PPID"; exit; fi; echo "$*" | sed 's/.* drain \([^ ]*\) .*/\1/' >> drained; exit ;;
        esac
        for path; do :; done
        case $path in
          /version) printf '{"gitVersion": "%s"}\n' "$(cat api)" ;;
          /api/v1/nodes)
            separator='{"items": ['
            for node in nodes/*; do
              case $node in */k8s-m*) label='"node-role.kubernetes.io/control-plane": ""' ;; *) label= ;; esac
              printf '%s{"metadata": {"name": "%s", "labels": {%s}}, "status": {"nodeInfo": {"kubeletVersion": "%s"}}}' "$separator" "${node#*/}" "$label" "$(cat "$node")"
              separator=', '
            done
            echo ']}' ;;
          *) echo 'Error from server (NotFound): the server could not find the requested resource' >&2; exit 1 ;;
        esac

        """;

    // What etcdctl of the version in the file etcdctl prints; etcd1 is the member that doesn't answer.
    private const string Etcdctl = """
        #!/bin/sh
        cd "$(dirname "$0")/.." || exit 1
        version=$(cat etcdctl)
        case "$*" in
          version) printf 'etcdctl version: %s\nAPI version: %s\n' "$version" "${version%.*}" ;;
          'snapshot restore --help') case $version in 3.[0-5].*) echo '      --data-dir="": Path to the output data directory' ;; *) echo 'etcdctl snapshot <subcommand>' ;; esac ;;
          'member list '*) for member in etcd/*; do name=${member#*/}; echo "0${name#etcd}, started, $name, https://$name:2380, https://$name:2379, false"; done ;;
          'endpoint health '*)
            if [ -e quorum-lost ]; then echo 'https://127.0.0.1:2379 is unhealthy: failed to commit proposal: context deadline exceeded' >&2; exit 1; fi
            case "$*" in *--cluster*) for member in etcd/*; do [ "$member" = etcd/etcd1 ] || echo "https://${member#*/}:2379 is healthy: successfully committed proposal: took = 9.8ms"; done ;;
              *) echo 'https://127.0.0.1:2379 is healthy: successfully committed proposal: took = 9.8ms' ;; esac ;;
          *) echo "Error: unknown command \"$*\"" >&2; exit 1 ;;
        esac

        """;

    private static readonly string Samples = Path.Combine(AppContext.BaseDirectory, "Lifecycle", "samples");

    /// <summary>Makes the distribution in the shape of a release: its playbooks at the root up to v2.21, imported from there since.</summary>
    public SmallCluster(string tag, string inventory, string kubernetes)
    {
        var release = KubesprayRelease.All.Single(each => each.Tag == tag);
        RealAnsible.Distribution(Folder);
        KubesprayTree.Write(Folder, release, "distribution/");
        // The system's Ansible has to do.
        Folder.Write($"distribution/{release.WindowFile}", "---\n- hosts: all\n  vars:\n    minimal_ansible_version: 2.9.0\n    maximal_ansible_version: 99.0.0\n");
        foreach (var file in Directory.GetFiles(Folder.File("distribution"), "requirements*").Append(Folder.File("distribution/galaxy.yml")))
            File.Delete(file);
        foreach (var playbook in Directory.GetFiles(Path.Combine(Samples, "playbooks")))
            CopyPlaybook(playbook, release);
        if (!release.PlaybooksAreImported)
            File.Copy(Path.Combine(Samples, "early", "reset.yml"), Folder.File("distribution/reset.yml"), overwrite: true);
        Folder.Write(".nuke/parameters.json", "{}");
        Folder.Write("inventory/mine/inventory.ini", inventory);
        Folder.Write("inventory/mine/group_vars/all.yml", $"machines: \"{{{{ inventory_dir }}}}/../../machines\"\nkube_version: {kubernetes}\nbin_dir: \"{{{{ machines }}}}/bin\"\n");
        Folder.Write("machines/etcdctl", "3.5.21");
        File.SetUnixFileMode(Folder.Write("machines/bin/etcdctl", Etcdctl), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        File.SetUnixFileMode(Folder.Write("inventory/mine/artifacts/kubectl", Kubectl), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    public TemporaryDirectory Folder { get; } = new();

    /// <summary>The nodes and the versions of their kubelets.</summary>
    public IEnumerable<string> Nodes =>
        Files("nodes").Select(file => $"{Path.GetFileName(file)} {File.ReadAllText(file)}");

    /// <summary>The members of etcd.</summary>
    public IEnumerable<string?> Etcd => Files("etcd").Select(Path.GetFileName);

    /// <summary>The playbooks that ran, with what followed the inventory on the command line, by the records.</summary>
    public string Commands => string.Concat(
        Directory.GetFiles(Folder.File("artifacts/mine/runs"), "commands.txt", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Select(File.ReadAllText));

    /// <summary>Puts nodes of a version into the cluster, as an installation would have left them.</summary>
    public SmallCluster Living(string version, params string[] nodes)
    {
        foreach (var node in nodes)
            Folder.Write($"machines/nodes/{node}", version);
        foreach (var number in Enumerable.Range(1, nodes.Count(node => node.StartsWith("k8s-m", StringComparison.Ordinal))))
            Folder.Write($"machines/etcd/etcd{number}", "");
        Folder.Write("machines/api", version);
        return this;
    }

    /// <summary>Leaves of the distribution what a collection has: no playbook at its root, and no configuration.</summary>
    public SmallCluster AsCollection()
    {
        foreach (var file in Directory.GetFiles(Folder.File("distribution"), "*.yml").Append(Folder.File("distribution/ansible.cfg")))
            File.Delete(file);
        return this;
    }

    /// <summary>Runs KubeLab, with the checks that such a cluster can pass.</summary>
    public async Task<CommandResult> RunAsync(params string[] arguments)
    {
        var environment = new Dictionary<string, string?> { ["GITHUB_ACTIONS"] = null, ["CI"] = null, ["NO_COLOR"] = "1", ["KUBELAB_CACHE"] = Folder.File("cache") };
        var checks = $"hosts,control-plane,etcd-members{(arguments[0] == "Reset" || arguments.Contains("--skip") ? "" : ",reachable,node-set,version")}";
        var command = KubeLabProgram.Command(
            Folder.Path, environment,
            [.. arguments, "--inventory", "mine", "--kubespray-path", Folder.File("distribution"), .. arguments[0] is "UpgradePlan" or "Certificates" or "Status" ? Array.Empty<string>() : ["--checks", checks, "--tier", "0"]]);
        return await new CommandRunner().RunAsync(PrivateMachine.Within(Folder, command));
    }

    public void Dispose() => Folder.Dispose();

    private IEnumerable<string> Files(string folder) => Directory.GetFiles(Folder.File($"machines/{folder}")).Order(StringComparer.Ordinal);

    private void CopyPlaybook(string playbook, KubesprayRelease release)
    {
        var name = Path.GetFileName(playbook);
        Folder.Write(release.PlaybooksAreImported ? $"distribution/playbooks/{name}" : $"distribution/{name.Replace('_', '-')}", File.ReadAllText(playbook));
    }
}
