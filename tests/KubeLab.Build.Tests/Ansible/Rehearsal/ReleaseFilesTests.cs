using KubeLab.Ansible;
using KubeLab.Clusters;
using KubeLab.Distributions;
using KubeLab.Ssh;
using KubeLab.Tests.Clusters;
using KubeLab.Tests.Machines;

namespace KubeLab.Tests.Ansible;

/// <summary>The files that a release would write, rendered by the real Ansible without a way to any node.</summary>
public class ReleaseFilesTests
{
    private const string Kubelet = """
        ---
        - name: Ask the runtime
          command: runtime info
          register: runtime

        - name: Tell the driver
          set_fact:
            kubelet_cgroup_driver: "{{ 'systemd' if with_systemd else 'cgroupfs' }}"

        - name: Take what the system has of its own
          include_vars: "{{ item }}"
          with_first_found:
            - files: ["{{ ansible_distribution | lower }}.yml"]
              skip: true

        - name: Write the kubelet's configuration
          template:
            src: kubelet-config.yaml.j2
            dest: "{{ kube_config_dir }}/kubelet-config.yaml"
          notify: restart kubelet

        - name: Write what the runtime says
          copy:
            content: "{{ runtime.stdout }}"
            dest: /etc/runtime

        - name: Write what is not defined
          template:
            src: broken.j2
            dest: /etc/broken

        - name: Write it for control planes alone
          copy:
            content: "it is {{ inventory_hostname }}\n"
            dest: "/etc/{{ item }}"
          loop: [one, two]
          when: inventory_hostname in groups['kube_control_plane']

        - name: Install packages
          package:
            name: ["socat", "conntrack"]
            state: present

        """;

    [Fact]
    public async Task I_see_each_file_as_the_release_would_write_it_on_each_node_and_what_cannot_be_told()
    {
        using var scene = Scene();

        var files = await RenderAsync(scene);

        files.Problem.ShouldBeNull();
        var of = files.Written.ToDictionary(file => (file.Host, file.Dest));
        of.Keys.ShouldBe(
            [("m1", "/etc/kubernetes/kubelet-config.yaml"), ("w1", "/etc/kubernetes/kubelet-config.yaml"), ("w2", "/etc/kubernetes/kubelet-config.yaml"), ("m1", "/etc/one"), ("m1", "/etc/two")],
            ignoreOrder: true);
        var kubelet = of[("w1", "/etc/kubernetes/kubelet-config.yaml")];
        kubelet.Content.ShouldBe("driver: cgroupfs\nmemory: 2048\nresolv: /run/resolv.conf\nname: w1\n");
        kubelet.Notifies.ShouldBe(["restart kubelet"]);
        kubelet.File.ShouldEndWith("roles/kubernetes/node/tasks/main.yml");
        of[("m1", "/etc/one")].Content.ShouldBe("it is m1\n");
        files.Unwritten.Select(file => $"{file.Host} {file.Dest}: {file.Reason}").ShouldContain("w2 /etc/runtime: it depends on what \"Ask the runtime\" finds, which is not run here");
        files.Unwritten.ShouldContain(file => file.Dest == "/etc/broken" && file.Reason.Contains("nowhere_defined"));
        files.Packages.Select(each => each.Host).ShouldBe(["m1", "w1", "w2"]);
        files.Packages[0].Packages.ShouldBe(["socat", "conntrack"]);
    }

    [Fact]
    public async Task Nodes_are_in_the_groups_that_the_playbook_makes_of_others()
    {
        using var scene = Scene(RehearsalScene.Inventory.Split("[k8s_cluster:children]")[0]);
        scene.Role("dynamic_groups", "tasks", Preflight.SampleCluster.Groups);
        scene.Role("kubernetes/node", "tasks", """
            ---
            - name: Install packages
              package:
                name: ["socat"]
              when: "'k8s_cluster' in group_names and groups['k8s_cluster'] | sort == ['m1', 'w1', 'w2']"

            """);

        var files = await RenderAsync(scene);

        files.Problem.ShouldBeNull();
        files.Packages.Select(each => each.Host).ShouldBe(["m1", "w1", "w2"]);
    }

    [Fact]
    public async Task Nothing_is_written_beside_the_inventory()
    {
        using var scene = Scene();
        scene.Write("distribution/roles/kubernetes/node/templates/kubelet-config.yaml.j2", "token: {{ lookup('password', inventory_dir + '/credentials/token length=30') }}\n");

        var files = await RenderAsync(scene);

        files.Written.Single(file => file is { Host: "m1", Dest: "/etc/kubernetes/kubelet-config.yaml" }).Content.ShouldBe($"token: {new string('x', 30)}\n");
        Directory.Exists(scene.Root.File("cluster/credentials")).ShouldBeFalse();
        Directory.GetFileSystemEntries(scene.Root.File("cluster")).Select(Path.GetFileName).ShouldBe(["inventory.ini"]);
    }

    [Fact]
    public async Task A_node_without_facts_has_what_depends_on_them_named()
    {
        using var scene = Scene();
        scene.Facts.Remove("w2");

        var files = await RenderAsync(scene);

        files.Problem.ShouldBeNull();
        files.Unwritten.ShouldContain(file => file.Host == "w2" && file.Reason == "the node gave no answer");
        files.Written.ShouldContain(file => file.Host == "w1");
    }

    [Fact]
    public void An_answer_that_is_cut_is_no_whole_one()
    {
        const string Output = "kubelab-rehearsal {\"written\": {\"host\": \"m1\", \"dest\": \"/a\", \"content\": \"x\", \"notifies\": [], \"file\": \"/f\", \"line\": 1, \"name\": \"n\"}}\nkubelab-rehearsal {\"play\": \"the end\"}\nkubelab-rehearsal {\"done\": \"the end\"}\n";

        ReleaseFiles.Parse(Output, "why").Problem.ShouldBeNull();
        ReleaseFiles.Parse("kubelab-rehearsal {\"play\": \"one\"}\n" + Output, "why").Problem.ShouldBe("why");
        ReleaseFiles.Parse(Output + "kubelab-rehearsal {\"written\": {\"host\": \"m1\"}}\n", "why").Problem.ShouldBe("why");
        ReleaseFiles.Parse(Output + "kubelab-rehearsal {\"written\": {\"ho\n", "why").Problem.ShouldBe("why");
        ReleaseFiles.Parse("", "why").Problem.ShouldBe("why");
    }

    [Theory]
    [InlineData("m1 | SUCCESS => {\n    \"ansible_facts\": {\n        \"ansible_fqdn\": \"m1.example\"\n    },\n    \"changed\": false\n}\n", "m1.example")]
    [InlineData("m0 | UNREACHABLE! => {\n    \"changed\": false\n}\nm1 | SUCCESS => {\n    \"ansible_facts\": {\"ansible_fqdn\": \"m1\", \"other\": 1}}\nsaid after it\n", "m1")]
    [InlineData("m1 | SUCCESS => {\n    \"ansible_facts\": {\n        \"ansible_fqdn\": \"m1.ex", null)]
    [InlineData("m1 | SUCCESS => {}", null)]
    [InlineData("", null)]
    public void I_read_what_Ansible_gathers_however_damaged(string output, string? fqdn)
    {
        var facts = FactGatherer.Read(output);

        facts.GetValueOrDefault("m1")?.GetValueOrDefault("fqdn")?.ToString().ShouldBe(fqdn);
        facts.ContainsKey("m0").ShouldBeFalse();
    }

    [Theory]
    [InlineData("v2.18.2")]
    [InlineData("v2.31.0")]
    public async Task A_release_of_Kubespray_renders_the_kubelets_files_and_kubeadms_configuration(string tag)
    {
        var checkout = Environment.GetEnvironmentVariable("KUBESPRAY_CHECKOUT");
        Assert.SkipUnless(checkout is not null, "KUBESPRAY_CHECKOUT names no clone of Kubespray");
        using var scene = Scene();
        Directory.CreateDirectory(scene.Root.File("release"));
        var commands = new CommandRunner();
        Assert.SkipUnless((await commands.RunAsync(CommandLine.Of("git", "-C", checkout!, "archive", "--format=tar", $"--output={scene.Root.File("tree.tar")}", tag))).Succeeded, $"the clone in {checkout} has no {tag}");
        (await commands.RunAsync(CommandLine.Of("tar", "-xf", scene.Root.File("tree.tar"), "-C", scene.Root.File("release")))).EnsureSucceeded("tar");
        var nodes = await scene.NodesAsync();
        var distribution = Distribution.Open(tag, scene.Root.File("release"));
        var environment = new AnsibleEnvironment(scene.Cluster, distribution, await RealAnsible.ToolchainAsync(), new SshOptions(scene.Cluster));

        var files = await new AssertRehearsal(new CommandRunner(), environment, nodes, "{\"ip\": \"192.0.2.1\"}").RenderAsync(Known(scene), TestContext.Current.CancellationToken);

        files.Problem.ShouldBeNull();
        var names = files.Written.Where(file => file.Host == "m1").Select(file => file.Dest).ToList();
        foreach (var name in new[] { "kubernetes/kubelet-config.yaml", "kubernetes/kubelet.env", "kubernetes/kubeadm-config.yaml", "containerd/config.toml", "etcd.env" })
            names.ShouldContain($"/etc/{name}", string.Join('\n', files.Unwritten.Select(file => $"{file.Host} {file.Dest}: {file.Reason}")));
        files.Written.Where(file => file.Host == "w1").ShouldNotContain(file => file.Dest == "/etc/etcd.env");
    }

    [Fact]
    public async Task The_labs_own_distribution_renders_all_its_files_but_those_that_programs_have_a_say_in()
    {
        using var scene = Scene();
        var distribution = Distribution.Open("the lab's distribution", Path.Combine(Repository.Root, "lab", "distribution"));
        var environment = new AnsibleEnvironment(scene.Cluster, distribution, await RealAnsible.ToolchainAsync(), new SshOptions(scene.Cluster));

        var files = await new AssertRehearsal(new CommandRunner(), environment, await scene.NodesAsync(), null).RenderAsync(Known(scene), TestContext.Current.CancellationToken);

        files.Problem.ShouldBeNull();
        var unknown = string.Join('\n', files.Unwritten.Select(file => $"{file.Host} {file.Dest}: {file.Reason}"));
        IReadOnlyList<string> ofWorker = ["/etc/containerd/config.toml", "/etc/containerd/pod-network.conflist", "/etc/kubernetes/kube-proxy-config.yaml", "/etc/systemd/system/kube-proxy.service", "/etc/systemd/system/kubelet.service"];
        files.Written.Where(file => file.Host == "w1").Select(file => file.Dest).ShouldBeSubsetOf([.. ofWorker, "/etc/sysctl.d/99-kubernetes.conf", "/etc/sysctl.d/99-sysctl.conf"], unknown);
        ofWorker.ShouldBeSubsetOf(files.Written.Where(file => file.Host == "w1").Select(file => file.Dest), unknown);
        files.Written.Where(file => file.Host == "m1").Select(file => file.Dest).ShouldContain("/etc/kubernetes/kubeadm-config.yaml", unknown);
        files.Packages.SelectMany(each => each.Packages).ShouldContain("containerd");
        files.Unwritten.Select(file => file.Dest).Distinct().ShouldBe(["/etc/kubernetes/kube-proxy.conf"], unknown);
    }

    private static RehearsalScene Scene(string inventory = RehearsalScene.Inventory)
    {
        var scene = new RehearsalScene("---\n- assert: {that: true}\n", inventory);
        scene.Role("kubernetes/node", "tasks", Kubelet);
        scene.Role("kubernetes/node", "defaults", "---\nkube_config_dir: /etc/kubernetes\nwith_systemd: false\nkube_resolv_conf: /etc/resolv.conf\n");
        scene.Write("distribution/roles/kubernetes/node/vars/debian.yml", "---\nkube_resolv_conf: /run/resolv.conf\n");
        scene.Write("distribution/roles/kubernetes/node/templates/kubelet-config.yaml.j2", "driver: {{ kubelet_cgroup_driver }}\n{% if with_systemd %}\nsystemd: true\n{% endif %}\nmemory: {{ ansible_memtotal_mb }}\nresolv: {{ kube_resolv_conf }}\nname: {{ inventory_hostname }}\n");
        scene.Write("distribution/roles/kubernetes/node/templates/broken.j2", "{{ nowhere_defined }}\n");
        foreach (var node in new[] { "m1", "w1", "w2" })
        {
            scene.Facts[node] = new RehearsalFacts
            {
                Facts = new Dictionary<string, object?>(StringComparer.Ordinal)
                {
                    ["memtotal_mb"] = 2048,
                    ["distribution"] = "Debian",
                    ["distribution_version"] = "12",
                    ["distribution_major_version"] = "12",
                    ["distribution_release"] = "bookworm",
                    ["os_family"] = "Debian",
                    ["architecture"] = "x86_64",
                    ["hostname"] = node,
                    ["fqdn"] = node,
                    ["default_ipv4"] = new { address = "192.0.2.1", @interface = "eth0" },
                    ["service_mgr"] = "systemd",
                    ["processor_vcpus"] = 2,
                    ["kernel"] = "6.1.0",
                    ["memory_mb"] = new { real = new { total = 2048 } },
                    ["processor_cores"] = 2,
                    ["pkg_mgr"] = "apt",
                    ["env"] = new { PATH = "/usr/bin" },
                    ["selinux"] = new { status = "disabled" },
                    ["lsb"] = new { codename = "bookworm" },
                    ["all_ipv4_addresses"] = new[] { "192.0.2.1" },
                    ["all_ipv6_addresses"] = Array.Empty<string>(),
                    ["default_ipv6"] = new { },
                },
                Paths = new Dictionary<string, object>(StringComparer.Ordinal) { ["/var/lib/kubelet/config.yaml"] = new { exists = true }, ["/usr"] = new { exists = true, writeable = true } },
            };
        }

        return scene;
    }

    private static Task<IReadOnlyDictionary<string, RehearsalFacts>> Known(RehearsalScene scene) => Task.FromResult<IReadOnlyDictionary<string, RehearsalFacts>>(scene.Facts);

    private static async Task<ReleaseFiles> RenderAsync(RehearsalScene scene) =>
        await new AssertRehearsal(new CommandRunner(), await scene.EnvironmentAsync(), await scene.NodesAsync(), null).RenderAsync(Known(scene), TestContext.Current.CancellationToken);
}
