using KubeLab.Clusters;
using KubeLab.Kubernetes;
using KubeLab.Smoke;
using KubeLab.Ssh;
using KubeLab.Tests.Machines;

namespace KubeLab.Tests.Smoke;

/// <summary>What is done to nodes on purpose: to which, how it is told that all is well again, and that the first that doesn't heal is
/// the last.</summary>
public class DisturbancesTests
{
    private const string OneControlPlane = """
        {"kube_control_plane": {"hosts": ["k8s-m0"]}, "etcd": {"hosts": ["k8s-m0"]}, "kube_node": {"hosts": ["k8s-n0", "k8s-n1"]}}
        """;

    private const string Pods = """
        {"items":[
          {"metadata":{"name":"client-m0","namespace":"x","labels":{"kubelab.dev/part":"client"}},"spec":{"nodeName":"k8s-m0"},"status":{"phase":"Running","conditions":[{"type":"Ready","status":"True"}]} },
          {"metadata":{"name":"client-n0","namespace":"x","labels":{"kubelab.dev/part":"client"}},"spec":{"nodeName":"k8s-n0"},"status":{"phase":"Running","conditions":[{"type":"Ready","status":"True"}]} },
          {"metadata":{"name":"client-n1","namespace":"x","labels":{"kubelab.dev/part":"client"}},"spec":{"nodeName":"k8s-n1"},"status":{"phase":"Running","conditions":[{"type":"Ready","status":"True"}]} }]}
        """;

    private const string Web = """{"items":[{"metadata":{"name":"web","namespace":"x"},"spec":{"clusterIP":"10.233.0.9","selector":{"a":"b"}} }]}""";

    private readonly List<string> disturbed = [];
    private readonly Dictionary<string, int> boots = [];
    private readonly Dictionary<string, int> asked = [];

    private bool Heals { get; set; } = true;

    private string Left { get; set; } = "";

    [Fact]
    public async Task I_see_how_long_each_node_took_and_what_the_workload_lost()
    {
        var report = await RunAsync("reboot", "runtime-restart", "nothing-left");

        report.Checks.Select(check => (check.Id, check.Tier, check.Status)).ShouldBe(
            [("reboot", 2, FindingStatus.Passed), ("runtime-restart", 2, FindingStatus.Passed), ("nothing-left", 2, FindingStatus.Passed)],
            string.Join('\n', report.Checks.Select(check => check.Message)));
        disturbed.ShouldBe(["k8s-n0 reboot", "k8s-n1 reboot", "k8s-n1 restart-runtime"]);
        var findings = report.Checks[0].Findings;
        findings[0].Message.ShouldMatch(@"^was rebooted; all was well again after \d+ s; [1-9]\d* of \d+ requests were lost, at most \d+ s on end$");
        findings[^1].ShouldSatisfyAllConditions(
            last => last.Status.ShouldBe(FindingStatus.Skipped),
            last => last.ToString().ShouldBe("k8s-m0: left out: it is the only control plane: nobody would answer without it"));
    }

    [Fact]
    public async Task The_first_that_does_not_heal_is_the_last()
    {
        Heals = false;

        var report = await RunAsync("reboot", "runtime-restart");

        disturbed.ShouldBe(["k8s-n0 reboot"]);
        report.Checks[0].ShouldBlame("k8s-n0", "its boot is the one that it was before");
        report.Checks[0].Findings[1].Message.ShouldBe("not done, as k8s-n0 is not well again");
        report.Checks[1].ShouldBeSkipped("not done, as not all is well after reboot");
        report.ExitCode.ShouldBe(2);
    }

    [Fact]
    public async Task What_is_left_on_a_node_is_named()
    {
        Left = "kubelab left rules of its packet filter that cut it off\n";

        (await RunAsync("nothing-left")).Checks.Single().ShouldBlame("k8s-m0", "it still has rules of its packet filter");
    }

    [Fact]
    public async Task Nothing_is_disturbed_where_something_does_not_work_already()
    {
        var kubectl = Kubectl().AnswersInstead("get --raw /apis/certificates.k8s.io", StandInKubectl.Output("""{"items":[{"metadata":{"name":"csr-1"},"spec":{"username":"u"},"status":{"conditions":[{"type":"Denied"}]}}]}"""));

        var report = await RunAsync(kubectl, "reboot", "certificate-requests");

        report.Checks.Single(check => check.Id == "reboot").ShouldBeSkipped("see certificate-requests");
        disturbed.ShouldBeEmpty();
    }

    [Fact]
    public async Task Without_a_way_to_the_nodes_it_is_skipped() =>
        (await new SmokeRunner(Kubectl(), Consoles.Silent(), TimeProvider.System).RunAsync(Options("reboot"), SmokeExpectations.None))
            .Checks.Single().ShouldBeSkipped("there is no way to the nodes");

    [Theory]
    [InlineData("m", "m", "m", "the only control plane")]
    [InlineData("m,n", "m,n", "n", "etcd would lose its quorum without it, as it has 2 members")]
    [InlineData("m,n", "e", "e", "as it has 1 member")]
    [InlineData("m,n,o", "m,n,o", "o", null)]
    [InlineData("m", "m,n,o", "w", null)]
    public void A_node_is_left_out_without_which_nobody_would_answer(string controlPlanes, string members, string node, string? says)
    {
        var inventory = InventoryParser.Parse("hosts", $$"""
            {"kube_control_plane": {"hosts": {{Names(controlPlanes)}} }, "etcd": {"hosts": {{Names(members)}} }, "kube_node": {"hosts": ["w"]} }
            """);

        var reason = new DisturbedNodes(new SmokeNodes(new Shell(_ => ""), new NodeBecome(new BecomeSettings()), inventory)).WhyNot(inventory.Named(node));

        if (says is null)
            reason.ShouldBeNull();
        else
            reason.ShouldNotBeNull().ShouldContain(says);
    }

    [Fact]
    public async Task Of_etcd_the_leader_is_killed_wherever_it_is()
    {
        const string Three = """
            {"kube_control_plane": {"hosts": ["a", "b", "c"]}, "etcd": {"hosts": ["a", "b", "c"]},
             "_meta": {"hostvars": {"a": {"ansible_host": "192.0.2.1"}, "b": {"ansible_host": "192.0.2.2"}, "c": {"ansible_host": "192.0.2.3"}}}}
            """;
        var kubectl = Kubectl();
        var etcd = new Etcd(
            """{"members":[{"ID":7,"name":"etcd1","clientURLs":["https://192.0.2.1:2379"]},{"ID":8,"name":"etcd2","clientURLs":["https://192.0.2.2:2379"]}]}""",
            """[{"Endpoint":"https://192.0.2.1:2379","Status":{"header":{"member_id":7},"leader":8}}]""");
        var context = new SmokeContext(
            kubectl, new KubeApi(kubectl, TimeSpan.FromSeconds(1), TestContext.Current.CancellationToken), await KubeAccess.ReadAsync(kubectl, TestContext.Current.CancellationToken),
            new SmokeOptions(), SmokeExpectations.None, TimeProvider.System)
        { Etcd = etcd };
        IDisturbance disturbance = new EtcdLeaderDisturbance();
        async Task<DisturbanceTurn> TurnAsync(params string[] only) => (await disturbance.TurnsAsync(
            new DisturbedNodes(new SmokeNodes(new Shell(_ => ""), new NodeBecome(new BecomeSettings()), InventoryParser.Parse("hosts", Three)), only.Length == 0 ? null : only), context, TestContext.Current.CancellationToken)).Single();

        var turn = await TurnAsync();

        (turn.Node.Name, turn.LeftOut).ShouldBe(("b", null));
        (await TurnAsync("a", "c")).LeftOut.ShouldBe("etcd's leader etcd2 at 192.0.2.2 is none of the nodes that may be disturbed");
    }

    [Theory]
    [InlineData("1 answered\n2 lost\n3 lost\n4 answered\n5 lost\n", 5, 3, 2)]
    [InlineData("1 answered\n2 answered\n", 2, 0, 0)]
    [InlineData("", 0, 0, 0)]
    [InlineData("x answered\n1 whatever\n-1 lost\n99999999999999999999 lost\n7 lost\n8 answ", 1, 1, 1)]
    public void I_read_what_a_client_wrote_down_however_damaged(string log, int count, int lost, int longest)
    {
        var losses = ClientLosses.Between(Of(""), Of(log));

        losses.ShouldBe(new ClientLosses(count, lost, longest));
    }

    [Fact]
    public void A_client_that_was_made_anew_counts_from_its_beginning()
    {
        var before = Of("1 answered\n2 answered\n3 lost\n");

        ClientLosses.Between(before, Of("9 lost\n")).ShouldBe(new ClientLosses(1, 1, 1));
        ClientLosses.Silent(before, Of("1 answered\n2 answered\n3 lost\n4 answered\n5 answered\n"), 2).ShouldBeEmpty();
        ClientLosses.Silent(before, Of("1 answered\n2 answered\n3 lost\n4 answered\n5 lost\n"), 2).ShouldBe(["n"]);
        ClientLosses.Silent(before, new Dictionary<string, IReadOnlyList<ClientRequest>>(), 2).ShouldBe(["n"]);
    }

    [Theory]
    [InlineData("kubelab boot a b\nkubelab left the unit x\nkubelab done\n", "the unit x")]
    [InlineData("Welcome\nkubelab boot a b\nkubelab done\n", null)]
    public void I_read_what_a_node_says(string output, string? left) =>
        DisturbedNodes.Read(output).ShouldNotBeNull().GetValueOrDefault("left").ShouldBe(left);

    [Theory]
    [InlineData("")]
    [InlineData("kubelab boot a\n")]
    [InlineData("kubelab boot a\nkubelab done now\n")]
    public void An_answer_that_breaks_off_is_none(string output) => DisturbedNodes.Read(output).ShouldBeNull();

    // With stand-ins for what would be done, of which each says that it was called.
    [Theory]
    [InlineData("cut-network", true, "nft -f - iifname \"eth9\" drop; oifname \"eth9\" drop;", "nft delete table inet kubelab")]
    [InlineData("cut-network", false, "iptables -w -I INPUT -i eth9 -m comment --comment kubelab -j DROP", "iptables -w -D INPUT -i eth9 -m comment --comment kubelab -j DROP")]
    [InlineData("reboot", true, "systemctl reboot", null)]
    public async Task A_node_does_what_is_asked_and_undoes_it_by_itself(string mode, bool hasNft, string does, string? undoes)
    {
        using var folder = new TemporaryDirectory();
        Executable(folder, "bin/systemctl", "#!/bin/sh\necho \"systemctl $*\" >> \"$CALLS\"\n[ \"$1\" != is-active ]\n");
        Executable(folder, "bin/systemd-run", "#!/bin/sh\nwhile [ $# -gt 1 ]; do shift; done\nexec /bin/sh \"$1\"\n");
        Executable(folder, "bin/ip", "#!/bin/sh\necho \"$4 dev eth9 src 192.0.2.1 uid 0\"\n");
        Executable(folder, "bin/nft", "#!/bin/sh\n[ \"$1\" != list ] || exec " + (hasNft ? "test \"$2\" = tables" : "false") + "\n[ \"$1\" != -f ] || set -- \"$@\" $(grep -o '[io]ifname .* drop;')\necho \"nft $*\" >> \"$CALLS\"\n");
        foreach (var table in new[] { "iptables", "ip6tables" })
            Executable(folder, $"bin/{table}", $"#!/bin/sh\necho \"{table} $*\" >> \"$CALLS\"\n");
        var script = $"PATH='{folder.File("bin")}':$PATH\nCALLS='{folder.File("calls")}'\nexport CALLS\nmode={mode}\nseconds=0\npeers='192.0.2.2 192.0.2.3'\nrun='{folder.Path}'\n"
            + await File.ReadAllTextAsync(Path.Combine(Repository.Root, "build", "Smoke", "Disturbances", "disturb.sh"), TestContext.Current.CancellationToken);

        var result = await new CommandRunner().RunAsync(CommandLine.Of("/bin/sh", "-s") with { StandardInput = script }, cancellationToken: TestContext.Current.CancellationToken);

        DisturbedNodes.Read(result.StandardOutput).ShouldNotBeNull(result.StandardError).ContainsKey("failed").ShouldBeFalse();
        var calls = (await File.ReadAllLinesAsync(folder.File("calls"), TestContext.Current.CancellationToken)).ToList();
        calls.ShouldContain(does);
        if (undoes is not null)
            calls.IndexOf(undoes).ShouldBeGreaterThan(calls.IndexOf(does));
    }

    private static void Executable(TemporaryDirectory folder, string name, string text) =>
        File.SetUnixFileMode(folder.Write(name, text), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);

    private static Dictionary<string, IReadOnlyList<ClientRequest>> Of(string log) => new() { ["n"] = ClientRequest.ReadAll(log) };

    private static string Names(string names) => $"[{string.Join(", ", names.Split(',').Select(name => $"\"{name}\""))}]";

    private static SmokeOptions Options(params string[] checks) =>
        new() { Tier = 2, RestartWindow = TimeSpan.Zero, HealLimit = TimeSpan.Zero, Checks = checks };

    private Task<SmokeReport> RunAsync(params string[] checks) => RunAsync(Kubectl(), checks);

    private Task<SmokeReport> RunAsync(StandInKubectl kubectl, params string[] checks) =>
        new SmokeRunner(kubectl, Consoles.Silent(), TimeProvider.System)
        {
            Nodes = new SmokeNodes(new Shell(Answer), new NodeBecome(new BecomeSettings()), InventoryParser.Parse("hosts", OneControlPlane)),
        }.RunAsync(Options(checks), SmokeExpectations.None);

    // Between two looks at it, each client has made four requests, of which it lost the first.
    private StandInKubectl Kubectl() => StandInKubectl.Healthy()
        .AnswersInstead("get --raw /api/v1/namespaces?labelSelector", StandInKubectl.Output("""{"items":[]}"""))
        .AnswersInstead("get --raw /api/v1/namespaces/kubelab-smoke-", call => call.Arguments[^1].Split('/')[^1] switch
        {
            "pods" => StandInKubectl.Output(Pods),
            "services" => StandInKubectl.Output(Web),
            "events" => StandInKubectl.Output("""{"items":[]}"""),
            _ => StandInKubectl.Error("Error from server (NotFound): it is gone"),
        })
        .AnswersInstead("exec", call =>
        {
            var looks = asked[call.Arguments[3]] = asked.GetValueOrDefault(call.Arguments[3]) + 1;
            return StandInKubectl.Output(string.Concat(Enumerable.Range(0, looks * 4).Select(at => $"{at} {(at % 4 == 0 ? "lost" : "answered")}\n")));
        })
        .AnswersInstead("create", StandInKubectl.Output("created"))
        .AnswersInstead("delete --raw", StandInKubectl.Output("{}"));

    private string Answer((string Node, string Mode) asks)
    {
        if (asks.Mode != "state")
        {
            disturbed.Add($"{asks.Node} {asks.Mode}");
            boots[asks.Node] = boots.GetValueOrDefault(asks.Node) + (Heals ? 1 : 0);
            return "kubelab done\n";
        }

        var boot = boots.GetValueOrDefault(asks.Node);
        return $"kubelab boot {boot}\nkubelab kubelet active\nkubelab runtime containerd {boot}\n{(asks.Node == "k8s-m0" ? Left : "")}kubelab done\n";
    }

    private sealed class Shell(Func<(string Node, string Mode), string> answer) : INodeShell
    {
        public Task<NodeResult> RunAsync(Node node, NodeCommand command, CancellationToken cancellationToken = default)
        {
            // The script is a quoted word of another one.
            var mode = command.StandardInput!.Split("mode=")[1].Split('\n')[0].Trim('\'', '"', '\\');
            return Task.FromResult(new NodeResult(0, answer((node.Name, mode)), "", TimeSpan.Zero, null));
        }
    }

    private sealed class Etcd(string members, string statuses) : IEtcdClient
    {
        public Task<KubectlResult> RunAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken = default) =>
            Task.FromResult(StandInKubectl.Output(arguments[0] == "member" ? members : statuses));
    }
}
