using KubeLab.Tests.Machines;

namespace KubeLab.Tests.Distributions;

/// <summary>A tree in the shape of a Kubespray release, with no more in it than is read.</summary>
internal static class KubesprayTree
{
    public static void Write(TemporaryDirectory directory, KubesprayRelease release, string folder = "")
    {
        var tree = new Tree(directory, folder);
        WriteAnsible(tree, release);
        WritePlaybooks(tree, release);
        WriteKubernetes(tree, release);
        WritePreinstall(tree, release);
        tree.Write("roles/kubernetes/client/defaults/main.yml", "---\nkubeconfig_localhost: false\nartifacts_dir: \"{{ inventory_dir }}/artifacts\"\nkube_config_dir: \"/etc/kubernetes\"\n");
    }

    private sealed record Tree(TemporaryDirectory Directory, string Folder)
    {
        public string File(string path) => Directory.File($"{Folder}{path}");

        public string Write(string path, string text) => Directory.Write($"{Folder}{path}", text);
    }

    private static void WriteAnsible(Tree tree, KubesprayRelease release)
    {
        var special = release.LowestOf210 is { } lowest ? $"\n    minimal_ansible_version_2_10: {lowest}" : "";
        tree.Write(release.WindowFile, $"---\n- hosts: all\n  vars:\n    minimal_ansible_version: {release.Window.From}  # lowest{special}\n    maximal_ansible_version: {release.Window.Below}\n");
        foreach (var version in release.AnsibleVersions)
            tree.Write($"requirements-{version}.txt", $"ansible=={Package(version)}\nnetaddr==0.7.19\n");
        if (release.LinkedVersion is { } linked)
            File.CreateSymbolicLink(tree.File("requirements.txt"), $"requirements-{linked}.txt");
        else
            tree.Write("requirements.txt", $"# Needed for all\nansible=={release.Ansible.Package}\nnetaddr==1.3.0\n");
        if (release.GalaxyFile is { } galaxy)
            tree.Write(galaxy, "---\ncollections:\n- name: community.general\n  version: '<3.0'\n");
        if (release.PlaybooksAreImported)
            tree.Write("galaxy.yml", $"---\nnamespace: kubernetes_sigs\nname: kubespray\n{(release.HasCollections ? "dependencies:\n  ansible.utils: '>=2.5.0'\n" : "")}build_ignore:\n  - inventory\n");
    }

    private static string Package(string core) => core switch
    {
        "2.9" => "2.9.27",
        "2.10" => "3.4.0",
        "2.11" => "4.10.0",
        _ => "5.7.1",
    };

    private static void WritePlaybooks(Tree tree, KubesprayRelease release)
    {
        foreach (var name in new[] { "cluster", "scale", "upgrade-cluster", "remove-node", "reset", "recover-control-plane" })
        {
            var question = name switch
            {
                "remove-node" => "  tasks:\n    - name: Confirm\n      pause:\n        prompt: \"Sure?\"\n",
                "reset" => release.PlaybooksAreImported ? "  pre_tasks:\n    - name: Confirm\n      pause:\n        prompt: \"Sure?\"\n" : "  vars_prompt:\n    name: reset_confirmation\n",
                _ => "",
            };
            var play = $"---\n- hosts: all\n{question}";
            var imported = $"playbooks/{name.Replace('-', '_')}.yml";
            tree.Write($"{name}.yml", release.PlaybooksAreImported ? $"---\n- name: All\n  ansible.builtin.import_playbook: {imported}\n" : play);
            if (release.PlaybooksAreImported)
                tree.Write(imported, play);
        }

        tree.Write(release.FactsFile, "---\n- hosts: all\n");
        var groups = release.Era.Minor switch { >= 29 => "roles/dynamic_groups/tasks/main.yml", >= 23 => "playbooks/boilerplate.yml", 22 => "playbooks/legacy_groups.yml", _ => "legacy_groups.yml" };
        tree.Write(groups, release.DerivesCluster
            ? "---\n- vars:\n    group_mappings:\n      kube_control_plane:\n        - kube-master\n      k8s_cluster:\n        - kube_node\n        - kube_control_plane\n"
            : "---\n- hosts: kube-master\n  tasks:\n    - group_by:\n        key: 'kube_control_plane'\n- hosts: k8s-cluster\n  tasks:\n    - group_by:\n        key: 'k8s_cluster'\n");
    }

    private static void WriteKubernetes(Tree tree, KubesprayRelease release)
    {
        const string template = "\"{{ (kubelet_checksums['amd64'] | dict2items)[INDEX].key }}\"";
        var (lowest, standing, newest) = release.Kubernetes;
        var v = release.DefaultIsTemplate ? "" : "v";
        tree.Write(release.Defaults, "---\n"
            + $"kube_version: {(release.DefaultIsTemplate ? template.Replace("INDEX", "0", StringComparison.Ordinal) : $"v{standing}")}\n"
            + $"kube_version_min_required: {(release.DefaultIsTemplate ? template.Replace("INDEX", "-1", StringComparison.Ordinal) : $"v{lowest}")}\n");
        var rows = string.Concat(new[] { newest, standing, lowest }.Distinct().Select(version => $"    {v}{version}: 0123\n"));
        tree.Write(release.Checksums, $"---\nkubectl_checksums:\n  amd64:\n    {v}9.9.9: 0123\nkubelet_checksums:\n  arm64:\n    {v}8.8.8: 0123\n  amd64:\n{rows}kubeadm_checksums:\n  amd64:\n    {v}7.7.7: 0123\n");
    }

    private static void WritePreinstall(Tree tree, KubesprayRelease release)
    {
        var systems = release.SystemsAreAVariable ? "supported_os_distributions:\n  - 'Debian'\n  - 'Ubuntu'\n" : "";
        tree.Write("roles/kubernetes/preinstall/defaults/main.yml", $"---\n# Minimal memory\nminimal_node_memory_mb: 1024\nminimal_master_memory_mb: 1500\n{systems}");
        if (!release.SystemsAreAVariable)
            tree.Write("roles/kubernetes/preinstall/tasks/0020-verify-settings.yml", "---\n- name: Stop if unknown OS\n  assert:\n    that: ansible_distribution in ['Debian', 'Ubuntu']\n");
    }
}
