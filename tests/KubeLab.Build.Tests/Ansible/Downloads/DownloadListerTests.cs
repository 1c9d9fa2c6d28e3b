using System.Text.Json;
using KubeLab.Ansible;
using KubeLab.Clusters;
using KubeLab.Ssh;
using KubeLab.Tests.Clusters;
using KubeLab.Tests.Distributions;
using KubeLab.Tests.Machines;

namespace KubeLab.Tests.Ansible;

/// <summary>What a deployment downloads: as the release chooses it, and where the offline variables lead it.</summary>
public sealed class DownloadListerTests : IDisposable
{
    private const string ThreeNodes = "[kube_control_plane]\nk8s-m0\n[etcd]\nk8s-m0\n[kube_node]\nk8s-n0\nk8s-n1\n[k8s_cluster:children]\nkube_control_plane\nkube_node\n";
    private const string Files = "http://files.invalid:8080";
    private const string Registry = "files.invalid:8081";

    private static readonly TargetSystem Debian = TargetSystem.Of("debian-12", "amd64", "a test");
    private readonly TemporaryDirectory root = new();

    public void Dispose() => root.Dispose();

    [Fact]
    public async Task I_get_the_19_of_68_downloads_that_v2_31_0_enables_by_default_and_the_4_images_of_Kubernetes()
    {
        var list = await (await RealAsync("v2.31.0")).ListAsync(Debian);

        list.Known.ShouldBe(68);
        list.Downloads.Count(each => !each.Name.StartsWith("kubeadm_", StringComparison.Ordinal)).ShouldBe(19);
        list.Downloads.Where(each => each.Name.StartsWith("kubeadm_", StringComparison.Ordinal)).Select(each => each.Image).ShouldBe(
        [
            "registry.k8s.io/kube-apiserver:v1.35.4", "registry.k8s.io/kube-controller-manager:v1.35.4",
            "registry.k8s.io/kube-scheduler:v1.35.4", "registry.k8s.io/kube-proxy:v1.35.4",
        ]);
        list.Downloads.Single(each => each.Name == "etcd").Hosts.ShouldBe(["k8s-m0"]);
        list.Downloads.Single(each => each.Name == "kubelet").Hosts.ShouldBe(["k8s-m0", "k8s-n0", "k8s-n1"], ignoreOrder: true);
        list.Packages.ShouldContain("mergerfs");
        list.Packages.ShouldNotContain("container-selinux");
    }

    [Theory]
    [InlineData("v2.18.2", "iptables"), InlineData("v2.23.3", "conntrack"), InlineData("v2.27.1", "mergerfs"), InlineData("HEAD", "mergerfs")]
    public async Task All_that_a_real_release_downloads_is_led_to_one_server_and_one_registry(string tag, string package)
    {
        var lister = await RealAsync(tag);
        var system = tag == "v2.18.2" ? TargetSystem.Of("debian-11", "amd64", "a test") : Debian;

        var real = await lister.ListAsync(system);
        var led = await lister.ListAsync(system, Offline());

        real.Packages.ShouldContain(package);
        led.Downloads.Select(each => each.Name).ShouldBe(real.Downloads.Select(each => each.Name));
        foreach (var (from, to) in real.Downloads.Zip(led.Downloads))
        {
            if (from.Url is { } url)
            {
                to.Url.ShouldBe($"{Files}/{url[(url.IndexOf("://", StringComparison.Ordinal) + 3)..]}");
                from.Checksum.ShouldNotBeNull().ShouldStartWith("sha256:");
            }
            else
                to.Image.ShouldBe($"{Registry}{from.Image![from.Image!.IndexOf('/')..]}");
        }

        offline!.Values.Keys.ShouldContain(name => name.StartsWith("containerd_", StringComparison.Ordinal));
        offline.Values.Keys.ShouldNotContain("etcd_peer_url");
    }

    [Fact]
    public async Task What_is_switched_on_counts_for_the_groups_that_have_hosts_and_the_architecture_that_is_named()
    {
        using var scene = new AnsibleScene("[kube_control_plane]\nk8s-m0 ip=192.0.2.1\n[etcd]\netcd0\n[kube_node]\nk8s-n0\nk8s-n1 ip=192.0.2.3\n[k8s_cluster:children]\nkube_control_plane\nkube_node\n");
        scene.Directory.Write("distribution/roles/download/defaults/main.yml", """
            image_arch: "{{ {'x86_64': 'amd64', 'aarch64': 'arm64'}[ansible_architecture] }}"
            download_defaults: {container: false, enabled: false, repo: None, tag: None, url: None}
            downloads:
              off: {enabled: false, url: "https://dl.example/off", groups: [k8s_cluster]}
              text: {enabled: "{{ 'no' }}", url: "https://dl.example/text", groups: [k8s_cluster]}
              nowhere: {enabled: true, url: "https://dl.example/nowhere", groups: [calico_rr]}
              etcd: {enabled: true, url: "https://user:word@dl.example/etcd-{{ image_arch }}", sha256: 0a1b, groups: [etcd]}
              node: {enabled: true, container: true, repo: quay.example/node, tag: v1, groups: [k8s_cluster]}
              pinned: {enabled: true, container: "{{ true }}", repo: quay.example/pinned, tag: v1, sha256: 'ab12', groups: k8s_cluster}
              tool: {enabled: true, mirrors: ["https://mirror.example/tool"], url: "https://dl.example/tool", checksum: "sha512:1", groups: [kube_control_plane]}
            """);

        var list = await (await SceneAsync(scene)).ListAsync(TargetSystem.Of("ubuntu-24.04", "arm64", "a test"));

        list.Known.ShouldBe(7);
        list.Downloads.Select(each => $"{each.Name} {each.Reference} {each.Checksum} {string.Join(',', each.Hosts.Order())}").ShouldBe(
        [
            "node quay.example/node:v1  k8s-m0,k8s-n0,k8s-n1", "pinned quay.example/pinned@sha256:ab12  k8s-m0,k8s-n0,k8s-n1",
            "tool https://mirror.example/tool sha512:1 k8s-m0", "etcd https://dl.example/etcd-arm64 sha256:0a1b etcd0",
        ], ignoreOrder: true);
    }

    [Fact]
    public async Task An_inventory_that_leads_to_a_mirror_already_is_led_elsewhere_and_back_to_the_releases_own_hosts()
    {
        using var scene = new AnsibleScene();
        scene.Directory.Write("distribution/roles/download/defaults/main.yml", """
            dl_url: https://dl.example
            quay_image_repo: quay.example
            node_image_repo: "{{ quay_image_repo }}/node"
            kubelet_download_url: "{{ dl_url }}/kubelet"
            downloads:
              kubelet: {enabled: true, url: "{{ kubelet_download_url }}", groups: [kube_node]}
              node: {enabled: true, container: true, repo: "{{ node_image_repo }}", tag: v1, groups: [kube_node]}
            """);
        scene.Directory.Write("cluster/group_vars/all.yml", "kubelet_download_url: https://mirror.example/k/kubelet\nnode_image_repo: mirror.example/n/node\n");
        var lister = await SceneAsync(scene);
        var inventory = await scene.NodesAsync();
        offline = OfflineVariables.Read(scene.Distribution, inventory);

        var own = await lister.ListAsync(Debian);
        var led = await lister.ListAsync(Debian, Offline());
        var original = await lister.ListAsync(Debian, OfflineVariables.Originals(scene.Distribution, inventory));

        own.Downloads.Select(each => each.Reference).ShouldBe(["https://mirror.example/k/kubelet", "mirror.example/n/node:v1"]);
        led.Downloads.Select(each => each.Reference).ShouldBe([$"{Files}/dl.example/kubelet", $"{Registry}/node:v1"]);
        original.Downloads.Select(each => each.Reference).ShouldBe(["https://dl.example/kubelet", "quay.example/node:v1"]);
    }

    [Fact]
    public async Task A_version_without_a_checksum_says_what_Ansible_says()
    {
        using var scene = new AnsibleScene();
        scene.Directory.Write("distribution/roles/download/defaults/main.yml", """
            downloads:
              etcd: {enabled: true, url: "https://dl.example/etcd", sha256: "{{ {'v1': 'a'}[etcd_version] }}", groups: [etcd]}
            etcd_version: v2
            """);
        var lister = await SceneAsync(scene);

        var error = await Should.ThrowAsync<UserError>(() => lister.ListAsync(Debian));

        error.Message.ShouldContain("k8s-m0");
        error.Message.ShouldContain("v2");
    }

    [Theory]
    [InlineData(""), InlineData("a: ["), InlineData("kind: InitConfiguration"), InlineData("kind: ClusterConfiguration"), InlineData("- 1")]
    public void A_configuration_of_kubeadms_that_is_none_names_no_images(string text) => DownloadLister.KubernetesImages(text).ShouldBeEmpty();

    [Fact]
    public void Kubernetes_runs_etcd_itself_where_the_release_lets_kubeadm_do_it() => DownloadLister.KubernetesImages(
        "kind: InitConfiguration\n---\nkind: ClusterConfiguration\nimageRepository: k8s.example\nkubernetesVersion: v1.20.2+k3\netcd:\n  local:\n    imageRepository: quay.example/coreos\n    imageTag: v3.4\n")
        .Select(each => each.Image).ShouldBe(
        [
            "k8s.example/kube-apiserver:v1.20.2_k3", "k8s.example/kube-controller-manager:v1.20.2_k3", "k8s.example/kube-scheduler:v1.20.2_k3",
            "k8s.example/kube-proxy:v1.20.2_k3", "quay.example/coreos/etcd:v3.4",
        ]);

    [Theory, InlineData("debian"), InlineData("plan9-4"), InlineData("-")]
    public void A_system_that_KubeLab_does_not_know_is_named(string system) =>
        Should.Throw<UserError>(() => TargetSystem.Of(system, "amd64", "--bundle-system")).Message.ShouldContain(system);

    [Fact]
    public void What_the_nodes_said_in_the_last_run_says_what_they_are()
    {
        var cluster = Cluster();
        root.Write("artifacts/facts/k8s-m0", """{"ansible_distribution": "Ubuntu", "ansible_distribution_version": "24.04", "ansible_architecture": "aarch64"}""");
        root.Write("artifacts/facts/k8s-n0", "{");

        var system = TargetSystem.Find(cluster, null, null);

        (system.Id, system.Architecture).ShouldBe(("ubuntu-24.04", "arm64"));
        root.Write("artifacts/facts/k8s-n0", """{"ansible_distribution": "Debian", "ansible_distribution_version": "12", "ansible_architecture": "x86_64"}""");
        Should.Throw<UserError>(() => TargetSystem.Find(cluster, null, null)).Message.ShouldContain("debian-12");
        TargetSystem.Find(cluster, "debian-12", "amd64").Id.ShouldBe("debian-12");
    }

    private OfflineVariables? offline;

    private Dictionary<string, object> Offline() =>
        OfflineVariables.For(offline!.Values, Files, Registry).ToDictionary(each => each.Key, each => (object)each.Value, StringComparer.Ordinal);

    private Cluster Cluster() => new("mycluster", root.File("cluster"), root.File("cluster/hosts.ini"), new ClusterSettings(), root.File("artifacts"));

    private async Task<DownloadLister> RealAsync(string tag)
    {
        var distribution = await KubesprayCheckout.ExtractAsync(root, tag);
        root.Write("cluster/hosts.ini", ThreeNodes);
        var cluster = Cluster();
        var environment = new AnsibleEnvironment(cluster, distribution, await RealAnsible.ToolchainAsync(), new SshOptions(cluster));
        var inventory = await new InventoryReader(new CommandRunner(), environment, root.Path).ReadAsync();
        offline = OfflineVariables.Read(distribution, inventory);
        return new DownloadLister(new CommandRunner(), environment, inventory);
    }

    private static async Task<DownloadLister> SceneAsync(AnsibleScene scene) =>
        new(scene.Commands, await scene.EnvironmentAsync(), await scene.NodesAsync());
}
