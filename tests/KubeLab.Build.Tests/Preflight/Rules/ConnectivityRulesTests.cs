using KubeLab.Preflight;

namespace KubeLab.Tests.Preflight;

/// <summary>Whom the nodes have to reach, and what is said of those that they don't.</summary>
public sealed class ConnectivityRulesTests : IDisposable
{
    private const string Downloads = SampleCluster.Defaults + """
        dl_k8s_io_url: https://dl.k8s.io
        kube_image_repo: registry.k8s.io
        docker_image_repo: docker.io

        """;

    private SampleCluster cluster = new();

    [Fact]
    public void I_hear_that_it_was_not_asked_for()
    {
        Three();

        cluster.Judge("port-matrix").ShouldHaveSingleItem().Message.ShouldBe("only tried with --deep");
        cluster.Judge("download-hosts").ShouldAllBe(finding => finding.Status == FindingStatus.Skipped);
    }

    [Fact]
    public void I_try_every_pair_that_the_roles_need_and_no_other()
    {
        Three();

        var plans = Plans();

        plans["m0"].Listen.ShouldBe([6443]);
        plans["e0"].Listen.ShouldBe([2379]);
        plans["n0"].Listen.ShouldBe([10250]);
        plans["m0"].Targets.Select(Short).ShouldBe(["192.0.2.11:2379", "192.0.2.20:10250", "192.0.2.21:10250"]);
        plans["n1"].Targets.Select(Short).ShouldBe(["192.0.2.10:6443"]);
        plans["e0"].Targets.Select(Short).ShouldBeEmpty();
    }

    [Fact]
    public void I_pass_where_all_ways_are_open()
    {
        Three();

        Judge("port-matrix", (_, _) => ConnectivityResult.Open).ShouldHaveSingleItem().Message.ShouldBe("5 ways from node to node are open");
    }

    [Fact]
    public void I_am_told_once_of_a_port_that_is_closed_for_several()
    {
        Three();

        var finding = Judge("port-matrix", (_, target) => target.Port == 6443 ? "timed out" : ConnectivityResult.Open).ShouldHaveSingleItem();

        finding.Status.ShouldBe(FindingStatus.Failed);
        finding.Node.ShouldBe("m0");
        finding.Message.ShouldBe("m0: port 6443 of kube-apiserver can't be reached from n0, n1: timed out");
        finding.Remedy!.ShouldContain("Let TCP 6443 through to 192.0.2.10");
    }

    [Fact]
    public void I_blame_no_firewall_where_nobody_could_listen()
    {
        Three();

        var findings = Judge("port-matrix", (_, _) => "refused", listens: false);

        findings.ShouldAllBe(finding => finding.Status == FindingStatus.Warning && finding.Unknown && finding.Message.Contains("nobody tried these ports"));
    }

    [Fact]
    public void I_am_told_of_hosts_that_a_node_cannot_download_from()
    {
        cluster.Dispose();
        cluster = new SampleCluster(Downloads);
        Three();

        var failed = Judge("download-hosts", (node, target) => node == "n1" && target.Host == "registry-1.docker.io" ? "timed out" : ConnectivityResult.Open)
            .Where(finding => finding.Status == FindingStatus.Failed).ShouldHaveSingleItem();

        failed.Node.ShouldBe("n1");
        failed.Message.ShouldBe("n1 can't reach registry-1.docker.io, port 443, which docker_image_repo names: timed out");
    }

    [Fact]
    public void I_try_the_mirror_where_offline_settings_name_one()
    {
        cluster.Dispose();
        cluster = new SampleCluster(Downloads);
        cluster.Node("m0", "cew", SampleFacts.Healthy(10), ("dl_k8s_io_url", "http://192.0.2.80/dl"), ("kube_image_repo", "192.0.2.80:5000/k8s"), ("docker_image_repo", "192.0.2.80:5000"));

        Plans()["m0"].Targets.Select(Short).ShouldBe(["192.0.2.80:80", "192.0.2.80:5000"]);
    }

    [Fact]
    public void I_try_no_host_from_behind_a_proxy()
    {
        cluster.Dispose();
        cluster = new SampleCluster(Downloads);
        cluster.Node("m0", "cew", SampleFacts.Healthy(10), ("http_proxy", "http://192.0.2.3:3128"));

        Judge("download-hosts", (_, _) => "timed out").ShouldHaveSingleItem().Status.ShouldBe(FindingStatus.Skipped);
    }

    [Theory]
    [InlineData("https://dl.k8s.io", "dl.k8s.io:443")]
    [InlineData("http://192.0.2.80/files", "192.0.2.80:80")]
    [InlineData("192.0.2.80:5000/k8s", "192.0.2.80:5000")]
    [InlineData("docker.io", "registry-1.docker.io:443")]
    [InlineData("", null)]
    [InlineData("a b", null)]
    [InlineData("https://", null)]
    public void I_read_where_a_variable_leads(string text, string? expected) =>
        (DownloadHosts.Parse(text) is { } target ? Short(target) : null).ShouldBe(expected);

    [Fact]
    public void I_try_a_sample_of_many_nodes_with_every_part_of_the_inventory_in_it()
    {
        for (var i = 0; i < 60; i++)
            cluster.Node($"n{i}", i < 3 ? "ce" : "w", SampleFacts.Healthy(i));

        var sample = PortMatrix.Sample(cluster.ReadInventory().Nodes);

        sample.Count.ShouldBe(20);
        sample.Distinct().Count().ShouldBe(20);
        sample.Count(node => node.IsControlPlane).ShouldBe(3);
        sample.ShouldContain(node => node.Name == "n56");
    }

    [Theory]
    [InlineData("")]
    [InlineData("bash: python3: command not found\n")]
    public void I_know_nothing_of_a_node_without_Python(string output) => ConnectivityParser.Parse(output, "M").Failure.ShouldNotBeNull();

    public void Dispose() => cluster.Dispose();

    private void Three() => cluster
        .Node("m0", "c", SampleFacts.Healthy(10), ("ansible_host", "192.0.2.10"), ("ip", "192.0.2.10"))
        .Node("e0", "e", SampleFacts.Healthy(11), ("ansible_host", "192.0.2.11"))
        .Node("n0", "w", SampleFacts.Healthy(20), ("ansible_host", "192.0.2.20"))
        .Node("n1", "w", SampleFacts.Healthy(21), ("ansible_host", "192.0.2.21"));

    private Dictionary<string, ConnectivityPlan> Plans()
    {
        var scene = cluster.Scene();
        return PortMatrix.Plans(cluster.ReadInventory().Nodes, scene.Variables, node => DownloadHosts.Of(node, scene.Variables).Select(each => each.Target))
            .ToDictionary(pair => pair.Key.Name, pair => pair.Value);
    }

    private IReadOnlyList<Finding> Judge(string rule, Func<string, ConnectivityTarget, string> outcome, bool listens = true)
    {
        var reach = Plans().ToDictionary(pair => pair.Key, pair => new ConnectivityResult(
            listens ? pair.Value.Listen.ToHashSet() : [], pair.Value.Targets.ToDictionary(target => target, target => outcome(pair.Key, target)), null));
        return SampleCluster.Explained(
            new RuleRunner([.. CheckCatalog.All<Rule>().Where(each => each.Id == rule)], new PreflightOptions()).Findings(cluster.Scene() with { Reach = reach }));
    }

    private static string Short(ConnectivityTarget target) => $"{target.Host}:{target.Port}";
}
