using System.Net;
using KubeLab.Preflight;

namespace KubeLab.Tests.Preflight;

/// <summary>The proxy, the API's address, the ways between nodes and the domains that names are looked up in.</summary>
public class NetworkRulesTests
{
    private static readonly IReadOnlyList<string> Joined = ["/etc/kubernetes/kubelet.conf"];

    [Theory]
    [InlineData("192.0.2.0/24,10.233.0.0/18,10.233.64.0/18", "")]
    [InlineData("192.0.2.10,192.0.2.20,10.233.0.0/16", "")]
    [InlineData("*", "")]
    [InlineData("192.0.2.10,10.233.0.0/16", "192.0.2.20")]
    [InlineData("192.0.2.0/24,10.233.0.0/18", "10.233.64.0/18")]
    [InlineData("192.0.2.0/24,10.233.64.0/18,10.233.0.0/20", "10.233.0.0/18")]
    [InlineData("localhost", "192.0.2.10,192.0.2.20; 10.233.0.0/18,10.233.64.0/18")]
    public void I_am_told_what_no_proxy_leaves_out(string noProxy, string expected)
    {
        using var cluster = new SampleCluster();
        foreach (var (name, roles, address) in new[] { ("m0", "ce", "192.0.2.10"), ("n0", "w", "192.0.2.20") })
            cluster.Node(name, roles, SampleFacts.Healthy(), ("ip", address), ("http_proxy", "http://192.0.2.3:3128"), ("no_proxy", noProxy));

        var findings = cluster.Judge("no-proxy");

        string.Join("; ", findings.Where(finding => finding.Status == FindingStatus.Failed).Select(finding => finding.Required!.Text)).ShouldBe(expected);
    }

    [Theory]
    [InlineData("http://192.0.2.3:3128", null, FindingStatus.Passed)]
    [InlineData("", null, FindingStatus.Passed)]
    [InlineData("http://192.0.2.3:3128", "{{ mine }}", FindingStatus.Failed)]
    public void I_leave_no_proxy_to_the_playbook_where_it_makes_it(string proxy, string? noProxy, FindingStatus expected)
    {
        using var cluster = new SampleCluster();
        _ = noProxy is null
            ? cluster.Node("m0", "cew", SampleFacts.Healthy(), ("https_proxy", proxy))
            : cluster.Node("m0", "cew", SampleFacts.Healthy(), ("https_proxy", proxy), ("no_proxy", noProxy));

        cluster.Judge("no-proxy").ShouldHaveSingleItem().Status.ShouldBe(expected);
    }

    [Fact]
    public void I_am_told_that_a_node_holds_the_virtual_address_before_there_is_a_cluster()
    {
        using var cluster = WithVirtualAddress("192.0.2.20");

        var finding = cluster.Judge("api-address").ShouldHaveSingleItem();

        finding.Message.ShouldBe("n0 holds 192.0.2.20, the API's virtual address, and it is no control plane node");
        finding.Required!.Text.ShouldBe("on no node");
    }

    [Theory]
    [InlineData("192.0.2.99", FindingStatus.Passed)]
    [InlineData("192.0.2.10", FindingStatus.Failed)]
    [InlineData("198.51.100.9", FindingStatus.Warning)]
    [InlineData("{{ vip }}", FindingStatus.Failed)]
    public void I_am_told_of_a_virtual_address_that_cannot_be_used(string address, FindingStatus expected)
    {
        using var cluster = WithVirtualAddress(address);

        cluster.Judge("api-address").ShouldHaveSingleItem().Status.ShouldBe(expected);
    }

    [Fact]
    public void I_am_told_that_somebody_answers_at_the_virtual_address()
    {
        using var cluster = WithVirtualAddress("192.0.2.99");

        Judge(cluster, "api-address", "n0", new ConnectivityResult(new HashSet<int>(), new Dictionary<ConnectivityTarget, string> { [new ConnectivityTarget("192.0.2.99", 6443)] = "open" }, null))
            .ShouldHaveSingleItem().Message.ShouldStartWith("somebody answers already at 192.0.2.99, port 6443, as n0 found");
    }

    [Theory]
    [InlineData(10, FindingStatus.Passed)]
    [InlineData(20, FindingStatus.Failed)]
    [InlineData(99, FindingStatus.Failed)]
    public void I_am_told_whose_the_virtual_address_is_once_the_cluster_is_there(int holder, FindingStatus expected)
    {
        using var cluster = WithVirtualAddress($"192.0.2.{holder}", Joined);

        cluster.Judge("api-address").Max(finding => finding.Status).ShouldBe(expected);
    }

    [Theory]
    [InlineData("api.example.org", "192.0.2.9", FindingStatus.Passed)]
    [InlineData("api.example.org", "", FindingStatus.Failed)]
    [InlineData("another.example.org", "192.0.2.9", FindingStatus.Failed)]
    [InlineData("192.0.2.9", "", FindingStatus.Passed)]
    public void I_am_told_that_the_load_balancers_name_does_not_resolve(string address, string found, FindingStatus expected)
    {
        var resolved = NodeFactsParser.Parse(SampleFacts.Answer(("names", $"api.example.org {found}".Trim())), "M")!.Resolved;
        using var cluster = new SampleCluster().Node(
            "m0", "cew", SampleFacts.Healthy() with { Resolved = resolved }, ("loadbalancer_apiserver", new Dictionary<string, object> { ["address"] = address, ["port"] = 8443 }));

        cluster.Judge("api-address").ShouldHaveSingleItem().Status.ShouldBe(expected);
    }

    [Fact]
    public void I_hear_nothing_of_an_address_that_the_API_does_not_have()
    {
        using var cluster = new SampleCluster().Node("m0", "cew", SampleFacts.Healthy());

        cluster.Judge("api-address").ShouldHaveSingleItem().Status.ShouldBe(FindingStatus.Skipped);
    }

    [Theory]
    [InlineData(1, 0, FindingStatus.Passed)]
    [InlineData(101, 0, FindingStatus.Failed)]
    [InlineData(1, 1, FindingStatus.Warning)]
    public void I_am_told_of_long_ways_between_members_of_etcd(double milliseconds, int lost, FindingStatus expected)
    {
        using var cluster = Pair();

        Judge(cluster, "latency", "m0", Way(milliseconds, lost)).ShouldHaveSingleItem().Status.ShouldBe(expected);
    }

    [Theory]
    [InlineData(249, FindingStatus.Passed)]
    [InlineData(251, FindingStatus.Warning)]
    [InlineData(501, FindingStatus.Failed)]
    public void I_take_the_times_that_the_distribution_gives_etcd(double milliseconds, FindingStatus expected)
    {
        using var cluster = Pair(SampleCluster.Defaults + "etcd_heartbeat_interval: \"250\"\netcd_election_timeout: \"5000\"\n");

        Judge(cluster, "latency", "m0", Way(milliseconds, 0)).ShouldHaveSingleItem().Status.ShouldBe(expected);
    }

    [Fact]
    public void I_am_told_which_ways_were_not_measured()
    {
        using var cluster = Pair();

        Judge(cluster, "latency", "m0", ConnectivityResult.Failed("it has no Python 3 that could try")).ShouldHaveSingleItem().Unknown.ShouldBeTrue();
        cluster.Judge("latency").ShouldHaveSingleItem().Status.ShouldBe(FindingStatus.Skipped);
    }

    [Theory]
    [InlineData("none", FindingStatus.Passed, false)]
    [InlineData("198.51.100.7", FindingStatus.Warning, false)]
    [InlineData("failed: Temporary failure in name resolution", FindingStatus.Warning, true)]
    [InlineData(null, FindingStatus.Warning, true)]
    public void I_am_told_of_a_wildcard_in_a_search_domain(string? found, FindingStatus expected, bool isUnknown)
    {
        using var cluster = new SampleCluster().Node("m0", "cew", SampleFacts.Healthy() with { SearchDomains = ["example.org"] });

        var finding = Judge(cluster, "search-domains", "m0", Way(1, 0) with { Wildcard = found }).ShouldHaveSingleItem();

        (finding.Status, finding.Unknown).ShouldBe((expected, isUnknown));
        cluster.Judge("search-domains").ShouldHaveSingleItem().Status.ShouldBe(FindingStatus.Skipped);
    }

    private static SampleCluster Pair(string defaults = SampleCluster.Defaults) => new SampleCluster(defaults)
        .Node("m0", "ce", SampleFacts.Healthy(10), ("ip", "192.0.2.10")).Node("m1", "e", SampleFacts.Healthy(11), ("ip", "192.0.2.11"));

    private static ConnectivityResult Way(double milliseconds, int lost) => new(new HashSet<int>(), new Dictionary<ConnectivityTarget, string>(), null)
    {
        Ways = new Dictionary<string, NetworkWay> { ["192.0.2.11"] = new(TimeSpan.FromMilliseconds(milliseconds), lost, 5) },
    };

    private static SampleCluster WithVirtualAddress(string address, IReadOnlyList<string>? paths = null)
    {
        var cluster = new SampleCluster();
        foreach (var (name, roles, number) in new[] { ("m0", "ce", 10), ("n0", "w", 20) })
        {
            cluster.Node(name, roles, SampleFacts.Healthy(number) with { Paths = paths ?? [], Addresses = [new InterfaceAddress("lo", IPAddress.Loopback, 8), new InterfaceAddress("eth0", IPAddress.Parse($"192.0.2.{number}"), 24)] },
                ("kube_vip_enabled", true), ("kube_vip_address", address));
        }

        return cluster;
    }

    private static IReadOnlyList<Finding> Judge(SampleCluster cluster, string rule, string node, ConnectivityResult result)
    {
        var scene = cluster.Scene();
        var reach = scene.Nodes.ToDictionary(each => each.Name, each => each.Name == node ? result : new ConnectivityResult(new HashSet<int>(), new Dictionary<ConnectivityTarget, string>(), null));
        return SampleCluster.Explained(new RuleRunner([.. CheckCatalog.All<Rule>().Where(each => each.Id == rule)], new PreflightOptions()).Findings(scene with { Reach = reach }));
    }
}
