using System.Security.Cryptography;
using System.Text.Json;
using KubeLab.Ansible;
using KubeLab.Clusters;
using KubeLab.Distributions;
using KubeLab.Kubernetes;
using KubeLab.Preflight;
using KubeLab.Smoke;
using KubeLab.Ssh;
using KubeLab.Status;
using KubeLab.Tests.Machines;
using KubeLab.Tests.Smoke;
using KubeLab.Variables;

namespace KubeLab.Tests.Status;

/// <summary>A real cluster's recorded answers, as it was deployed: nothing is found. Then each thing that somebody changes by hand
/// is found, and nothing else.</summary>
public sealed class StatusChecksTests : IDisposable
{
    private const string Kubeadm = """
        apiVersion: kubeadm.k8s.io/v1beta2
        kind: InitConfiguration
        ---
        apiVersion: kubeadm.k8s.io/v1beta2
        kind: ClusterConfiguration
        clusterName: cluster.local
        networking:
          podSubnet: 10.233.64.0/18
          serviceSubnet: 10.233.0.0/18
        controllerManager:
          extraArgs:
            node-cidr-mask-size: "24"

        """;

    private const string KubeletConfiguration = "kind: KubeletConfiguration\ncgroupDriver: cgroupfs\nclusterDNS:\n- 10.233.0.10\nevictionHard:\n  memory.available: 50Mi\n";
    private const string Unit = "[Service]\nExecStart=/usr/local/bin/kubelet --config=/var/lib/kubelet/config.yaml\nRestart=always\n";
    private const string UnitFile = "/etc/systemd/system/kubelet.service";
    private const string ConfigFile = "/var/lib/kubelet/config.yaml";

    private static readonly DateTimeOffset Now = new(2026, 11, 30, 12, 0, 0, TimeSpan.Zero);

    private readonly TemporaryDirectory directory = new();
    private readonly StandInKubectl kubectl = StandInKubectl.Healthy();

    public StatusChecksTests()
    {
        directory.Write("tree/cluster.yml", "---\n");
        kubectl.AnswersInstead("get --raw /api/v1/namespaces/default/services/kubernetes", StandInKubectl.Output("""{"spec":{"clusterIP":"10.233.0.1"}}"""));
        kubectl.AnswersInstead("get --raw /api/v1/namespaces/kube-system/services", StandInKubectl.Output("""{"items":[{"metadata":{"name":"kube-dns","namespace":"kube-system","labels":{"k8s-app":"kube-dns"}},"spec":{"clusterIP":"10.233.0.10"}}]}"""));
        var map = JsonSerializer.Serialize(KubeletConfiguration);
        kubectl.AnswersInstead("get --raw /api/v1/namespaces/kube-system/configmaps", StandInKubectl.Output($$"""{"items":[{"metadata":{"name":"kubelet-config-1.20"},"data":{"kubelet":{{map}}} }]}"""));
    }

    [Fact]
    public async Task On_a_cluster_that_is_as_it_was_deployed_nothing_is_found()
    {
        var findings = await JudgeAsync(Scene());

        findings.ShouldAllBe(finding => finding.Status <= FindingStatus.Skipped);
        findings.Count(finding => finding.Status == FindingStatus.Passed).ShouldBeGreaterThan(10);
        (StatusReport.ExitCode(findings), StatusReport.Verdict(findings)).ShouldBe((0, "The cluster is what was asked for."));
    }

    [Fact]
    public async Task A_flag_that_somebody_has_changed_added_or_taken_away_is_found()
    {
        await ShouldFindAsync(Scene(), Pods(("--cluster-cidr=10.233.64.0/18", "--cluster-cidr=10.0.0.0/8")),
            "flags k8s-m0: kube-controller-manager runs with --cluster-cidr=10.0.0.0/8, asked for is 10.233.64.0/18");
        await ShouldFindAsync(Scene(), Pods(("\"--leader-elect=true\", ", ""), ("--node-cidr-mask-size=24", "--v=9")),
            "flags k8s-m0: kube-controller-manager runs without --node-cidr-mask-size=24",
            "flags k8s-m0: kube-controller-manager runs with --v=9, which nobody asked for");
        await ShouldFindAsync(Scene(), Pods(("--authorization-mode=Node,RBAC", "--authorization-mode=AlwaysAllow")),
            "flags k8s-m0: kube-apiserver runs with --authorization-mode=AlwaysAllow, asked for is Node,RBAC");
    }

    [Fact]
    public async Task A_label_that_somebody_has_changed_is_found()
    {
        await ShouldFindAsync(Scene(), Nodes(("\"node-role.kubernetes.io/control-plane\": \"\",", ""), ("\"node-role.kubernetes.io/master\": \"\"", "\"a\": \"b\"")),
            "labels k8s-m0: it lacks the label of a control plane, node-role.kubernetes.io/control-plane");
        await ShouldFindAsync(Scene(variables: [("node_labels", """{"zone": "a"}""")]), null,
            "labels k8s-n0: it lacks the label zone=a");
    }

    [Fact]
    public async Task A_taint_and_a_cordon_are_found()
    {
        await ShouldFindAsync(Scene(), ("/api/v1/nodes", Recorded.Text("nodes-tainted")), finding => finding.ShouldStartWith("taints k8s-n"));
        await ShouldFindAsync(Scene(), ("/api/v1/nodes", Recorded.Text("nodes-cordoned")), finding => finding.ShouldEndWith("it is cordoned"));
        await ShouldFindAsync(Scene(variables: [("node_taints", """["dedicated=gpu:NoSchedule"]""")]), null, "taints k8s-n0: it lacks the taint dedicated=gpu:NoSchedule");
    }

    [Fact]
    public async Task A_file_that_somebody_has_changed_is_shown_with_its_lines_and_what_a_deployment_would_do()
    {
        var scene = Scene(files: ("k8s-n1", UnitFile, Unit.Replace("always", "no", StringComparison.Ordinal)));

        var findings = await JudgeAsync(scene);

        Said(findings).ShouldBe(["configuration k8s-n1: /etc/systemd/system/kubelet.service differs in 2 lines"]);
        findings.Single(finding => finding.Status == FindingStatus.Warning).Remedy
            .ShouldBe("A Deploy would write it anew (roles/kubernetes/node/tasks/main.yml:7), and call \"restart kubelet\".");
        StatusReport.Of("mine", scene).Files.ShouldHaveSingleItem().Lines.ShouldBe(["-Restart=no", "+Restart=always"]);
        StatusReport.ExitCode(findings).ShouldBe(3);
        Said(await JudgeAsync(Scene(files: ("k8s-n1", UnitFile, null)))).ShouldBe(["configuration k8s-n1: /etc/systemd/system/kubelet.service is not there"]);
    }

    [Fact]
    public async Task A_kubelets_own_configuration_is_held_against_the_clusters()
    {
        await ShouldFindAsync(Scene(files: ("k8s-n0", ConfigFile, KubeletConfiguration.Replace("50Mi", "10Mi", StringComparison.Ordinal))), null,
            "kubelet-configuration k8s-n0: /var/lib/kubelet/config.yaml: evictionHard.memory.available is 10Mi, in the cluster 50Mi");
        await ShouldFindAsync(Scene(files: ("k8s-n0", ConfigFile, "{")), null,
            "kubelet-configuration k8s-n0: /var/lib/kubelet/config.yaml is no YAML: the kubelet doesn't start again with it");
        // kubeadm fits this one to the machine; order and comments are nothing.
        Said(await JudgeAsync(Scene(files: ("k8s-n0", ConfigFile, $"# by hand\nresolvConf: /run/resolv.conf\n{KubeletConfiguration}")))).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_package_that_is_gone_or_held_is_found()
    {
        var without = new Dictionary<string, string>(StringComparer.Ordinal) { ["socat"] = "1.7" };
        await ShouldFindAsync(Change(Scene(), "k8s-n1", node => node with { Says = node.Says! with { Packages = without } }), null,
            "packages k8s-n1: the package conntrack is not installed");
        await ShouldFindAsync(Change(Scene(), "k8s-n1", node => node with { Says = node.Says! with { Held = ["socat", "linux-image-amd64"] } }), null,
            "packages k8s-n1: the package socat is held at 1.7");
    }

    [Fact]
    public async Task A_member_of_etcd_is_missed_by_the_smoke_tests_own_check_and_a_full_store_is_found()
    {
        var members = SmokeCheckResult.Of(CheckCatalog.All<ISmokeCheck>().Single(check => check.Id == "etcd"), SmokeVerdict.Fail("it has 2 members, in the inventory 1"), TimeSpan.Zero);
        var findings = await JudgeAsync(Scene() with { Smoke = [members] });
        Said(findings).ShouldBe(["works it has 2 members, in the inventory 1 (etcd)"]);
        StatusReport.ExitCode(findings).ShouldBe(2);

        await ShouldFindAsync(Scene() with { Stores = [new(1, 1, []) { Host = "192.0.2.10", Version = "3.4.23", SizeBytes = 1900L << 20, InUseBytes = 100L << 20 }] }, null, "etcd-store k8s-m0: etcd's store takes 1900 MiB of 2048, 100 of it in use");
        await ShouldFindAsync(Scene() with { Etcd = new Version(3, 5, 1) }, null, "etcd-store k8s-m0: etcd is 3.4.23, the release brings 3.5.1");
    }

    [Fact]
    public async Task A_certificate_of_another_authority_and_one_that_ends_are_found()
    {
        static CertificateReport With(StatusScene scene, NodeCertificate certificate) => scene.Certificates! with
        { Nodes = [.. scene.Certificates!.Nodes.Select(node => node.Node == "k8s-m0" ? node with { Certificates = [node.Certificates[0], certificate] } : node)] };
        var scene = Scene();
        await ShouldFindAsync(scene with { Certificates = With(scene, Certificate("/etc/kubernetes/pki/apiserver.crt", "CN=mallory", 300)) }, null,
            "certificates k8s-m0: /etc/kubernetes/pki/apiserver.crt is signed by CN=mallory, which is no authority of this cluster");
        await ShouldFindAsync(scene with { Certificates = With(scene, Certificate("/etc/kubernetes/pki/apiserver.crt", "CN=kubernetes", 5)) }, null,
            finding => finding.ShouldStartWith("certificates k8s-m0: /etc/kubernetes/pki/apiserver.crt ends in 5 days"));
        await ShouldFindAsync(scene with { Certificates = With(scene, Certificate("/etc/kubernetes/pki/apiserver.crt", "CN=kubernetes", -5)) }, null,
            finding => finding.ShouldContain("has expired 5 days ago"));
    }

    [Fact]
    public async Task The_address_of_a_Service_that_was_made_anew_is_found()
    {
        await ShouldFindAsync(Scene(), ("/api/v1/namespaces/kube-system/services", """{"items":[{"metadata":{"name":"kube-dns","namespace":"kube-system","labels":{"k8s-app":"kube-dns"}},"spec":{"clusterIP":"10.233.9.9"}}]}"""),
            "service-addresses service kube-system/kube-dns has the address 10.233.9.9, and pods are told 10.233.0.10");
        await ShouldFindAsync(Scene(), ("/api/v1/namespaces/default/services/kubernetes", """{"spec":{"clusterIP":"10.0.0.1"}}"""),
            "service-addresses the API's Service has the address 10.0.0.1, the first of kube_service_addresses is 10.233.0.1");
    }

    [Fact]
    public async Task Another_host_key_is_found() =>
        await ShouldFindAsync(Change(Scene(), "k8s-n0", node => node with { HostKey = "it shows the host key SHA256:x (ssh-ed25519), which is not the one that is known for it", Problem = "refused", Says = null }), null,
            "host-keys k8s-n0: it shows the host key SHA256:x (ssh-ed25519), which is not the one that is known for it");

    [Fact]
    public async Task Versions_that_are_not_those_that_were_asked_for_are_found()
    {
        await ShouldFindAsync(Scene() with { Kubernetes = new Version(1, 20, 7) }, null, findings => findings.ShouldStartWith("versions k8s-"), count: 6);
        await ShouldFindAsync(Scene(variables: [("containerd_version", "\"1.5.8\"")]), null, finding => finding.ShouldEndWith(": containerd is 1.6.20, asked for is 1.5.8"), count: 3);
    }

    [Fact]
    public async Task A_node_that_is_off_and_a_clock_that_is_off_by_an_hour_are_found()
    {
        var off = Change(Scene(), "k8s-n1", node => node with { Problem = "no route", Says = null, Probed = new ProbedNode(node.Probed.Node) { Failure = new SshFailure(SshFailureReason.Unreachable, "no route to 192.0.2.21", "Start it.") } });
        var findings = await JudgeAsync(off);
        Said(findings).ShouldBe(["nodes-answer k8s-n1: no route to 192.0.2.21"]);
        findings.Single(finding => finding.Status == FindingStatus.Failed).Unknown.ShouldBeTrue();

        await ShouldFindAsync(Change(Scene(), "k8s-n1", node => node with { Probed = node.Probed with { ClockOffset = new ClockOffset(3600, 3599.9, 3600.1) } }), null,
            "clocks k8s-n1: its clock is 01:00:00 ahead of the others'");
    }

    [Fact]
    public async Task A_disk_that_is_full_and_memory_that_is_low_are_found()
    {
        await ShouldFindAsync(Change(Scene(), "k8s-n1", node => node with { Says = node.Says! with { MemoryKb = (1048576, 60000) } }), null, "room k8s-n1: 58 MB of 1024 MB memory are available");
        await ShouldFindAsync(Change(Scene(), "k8s-n1", node => node with { Probed = node.Probed with { Facts = new NodeFacts { Complete = true, FileSystems = [new FileSystem("1", "/var/lib", 20L << 30, 1L << 29, 100, 90)] } } }), null,
            finding => finding.ShouldStartWith("room k8s-n1: /var/lib has"));
    }

    [Fact]
    public async Task A_request_for_a_certificate_that_waits_is_found() =>
        await ShouldFindAsync(Scene(), ("/apis/certificates.k8s.io", """{"items":[{"metadata":{"name":"csr-1","creationTimestamp":"2026-11-30T11:00:00Z"},"spec":{"username":"system:node:k8s-n0","signerName":"kubernetes.io/kubelet-serving"}}]}"""),
            "signing-requests k8s-n0: the request csr-1 of system:node:k8s-n0 to kubernetes.io/kubelet-serving is pending");

    [Fact]
    public async Task A_kubeconfig_that_may_not_read_something_leaves_it_unknown_and_never_as_well()
    {
        kubectl.AnswersInstead("get --raw", StandInKubectl.Error("Error from server (Forbidden): nodes is forbidden"));

        var findings = await JudgeAsync(Scene());

        findings.Where(finding => finding.Unknown).Select(finding => finding.Check).Distinct()
            .ShouldBe(["versions", "labels", "taints", "service-addresses", "kubelet-configuration", "flags", "signing-requests"], ignoreOrder: true);
        findings.Where(finding => finding.Unknown).ShouldAllBe(finding => finding.Remedy!.Contains("FetchKubeconfig"));
        StatusReport.ExitCode(findings).ShouldBe(3);
    }

    [Fact]
    public async Task An_API_that_does_not_answer_is_said_once()
    {
        kubectl.AnswersInstead("get --raw", StandInKubectl.Error("The connection to the server 192.0.2.10:6443 was refused"));
        var silent = SmokeCheckResult.Of(CheckCatalog.All<ISmokeCheck>()[0], SmokeVerdict.Fail("the connection was refused"), TimeSpan.Zero) with { HadNoAnswer = true };

        var findings = await JudgeAsync(Scene() with { Smoke = [silent], ApiAnswers = false });

        findings.Where(finding => finding.Status >= FindingStatus.Warning).ShouldHaveSingleItem().Check.ShouldBe("works");
        StatusReport.ExitCode(findings).ShouldBe(2);
    }

    [Fact]
    public async Task What_could_not_be_rendered_is_named_and_a_rehearsal_that_broke_off_is_no_pass()
    {
        var scene = Scene();
        var unwritten = new UnwrittenFile("k8s-n0", "/etc/kubernetes/kubeadm-client.conf", "it depends on a token", "/tree/roles/a.yml", 3, "Write it");
        (await JudgeAsync(scene with { Release = scene.Release with { Unwritten = [unwritten] } })).Select(finding => finding.Message)
            .ShouldContain("/etc/kubernetes/kubeadm-client.conf of k8s-n0: it depends on a token");
        await ShouldFindAsync(scene with { Release = scene.Release with { Problem = "Ansible ended early" } }, null, "configuration not all files could be rendered: Ansible ended early");
    }

    [Fact]
    public void What_differs_comes_without_secrets()
    {
        var written = new WrittenFile("m", "/etc/kubernetes/kubeadm-config.yaml", "certificateKey: new\nname: b\nclientCAFile: /etc/ca.crt\nx: hunter2\n", null, "", 0, "");

        var difference = FileDifference.Of(written, "certificateKey: old-secret\nname: a\nclientCAFile: /etc/old.crt\nx: y\n", text => text.Replace("hunter2", "***", StringComparison.Ordinal));

        string.Join('\n', difference!.Lines).ShouldBe("-certificateKey: (withheld)\n-name: a\n-clientCAFile: /etc/old.crt\n-x: y\n+certificateKey: (withheld)\n+name: b\n+clientCAFile: /etc/ca.crt\n+x: ***");
        // What the release makes once and the rehearsal doesn't know.
        FileDifference.Of(written with { Content = $"token: {new string('x', 30)}\nname: a\n" }, "token: abc.def\nname: a\n", text => text).ShouldBeNull();
        FileDifference.Of(written with { Content = "a: 1\nb: 2\n" }, "# note\nb: 2\na: 1\n", text => text).ShouldBeNull();
    }

    [Theory]
    [InlineData("bootstrap_token: abc.def", "bootstrap_token: (withheld)")]
    [InlineData("-ETCD_ROOT_PASSWORD=hunter2", "-ETCD_ROOT_PASSWORD=(withheld)")]
    [InlineData("  secret: \"c2VjcmV0\"", "  secret: \"(withheld)")]
    [InlineData("+client-key-data: LS0tLS1", "+client-key-data: (withheld)")]
    [InlineData("rotateCertificates: true", "rotateCertificates: true")]
    [InlineData("tokenTTL: 24h", "tokenTTL: 24h")]
    [InlineData("tls-private-key-file: /etc/kubernetes/ssl/apiserver.key", "tls-private-key-file: /etc/kubernetes/ssl/apiserver.key")]
    public void Values_with_names_of_secrets_are_withheld(string line, string shown) => SecretLine.Withhold(line).ShouldBe(shown);

    [Fact]
    public void Lines_that_differ_are_the_fewest_that_do()
    {
        LineDifference.Of("a\nb\nc\nd\n", "a\nc\nx\nd\n").ShouldBe(["-b", "+x"]);
        LineDifference.Of("", "a\n").ShouldBe(["-", "+a"]);
        LineDifference.Of("same\n", "same\n").ShouldBeEmpty();
    }

    [Fact]
    public void An_answer_of_a_node_that_is_cut_or_refused_is_not_whole()
    {
        const string Answer = "\nM begin 1\nuser given\n\nM end 1 12\n\nM begin 2\nfile /a\nYWJj\n\nM end 2 14\n\nM begin 3\nabsent /b\n\nM end 3 11\nM done 3\n";

        var (says, problem) = NodeContent.Parse(Answer, "M");
        problem.ShouldBeNull();
        (says.Files["/a"], says.Files["/b"]).ShouldBe(("abc", null));
        NodeContent.Parse(Answer[..^20], "M").Problem.ShouldBe("its answer did not come whole");
        NodeContent.Parse(Answer.Replace("given", "refused by sudo", StringComparison.Ordinal).Replace("M end 1 12", "M end 1 22", StringComparison.Ordinal), "M").Problem.ShouldBe("privileges were refused by sudo, and only root may read its configuration");
        NodeContent.Parse("", "M").Problem.ShouldBe("it gave no answer");
    }

    public void Dispose() => directory.Dispose();

    private async Task ShouldFindAsync(StatusScene scene, (string Path, string Body)? answer, params string[] expected)
    {
        Said(await AnsweredAsync(scene, answer)).ShouldBe(expected, ignoreOrder: true);
    }

    private async Task ShouldFindAsync(StatusScene scene, (string Path, string Body)? answer, Action<string> expected, int count = 1)
    {
        var said = Said(await AnsweredAsync(scene, answer));
        said.Count.ShouldBe(count, string.Join('\n', said));
        said.ForEach(expected);
    }

    private async Task<IReadOnlyList<Finding>> AnsweredAsync(StatusScene scene, (string Path, string Body)? answer)
    {
        if (answer is not { } given)
            return await JudgeAsync(scene);
        // Only for this one look.
        var other = new StandInOver(kubectl, given.Path, given.Body);
        return await JudgeAsync(scene with { Api = new KubeApi(other, TimeSpan.FromSeconds(5), CancellationToken.None) });
    }

    private sealed class StandInOver(IKubectl kubectl, string path, string body) : IKubectl
    {
        public string Description => kubectl.Description;

        public bool IsLocal => kubectl.IsLocal;

        public Task<KubectlResult> RunAsync(KubectlCall call, CancellationToken cancellationToken = default) =>
            call.Arguments[^1].StartsWith(path, StringComparison.Ordinal) ? Task.FromResult(StandInKubectl.Output(body)) : kubectl.RunAsync(call, cancellationToken);
    }

    private static List<string> Said(IReadOnlyList<Finding> findings) =>
        [.. findings.Where(finding => finding.Status >= FindingStatus.Warning).Select(finding => $"{finding.Check} {finding.Message}")];

    private static Task<IReadOnlyList<Finding>> JudgeAsync(StatusScene scene) => StatusChecks.RunAsync(scene, cancellationToken: TestContext.Current.CancellationToken);

    private static (string, string) Pods(params (string From, string To)[] changes) => ("/api/v1/namespaces/kube-system/pods", Changed(Recorded.Text("system-pods"), changes));

    private static (string, string) Nodes(params (string From, string To)[] changes) => ("/api/v1/nodes", Changed(Recorded.Text("nodes"), changes));

    private static string Changed(string text, (string From, string To)[] changes)
    {
        text = JsonSerializer.Serialize(JsonSerializer.Deserialize<JsonElement>(text)).Replace("\":\"", "\": \"", StringComparison.Ordinal).Replace("\",\"", "\", \"", StringComparison.Ordinal);
        foreach (var (from, to) in changes)
            text = text.Replace(from, to, StringComparison.Ordinal);
        return text;
    }

    private static StatusScene Change(StatusScene scene, string name, Func<NodeStatus, NodeStatus> change) =>
        scene with { Nodes = [.. scene.Nodes.Select(node => node.Name == name ? change(node) : node)] };

    private StatusScene Scene((string Name, string Json)[]? variables = null, (string Node, string Path, string? Text)? files = null)
    {
        (string Name, string Json)[] given = [("kube_service_addresses", "\"10.233.0.0/18\""), .. variables ?? []];
        // What is asked of nodes alone stands on one of them.
        Node Node(string name, string address, params string[] groups) => new(
            name, groups.ToHashSet(StringComparer.Ordinal),
            given.Where(each => !each.Name.StartsWith("node_", StringComparison.Ordinal) || name == "k8s-n0").Append(("ansible_host", $"\"{address}\""))
                .ToDictionary(each => each.Item1, each => JsonSerializer.Deserialize<JsonElement>(each.Item2), StringComparer.Ordinal));
        var inventory = KubeLab.Tests.Lifecycle.Inventories.With([
            Node("k8s-m0", "192.0.2.10", "kube_control_plane", "etcd"), Node("k8s-n0", "192.0.2.20", "kube_node"), Node("k8s-n1", "192.0.2.21", "kube_node")]);
        var release = new ReleaseFiles(
            [
                new("k8s-m0", "/etc/kubernetes/kubeadm-config.yaml", Kubeadm, null, "/tree/roles/kubernetes/control-plane/tasks/main.yml", 2, "Write it"),
                .. inventory.Nodes.Select(node => new WrittenFile(node.Name, UnitFile, Unit, ["restart kubelet"], "/tree/roles/kubernetes/node/tasks/main.yml", 7, "Write the unit")),
            ],
            [], [.. inventory.Nodes.Select(node => new WantedPackages(node.Name, ["socat", "conntrack"], "/tree/roles/a.yml", 1, "Install"))], null);
        NodeContent Content(string name)
        {
            var there = release.Written.Where(file => file.Host == name).ToDictionary(file => file.Dest, file => (string?)file.Content, StringComparer.Ordinal);
            there[ConfigFile] = KubeletConfiguration;
            if (files is { } changed && changed.Node == name)
                there[changed.Path] = changed.Text;
            return new NodeContent(there, [], new Dictionary<string, string>(StringComparer.Ordinal) { ["socat"] = "1.7", ["conntrack"] = "1.4" }, [], (2097152, 1048576));
        }

        return new StatusScene
        {
            Inventory = inventory,
            Variables = new ClusterVariables(inventory, new DistributionDefaults(Distribution.Open("small", directory.File("tree"))), new VariableLocator(directory.File("inventory.ini"), inventory, directory.Path)),
            Kubernetes = new Version(1, 20, 2),
            Nodes = [.. inventory.Nodes.Select(node => new NodeStatus(
                new ProbedNode(node) { Facts = new NodeFacts { Complete = true, FileSystems = [new FileSystem("1", "/", 100L << 30, 50L << 30, 100, 90)] }, ClockOffset = new ClockOffset(0, -0.1, 0.1) },
                Content(node.Name), null))],
            Release = release,
            Api = new KubeApi(kubectl, TimeSpan.FromSeconds(5), CancellationToken.None),
            Stores = [new EtcdStatus(1, 1, []) { Host = "192.0.2.10", Version = "3.4.23", SizeBytes = 20 << 20, InUseBytes = 10 << 20 }],
            Certificates = new CertificateReport("mine", Now, [.. inventory.Nodes.Select(node => new NodeCertificates(
                node.Name, [Certificate("/etc/kubernetes/pki/ca.crt", "CN=kubernetes", 3000), Certificate("/etc/kubernetes/pki/apiserver.crt", "CN=kubernetes", 300)], [], new KubeletRotation(true, null), []))]),
            At = Now,
            Shown = path => path.Replace("/tree/", "", StringComparison.Ordinal),
        };
    }

    private static NodeCertificate Certificate(string file, string issuer, int days) => new(
        file, null, 0, file.EndsWith("ca.crt", StringComparison.Ordinal) ? "CN=kubernetes" : "CN=kube-apiserver", issuer, [], Now.AddDays(-10), Now.AddDays(days), "it", Convert.ToHexStringLower(SHA256.HashData([1])));
}
