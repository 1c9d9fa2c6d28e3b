using System.Net;
using KubeLab.Preflight;
using KubeLab.Ssh;

namespace KubeLab.Tests.Preflight;

public class NodeRulesTests
{
    [Fact]
    public void I_am_told_nothing_of_a_healthy_cluster()
    {
        using var cluster = new SampleCluster { ControlMachine = new ControlMachine { AnsibleVersion = new Version(2, 16, 4), PythonVersion = new Version(3, 11, 2) } };
        cluster.Node("k8s-m0", "ce", SampleFacts.Healthy(10)).Node("k8s-n0", "w", SampleFacts.Healthy(20)).Node("k8s-n1", "w", SampleFacts.Healthy(21));

        cluster.Judge().ShouldAllBe(finding => finding.Status == FindingStatus.Passed || finding.Status == FindingStatus.Skipped);
    }

    [Fact]
    public void I_am_told_nothing_of_the_deployed_lab()
    {
        using var cluster = new SampleCluster("minimal_node_memory_mb: 1024\nminimal_master_memory_mb: 1500\nsupported_os_distributions: [Debian]\n");
        cluster.Node("k8s-m0", "ce", SampleFacts.Recorded("debian-12-control-plane")).Node("k8s-n1", "w", SampleFacts.Recorded("debian-12-worker"));

        cluster.Judge().ShouldAllBe(finding => finding.Status == FindingStatus.Passed || finding.Status == FindingStatus.Skipped);
    }

    [Fact]
    public void I_am_told_all_that_is_wrong_with_a_machine_with_Ubuntu_at_once()
    {
        using var cluster = new SampleCluster().Node("ubuntu", "cew", SampleFacts.Recorded("ubuntu-24.04-no-sudo"));

        Reported(cluster).ShouldBe(["become Failed", "swap Failed"]);
    }

    [Fact]
    public void I_am_told_all_that_is_wrong_with_a_machine_with_Rocky()
    {
        using var cluster = new SampleCluster().File("roles/kubernetes/preinstall/tasks/0010-swapoff.yml", "---\n")
            .Node("k8s-n1", "w", SampleFacts.Recorded("rocky-9"));

        Reported(cluster).ShouldBe(["firewall Warning", "selinux Warning", "swap Warning"]);
    }

    [Fact]
    public void I_am_told_all_that_is_wrong_with_a_machine_with_Debian_13_that_systemd_does_not_run()
    {
        using var cluster = new SampleCluster().Node("trixie", "w", SampleFacts.Recorded("debian-13"));

        Reported(cluster).ShouldBe(["kernel-modules Warning", "systemd Failed", "time-sync Warning"]);
    }

    [Fact]
    public void I_am_told_all_that_is_wrong_with_a_minimal_machine()
    {
        using var cluster = new SampleCluster().Node("trixie", "w", SampleFacts.Recorded("debian-13-minimal"));

        Reported(cluster).ShouldBe(["kernel-modules Failed", "memory Failed", "mtu Warning", "node-networks Failed", "python Failed"]);
    }

    [Fact]
    public void I_am_told_who_was_not_reached_and_nothing_else_of_it()
    {
        using var cluster = new SampleCluster().Node("k8s-m0", "ce", SampleFacts.Healthy()).Node("k8s-n1", "w", null)
            .Probed(node => node with { Failure = new SshFailure(SshFailureReason.TimedOut, "connect to host 192.0.2.21 port 22: Connection timed out", "Check that it is up.") });

        var findings = cluster.Judge();

        findings.Where(finding => finding.Node == "k8s-n1").ShouldAllBe(finding => finding.Check == "reachable" || finding.Status == FindingStatus.Skipped);
        findings.Single(finding => finding is { Check: "reachable", Node: "k8s-n1" }).Message.ShouldContain("Connection timed out");
    }

    [Fact]
    public void I_am_told_who_was_not_reached_whichever_checks_I_ask_for()
    {
        using var cluster = new SampleCluster().Node("k8s-m0", "ce", SampleFacts.Healthy()).Node("k8s-n1", "w", null);
        cluster.Options = new PreflightOptions { Checks = ["memory"] };

        cluster.Judge().Where(finding => finding.Status == FindingStatus.Failed).ShouldHaveSingleItem().Message.ShouldStartWith("k8s-n1 (k8s-n1) was not reached");
        cluster.Options = new PreflightOptions { SkipChecks = ["reachable"] };
        cluster.Judge().ShouldNotContain(finding => finding.Status == FindingStatus.Failed && finding.Check == "reachable");
    }

    [Fact]
    public void I_am_told_that_there_is_no_sudo() =>
        Single("become", "w", SampleFacts.Healthy() with { Become = BecomeOutcome.Refused, BecomeMessage = "/bin/sh: 1: sudo: not found" }).Remedy!.ShouldStartWith("Install sudo on n");

    [Fact]
    public void I_am_told_of_nothing_across_nodes_where_none_answered()
    {
        using var cluster = new SampleCluster().Node("k8s-n1", "w", null);

        cluster.Judge("machine-ids").ShouldHaveSingleItem().Status.ShouldBe(FindingStatus.Skipped);
    }

    [Theory]
    [InlineData(BecomeOutcome.Worked, FindingStatus.Passed)]
    [InlineData(BecomeOutcome.Refused, FindingStatus.Failed)]
    [InlineData(BecomeOutcome.NotTried, FindingStatus.Warning)]
    [InlineData(BecomeOutcome.Unknown, FindingStatus.Failed)]
    public void I_am_told_that_sudo_gives_no_privileges(BecomeOutcome outcome, FindingStatus expected) =>
        Status("become", "w", SampleFacts.Healthy() with { Become = outcome, BecomeMessage = "sudo: a password is required" }).ShouldBe(expected);

    [Theory]
    [InlineData(true, FindingStatus.Passed)]
    [InlineData(false, FindingStatus.Failed)]
    public void I_am_told_that_an_answer_was_cut_off(bool isComplete, FindingStatus expected) =>
        Status("reachable", "w", SampleFacts.Healthy() with { Complete = isComplete }).ShouldBe(expected);

    [Theory]
    [InlineData(null, null, FindingStatus.Passed)]
    [InlineData(false, null, FindingStatus.Passed)]
    [InlineData(true, null, FindingStatus.Warning)]
    [InlineData(true, "permissive", FindingStatus.Passed)]
    public void I_am_told_that_SELinux_enforces(bool? enforces, string? wanted, FindingStatus expected)
    {
        using var cluster = new SampleCluster();
        var facts = SampleFacts.Healthy() with { SelinuxEnforcing = enforces };
        _ = wanted is null ? cluster.Node("n", "w", facts) : cluster.Node("n", "w", facts, ("preinstall_selinux_state", wanted));

        cluster.Judge("selinux").ShouldHaveSingleItem().Status.ShouldBe(expected);
    }

    [Theory]
    [InlineData("firewalld", FindingStatus.Warning)]
    [InlineData("sshd", FindingStatus.Passed)]
    public void I_am_told_that_a_firewall_is_on(string service, FindingStatus expected) =>
        Status("firewall", "w", SampleFacts.Healthy() with { Services = [service] }).ShouldBe(expected);

    [Theory]
    [InlineData("cpus", "c", FindingStatus.Warning)]
    [InlineData("cpus", "w", FindingStatus.Passed)]
    public void I_am_told_of_a_single_processor(string rule, string roles, FindingStatus expected) =>
        Status(rule, roles, SampleFacts.Healthy() with { Cpus = 1 }).ShouldBe(expected);

    [Fact]
    public void I_am_told_that_kubeadm_refuses_a_single_processor()
    {
        using var cluster = new SampleCluster().File("roles/kubernetes/kubeadm_common/defaults/main.yml", "kubeadm_ignore_preflight_errors: []\n")
            .Node("k8s-m0", "c", SampleFacts.Healthy() with { Cpus = 1 });

        cluster.Judge("cpus").ShouldHaveSingleItem().Status.ShouldBe(FindingStatus.Failed);
    }

    [Theory]
    [InlineData(40, 5, "/var/lib", FindingStatus.Passed)]
    [InlineData(40, 3, "/var/lib", FindingStatus.Failed)]
    [InlineData(10, 1, "/var/lib", FindingStatus.Failed)]
    [InlineData(100, 14, "/var/lib/containerd", FindingStatus.Failed)]
    [InlineData(100, 1, "/opt", FindingStatus.Passed)]
    [InlineData(100, 0, "/opt", FindingStatus.Failed)]
    public void I_am_told_of_a_full_file_system(long size, long free, string path, FindingStatus expected) =>
        Status("disk", "w", SampleFacts.Healthy() with { FileSystems = [new FileSystem("1", path, size << 30, free << 30, 0, 0)] }).ShouldBe(expected);

    [Fact]
    public void I_am_told_once_of_a_file_system_under_several_paths()
    {
        using var cluster = new SampleCluster().Node("n", "w", SampleFacts.Healthy() with
        {
            FileSystems = [new FileSystem("1", "/", 40L << 30, 1 << 20, 0, 0), new FileSystem("1", "/var/lib", 40L << 30, 1 << 20, 0, 0), new FileSystem("1", "/opt", 40L << 30, 1 << 20, 0, 0)],
        });

        cluster.Judge("disk").ShouldHaveSingleItem().Status.ShouldBe(FindingStatus.Failed);
    }

    [Fact]
    public void I_am_told_that_inodes_run_out() =>
        Status("inodes", "w", SampleFacts.Healthy() with { FileSystems = [new FileSystem("1", "/", 1L << 40, 1L << 39, 1000, 49)] }).ShouldBe(FindingStatus.Failed);

    [Theory]
    [InlineData("debian", FindingStatus.Passed)]
    [InlineData("ubuntu", FindingStatus.Passed)]
    [InlineData("fedora", FindingStatus.Failed)]
    [InlineData("arch", FindingStatus.Failed)]
    public void I_am_told_that_an_operating_system_is_not_supported(string id, FindingStatus expected) =>
        Status("operating-system", "w", SampleFacts.Healthy() with { OperatingSystem = new OsRelease(id, "1", id) }).ShouldBe(expected);

    [Theory]
    [InlineData("ubuntu", FindingStatus.Passed)]
    [InlineData("fedora", FindingStatus.Failed)]
    public void I_am_told_of_an_operating_system_that_only_the_assert_of_the_release_lists(string id, FindingStatus expected)
    {
        // As up to v2.21, where no variable holds the list.
        using var cluster = new SampleCluster("minimal_node_memory_mb: 1024\n")
            .File("roles/kubernetes/preinstall/tasks/0020-verify-settings.yml", "---\n- name: Stop if unsupported OS\n  assert:\n    that: ansible_distribution in ['Debian', 'Ubuntu']\n")
            .Node("w", "w", SampleFacts.Healthy() with { OperatingSystem = new OsRelease(id, "1", id) });

        var finding = cluster.Judge("operating-system").ShouldHaveSingleItem();

        finding.Status.ShouldBe(expected);
        finding.Source.ShouldBe(new FindingSource("roles/kubernetes/preinstall/tasks/0020-verify-settings.yml", 4));
    }

    [Theory]
    [InlineData("12", FindingStatus.Warning)]
    [InlineData("11", FindingStatus.Passed)]
    [InlineData("trixie/sid", FindingStatus.Passed)]
    public void I_am_told_of_a_version_that_is_newer_than_what_the_release_knows(string version, FindingStatus expected)
    {
        using var cluster = new SampleCluster("supported_os_distributions: [Debian]\n")
            .File("roles/kubernetes/preinstall/vars/debian-9.yml", "---\n")
            .File("roles/kubernetes/preinstall/vars/debian-11.yml", "---\n")
            .File("roles/kubernetes/preinstall/vars/debian.yml", "---\n")
            .Node("w", "w", SampleFacts.Healthy() with { OperatingSystem = new OsRelease("debian", version, $"Debian {version}") });

        var finding = cluster.Judge("operating-system").ShouldHaveSingleItem();

        finding.Status.ShouldBe(expected);
        if (expected == FindingStatus.Warning)
            finding.Source.ShouldBe(new FindingSource("roles/kubernetes/preinstall/vars/debian-11.yml"));
    }

    [Theory]
    [InlineData("x86_64", FindingStatus.Passed)]
    [InlineData("aarch64", FindingStatus.Passed)]
    [InlineData("riscv64", FindingStatus.Failed)]
    public void I_am_told_that_there_is_no_Kubernetes_for_a_machine(string machine, FindingStatus expected)
    {
        using var cluster = new SampleCluster().File("roles/kubespray_defaults/vars/main/checksums.yml", Checksums).Node("n", "w", SampleFacts.Healthy() with { Machine = machine });

        cluster.Judge("architecture").ShouldHaveSingleItem().Status.ShouldBe(expected);
    }

    [Theory]
    [InlineData("flannel", "iptables", "3.10.0", FindingStatus.Passed)]
    [InlineData("cilium", "iptables", "5.9.16-1-amd64", FindingStatus.Failed)]
    [InlineData("cilium", "iptables", "5.10.0-30-amd64", FindingStatus.Passed)]
    [InlineData("cilium", "iptables", "4.18.0-553.el8_10.x86_64", FindingStatus.Passed)]
    [InlineData("flannel", "nftables", "5.10.0", FindingStatus.Failed)]
    [InlineData("flannel", "nftables", "nonsense", FindingStatus.Failed)]
    public void I_am_told_that_a_kernel_is_too_old(string plugin, string mode, string kernel, FindingStatus expected)
    {
        using var cluster = new SampleCluster().Node(
            "n", "w", SampleFacts.Healthy() with { Kernel = kernel }, ("kube_network_plugin", plugin), ("kube_proxy_mode", mode), ("cilium_version", "1.19.3"));

        cluster.Judge("kernel").ShouldHaveSingleItem().Status.ShouldBe(expected);
    }

    [Theory]
    [InlineData("cilium", "cilium_encryption_type", "wireguard", "5.4.0", FindingStatus.Failed)]
    [InlineData("cilium", "cilium_encryption_type", "ipsec", "5.4.0", FindingStatus.Passed)]
    [InlineData("cilium", "cilium_encryption_type", "wireguard", "5.6.0", FindingStatus.Passed)]
    [InlineData("flannel", "flannel_backend_type", "wireguard", "5.5.19", FindingStatus.Failed)]
    [InlineData("flannel", "flannel_backend_type", "vxlan", "5.5.19", FindingStatus.Passed)]
    [InlineData("calico", "calico_bpf_enabled", "true", "5.2.0", FindingStatus.Warning)]
    [InlineData("calico", "calico_bpf_enabled", "false", "5.2.0", FindingStatus.Passed)]
    [InlineData("calico", "calico_bpf_enabled", "true", "4.18.0-553.el8_10.x86_64", FindingStatus.Passed)]
    [InlineData("kube-router", "kube_proxy_mode", "iptables", "3.10.0", FindingStatus.Passed)]
    public void I_am_told_that_a_kernel_is_too_old_for_a_part_of_the_plugin(string plugin, string variable, string value, string kernel, FindingStatus expected)
    {
        using var cluster = new SampleCluster().Node(
            "n", "w", SampleFacts.Healthy() with { Kernel = kernel }, ("kube_network_plugin", plugin), ("cilium_version", "1.15.9"), ("cilium_encryption_enabled", true), (variable, value));

        cluster.Judge("kernel").ShouldHaveSingleItem().Status.ShouldBe(expected);
    }

    [Theory]
    [InlineData("1.31.9", "[]", FindingStatus.Passed)]
    [InlineData("1.32.0", "[]", FindingStatus.Failed)]
    [InlineData("1.32.0", "[SystemVerification]", FindingStatus.Passed)]
    public void I_am_told_that_kubeadm_refuses_a_kernel(string kubernetes, string ignored, FindingStatus expected)
    {
        using var cluster = new SampleCluster().File("roles/kubernetes/kubeadm_common/defaults/main.yml", $"kubeadm_ignore_preflight_errors: {ignored}\n")
            .Node("n", "w", SampleFacts.Healthy() with { Kernel = "4.18.0-553.el8_10.x86_64" }, ("kube_version", kubernetes));

        cluster.Judge("kernel").ShouldHaveSingleItem().Status.ShouldBe(expected);
    }

    [Fact]
    public void I_am_told_that_systemd_does_not_run_a_node() =>
        Status("systemd", "w", SampleFacts.Healthy() with { InitProcess = "openrc-init", RunsSystemd = false }).ShouldBe(FindingStatus.Failed);

    [Theory]
    [InlineData("v1.34.3", FindingStatus.Passed)]
    [InlineData("1.35.0", FindingStatus.Failed)]
    public void I_am_told_that_the_kubelet_refuses_control_groups_version_1(string kubernetes, FindingStatus expected)
    {
        using var cluster = new SampleCluster().Node("n", "w", SampleFacts.Healthy() with { CgroupVersion = 1 }, ("kube_version", kubernetes));

        cluster.Judge("cgroups").ShouldHaveSingleItem().Status.ShouldBe(expected);
    }

    [Fact]
    public void I_take_the_version_of_Kubernetes_from_the_first_checksum()
    {
        using var cluster = new SampleCluster()
            .File("roles/kubespray_defaults/defaults/main/main.yml", "---\nkube_version: \"{{ (kubelet_checksums['amd64'] | dict2items)[0].key }}\"\n")
            .File("roles/kubespray_defaults/vars/main/checksums.yml", Checksums).Node("n", "w", SampleFacts.Healthy() with { CgroupVersion = 1 });

        cluster.Scene().Kubernetes.Version.ShouldBe(new Version(1, 35, 4));
        cluster.Judge("cgroups").ShouldHaveSingleItem().Status.ShouldBe(FindingStatus.Failed);
    }

    [Fact]
    public void I_am_told_what_kubelet_fail_cgroup_v1_says()
    {
        using var cluster = new SampleCluster(SampleCluster.Defaults + "kubelet_fail_cgroup_v1: true\n")
            .Node("a", "w", SampleFacts.Healthy() with { CgroupVersion = 1 })
            .Node("b", "w", SampleFacts.Healthy() with { CgroupVersion = 1 }, ("kubelet_fail_cgroup_v1", false));

        cluster.Judge("cgroups").Select(finding => finding.Status).ShouldBe([FindingStatus.Failed, FindingStatus.Passed]);
    }

    [Theory]
    [InlineData(true, "w", FindingStatus.Failed)]
    [InlineData(false, "w", FindingStatus.Passed)]
    [InlineData(true, "e", FindingStatus.Passed)]
    public void I_am_told_that_swap_is_on(bool failsOnSwap, string roles, FindingStatus expected)
    {
        using var cluster = new SampleCluster().Node("n", roles, SampleFacts.Healthy() with { SwapAreas = ["/swapfile"] }, ("kubelet_fail_swap_on", failsOnSwap));

        cluster.Judge("swap").ShouldHaveSingleItem().Status.ShouldBe(expected);
    }

    [Fact]
    public void I_am_told_which_kernel_modules_are_missing()
    {
        var facts = SampleFacts.Healthy() with { AvailableModules = ["nf_conntrack"] };

        var finding = Single("kernel-modules", "w", facts);

        finding.Status.ShouldBe(FindingStatus.Failed);
        finding.Required.ShouldBe("br_netfilter, ip_vs, ip_vs_rr, ip_vs_wrr, ip_vs_sh");
    }

    [Fact]
    public void I_am_told_that_a_node_runs_a_kernel_from_before_an_upgrade() =>
        Single("kernel-modules", "w", SampleFacts.Healthy() with { AvailableModules = [], ModuleTrees = ["6.1.0-20-amd64"] }).Remedy!.ShouldStartWith("Restart");

    [Fact]
    public void I_am_told_nothing_of_modules_in_a_container() =>
        Status("kernel-modules", "w", SampleFacts.Healthy() with { AvailableModules = [], Container = "lxc" }).ShouldBe(FindingStatus.Skipped);

    [Fact]
    public void I_am_told_which_ports_a_firewall_has_to_let_through()
    {
        var finding = Single("firewall", "ce", SampleFacts.Healthy() with { UfwEnabled = true });

        finding.Status.ShouldBe(FindingStatus.Warning);
        finding.Remedy!.ShouldContain("6443/tcp, 10257/tcp, 10259/tcp, 2379/tcp, 2380/tcp, 10250/tcp");
    }

    [Fact]
    public void I_am_told_what_holds_a_port()
    {
        var finding = Single("ports", "w", SampleFacts.Healthy() with { ListeningPorts = [new ListeningPort(IPAddress.Any, 10250, "python3")] });

        finding.Status.ShouldBe(FindingStatus.Failed);
        finding.Message.ShouldContain("port 10250 is held by python3, and kubelet needs it");
    }

    [Theory]
    [InlineData("kubelet", false, FindingStatus.Passed)]
    [InlineData(null, true, FindingStatus.Warning)]
    [InlineData(null, false, FindingStatus.Failed)]
    public void I_may_have_the_component_itself_on_its_port(string? owner, bool hasJoined, FindingStatus expected) =>
        Status("ports", "w", SampleFacts.Healthy() with
        {
            ListeningPorts = [new ListeningPort(IPAddress.IPv6Any, 10250, owner)],
            Paths = hasJoined ? ["/etc/kubernetes/kubelet.conf"] : [],
        }).ShouldBe(expected);

    [Fact]
    public void I_am_told_that_another_port_of_the_API_is_held()
    {
        using var cluster = new SampleCluster().Node("m", "c", SampleFacts.Healthy() with { ListeningPorts = [new ListeningPort(IPAddress.Any, 8443, "nginx")] }, ("kube_apiserver_port", "8443"));

        cluster.Judge("ports").ShouldHaveSingleItem().Message.ShouldContain("8443");
    }

    [Theory]
    [InlineData("ip", "192.0.2.10", FindingStatus.Passed)]
    [InlineData("ip", "192.0.2.11", FindingStatus.Failed)]
    [InlineData("access_ip", "198.51.100.1", FindingStatus.Warning)]
    [InlineData("access_ip", "192.0.2.10", FindingStatus.Passed)]
    public void I_am_told_that_an_address_is_not_on_the_node(string variable, string address, FindingStatus expected)
    {
        using var cluster = new SampleCluster().Node("n", "w", SampleFacts.Healthy(10), (variable, address));

        cluster.Judge("own-address").ShouldHaveSingleItem().Status.ShouldBe(expected);
    }

    [Theory]
    [InlineData("k8s-n0", FindingStatus.Passed)]
    [InlineData("k8s-n0.example.com", FindingStatus.Passed)]
    [InlineData("debian", FindingStatus.Warning)]
    public void I_am_told_that_a_node_calls_itself_otherwise(string name, FindingStatus expected)
    {
        using var cluster = new SampleCluster("---\n").Node("k8s-n0", "w", SampleFacts.Healthy() with { HostName = name });

        cluster.Judge("own-name").ShouldHaveSingleItem().Status.ShouldBe(expected);
    }

    [Theory]
    [InlineData(true, FindingStatus.Warning)]
    [InlineData(false, FindingStatus.Failed)]
    public void I_am_told_that_a_node_has_no_default_route(bool hasIp, FindingStatus expected)
    {
        using var cluster = new SampleCluster();
        var facts = SampleFacts.Healthy() with { DefaultRoutes = [] };
        _ = hasIp ? cluster.Node("n", "w", facts, ("ip", "192.0.2.10")) : cluster.Node("n", "w", facts);

        cluster.Judge("default-route").ShouldHaveSingleItem().Status.ShouldBe(expected);
    }

    [Theory]
    [InlineData("192.0.2.53", null, FindingStatus.Passed)]
    [InlineData("127.0.0.53", "192.0.2.53", FindingStatus.Passed)]
    [InlineData("127.0.0.53", null, FindingStatus.Warning)]
    [InlineData("::1", null, FindingStatus.Warning)]
    [InlineData("", null, FindingStatus.Failed)]
    public void I_am_told_that_pods_cannot_reach_the_name_servers(string server, string? resolved, FindingStatus expected) =>
        Status("resolvers", "w", SampleFacts.Healthy() with { NameServers = server.Length > 0 ? [server] : [], ResolvedNameServers = resolved is null ? null : [resolved] }).ShouldBe(expected);

    [Theory]
    [InlineData("eth0", "10.233.70.5", 24, false, FindingStatus.Failed)]
    [InlineData("cni0", "10.233.65.1", 24, false, FindingStatus.Failed)]
    [InlineData("cni0", "10.233.65.1", 24, true, FindingStatus.Passed)]
    [InlineData("eth1", "10.1.0.5", 16, false, FindingStatus.Passed)]
    public void I_am_told_that_a_nodes_network_is_the_clusters(string name, string address, int prefix, bool hasJoined, FindingStatus expected) =>
        Status("node-networks", "w", SampleFacts.Healthy() with
        {
            Addresses = [new InterfaceAddress(name, IPAddress.Parse(address), prefix)],
            Paths = hasJoined ? ["/etc/kubernetes/kubelet.conf"] : [],
        }).ShouldBe(expected);

    [Fact]
    public void I_am_told_of_a_network_that_holds_both_of_the_clusters()
    {
        using var cluster = new SampleCluster().Node("n", "w", SampleFacts.Healthy() with
        {
            Addresses = [new InterfaceAddress("eth1", IPAddress.Parse("10.0.0.5"), 8)],
            Paths = ["/etc/kubernetes/kubelet.conf"],
        });

        cluster.Judge("node-networks").Select(finding => finding.Remedy).ShouldBe([
            "Choose another network for kube_service_addresses in inventory/group_vars/all.yml.",
            "Choose another network for kube_pods_subnet in inventory/group_vars/all.yml."]);
    }

    [Theory]
    [InlineData("systemd-timesyncd", true, FindingStatus.Passed)]
    [InlineData("systemd-timesyncd", false, FindingStatus.Warning)]
    [InlineData("chronyd", false, FindingStatus.Passed)]
    [InlineData("chrony", false, FindingStatus.Passed)]
    [InlineData("sshd", true, FindingStatus.Warning)]
    public void I_am_told_that_nothing_keeps_the_clock(string service, bool isSynchronised, FindingStatus expected) =>
        Status("time-sync", "w", SampleFacts.Healthy() with { Services = [service], Paths = isSynchronised ? ["/run/systemd/timesync/synchronized"] : [] }).ShouldBe(expected);

    [Theory]
    [InlineData(true, FindingStatus.Passed)]
    [InlineData(null, FindingStatus.Passed)]
    [InlineData(false, FindingStatus.Warning)]
    public void I_am_told_that_chrony_follows_nobody(bool? follows, FindingStatus expected) =>
        Status("time-sync", "w", SampleFacts.Healthy() with { Services = ["chronyd"], ChronyFollows = follows }).ShouldBe(expected);

    [Theory]
    [InlineData(true, FindingStatus.Passed)]
    [InlineData(false, FindingStatus.Warning)]
    public void I_may_have_no_time_service_where_the_playbook_installs_one(bool installs, FindingStatus expected)
    {
        using var cluster = new SampleCluster(SampleCluster.Defaults + "ntp_enabled: false\n").Node("n", "w", SampleFacts.Healthy() with { Services = [] }, ("ntp_enabled", installs));

        cluster.Judge("time-sync").ShouldHaveSingleItem().Status.ShouldBe(expected);
    }

    [Fact]
    public void I_am_told_of_a_kubelet_that_no_cluster_knows()
    {
        Status("kubelet", "w", SampleFacts.Healthy()).ShouldBe(FindingStatus.Passed);
        Single("kubelet", "w", SampleFacts.Healthy() with { Services = ["kubelet"], Paths = ["/var/lib/kubelet/config.yaml", "/etc/kubernetes/manifests/etcd.yaml"] })
            .Message.ShouldBe("n belongs to no cluster, and has a kubelet (it runs, /var/lib/kubelet/config.yaml, /etc/kubernetes/manifests/etcd.yaml)");
        Status("kubelet", "w", SampleFacts.Healthy() with { Services = ["kubelet"], Paths = ["/etc/kubernetes/kubelet.conf", "/var/lib/kubelet/config.yaml"] }).ShouldBe(FindingStatus.Passed);
        Status("kubelet", "e", SampleFacts.Healthy() with { Services = ["kubelet"], Paths = ["/etc/kubernetes/kubelet.conf"] }).ShouldBe(FindingStatus.Warning);
    }

    [Fact]
    public void I_am_told_of_a_package_manager_at_work()
    {
        Status("package-lock", "w", SampleFacts.Healthy() with { HeldPackageLocks = ["/var/lib/dpkg/lock"] }).ShouldBe(FindingStatus.Warning);
        Status("unattended-upgrades", "w", SampleFacts.Healthy() with { Services = ["apt-daily-upgrade"] }).ShouldBe(FindingStatus.Warning);
        Status("unattended-upgrades", "w", SampleFacts.Healthy() with { Services = ["unattended-upgrades"] }).ShouldBe(FindingStatus.Passed);
    }

    [Fact]
    public void I_am_told_that_a_pod_network_was_left()
    {
        var facts = SampleFacts.Healthy() with { Paths = ["/etc/cni/net.d/10-calico.conflist", "/etc/cni/net.d/calico-kubeconfig"] };

        Single("cni-configuration", "w", facts).Message.ShouldContain("/etc/cni/net.d/10-calico.conflist");
        Status("cni-configuration", "w", facts with { Paths = [.. facts.Paths, "/etc/kubernetes/kubelet.conf"] }).ShouldBe(FindingStatus.Passed);
    }

    [Theory]
    [InlineData("calico", FindingStatus.Warning)]
    [InlineData("cni", FindingStatus.Passed)]
    [InlineData("none", FindingStatus.Passed)]
    public void A_pod_network_of_my_own_is_no_remains(string plugin, FindingStatus expected)
    {
        using var cluster = new SampleCluster().Node(
            "n", "w", SampleFacts.Healthy() with { Paths = ["/etc/cni/net.d/10-own.conflist"] }, ("kube_network_plugin", plugin));

        cluster.Judge("cni-configuration").ShouldHaveSingleItem().Status.ShouldBe(expected);
    }

    [Theory]
    [InlineData("2.14.18", "3.9.2", FindingStatus.Passed)]
    [InlineData("2.14.18", "3.4.0", FindingStatus.Failed)]
    [InlineData("2.14.18", "3.12.3", FindingStatus.Failed)]
    [InlineData("2.16.4", "3.12.3", FindingStatus.Passed)]
    [InlineData("2.16.4", "3.13.5", FindingStatus.Warning)]
    [InlineData("2.99.0", "3.5.0", FindingStatus.Passed)]
    public void I_am_told_that_a_nodes_Python_does_not_fit_Ansible(string ansible, string python, FindingStatus expected)
    {
        using var cluster = new SampleCluster { ControlMachine = new ControlMachine { AnsibleVersion = Version.Parse(ansible) } };
        cluster.Node("n", "w", SampleFacts.Healthy() with { Python = new PythonInterpreter("python3", Version.Parse(python), $"Python {python}") });

        cluster.Judge("python").ShouldHaveSingleItem().Status.ShouldBe(expected);
    }

    [Theory]
    [InlineData("/opt/python/bin/python3", FindingStatus.Failed)]
    [InlineData("python3", FindingStatus.Passed)]
    [InlineData("auto_silent", FindingStatus.Passed)]
    [InlineData("/usr/bin/env python3", FindingStatus.Passed)]
    public void I_am_told_that_the_interpreter_is_not_there_whatever_other_is(string wanted, FindingStatus expected)
    {
        using var cluster = new SampleCluster().Node(
            "n", "w", SampleFacts.Healthy() with { Python = new PythonInterpreter("python3", new Version(3, 11), "Python 3.11") }, ("ansible_python_interpreter", wanted));

        cluster.Judge("python").ShouldHaveSingleItem().Status.ShouldBe(expected);
    }

    [Fact]
    public void I_may_have_no_Python_where_the_playbook_installs_it()
    {
        using var cluster = new SampleCluster().File("roles/bootstrap_os/tasks/debian.yml", "- raw: apt-get install -y python3-minimal\n")
            .Node("n", "w", SampleFacts.Healthy() with { Python = null });

        cluster.Judge("python").ShouldHaveSingleItem().Status.ShouldBe(FindingStatus.Passed);
    }

    private static Finding Single(string rule, string roles, NodeFacts facts)
    {
        using var cluster = new SampleCluster().Node("n", roles, facts);
        return cluster.Judge(rule).ShouldHaveSingleItem();
    }

    private static FindingStatus Status(string rule, string roles, NodeFacts facts) => Single(rule, roles, facts).Status;

    private static IEnumerable<string> Reported(SampleCluster cluster) => cluster.Judge()
        .Where(finding => finding.Status is FindingStatus.Failed or FindingStatus.Warning && Stage(finding) == RuleStage.Nodes)
        .Select(finding => $"{finding.Check} {finding.Status}").Order(StringComparer.Ordinal);

    private static RuleStage Stage(Finding finding) => CheckCatalog.All<Rule>().Single(rule => rule.Id == finding.Check).Stage;

    private const string Checksums = """
        crictl_checksums:
          arm64:
            1.99.0: sha256:00
        kubelet_checksums:
          arm64:
            1.35.4: sha256:11
            1.35.3: sha256:12
          amd64:
            1.35.4: sha256:21
        kubectl_checksums:
          amd64:
            1.35.4: sha256:31
        """;
}
