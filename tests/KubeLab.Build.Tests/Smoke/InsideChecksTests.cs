using KubeLab.Kubernetes;
using KubeLab.Smoke;

namespace KubeLab.Tests.Smoke;

/// <summary>The checks that look from inside a pod on every node: each fault is found once, on its node, and nowhere else.</summary>
public class InsideChecksTests
{
    private const string Token = "w2ahf6h7vykd";

    private static readonly KubeService Dns = new(
        "coredns", "kube-system", "10.233.0.10", true, 0, new Dictionary<string, string>(StringComparer.Ordinal) { ["k8s-app"] = "kube-dns" });

    private static readonly KubeEndpoints DnsEndpoints = new("coredns", [new("10.233.66.5", "k8s-n1")], 0);

    [Fact]
    public void I_see_a_healthy_cluster_pass() => Others(WithDns(Scenes.Reports())).ShouldAllBe(verdict => verdict.Status == SmokeStatus.Passed);

    [Fact]
    public void I_am_told_of_a_broken_route_and_nothing_else_is_blamed()
    {
        // The way between k8s-n0 and k8s-n1 is broken in both directions; a backend on the other side is missed.
        var reports = WithDns(Scenes.Reports((node, line) => (node, line) switch
        {
            ("k8s-n0", "pod-network|k8s-n1 k8s-n1") => "pod-network|k8s-n1 ",
            ("k8s-n1", "pod-network|k8s-n0 k8s-n0") => "pod-network|k8s-n0 ",
            ("k8s-n0", "packet-size|bytes k8s-n1 262144") => "packet-size|bytes k8s-n1 0",
            ("k8s-n1", "packet-size|bytes k8s-n0 262144") => "packet-size|bytes k8s-n0 0",
            ("k8s-n0", "service|hit web-2ngqk") or ("k8s-n1", "service|hit web-889p9") or ("k8s-n1", "service|hit web-l4285") => null,
            ("k8s-n0", "dns|answer 10.233.10.242") => null,
            ("k8s-n0", "node-port|k8s-n1 web-l4285") => "node-port|k8s-n1 ",
            _ => line,
        }));

        var verdict = PodNetworkCheck.Judge(reports);

        verdict.Findings.Where(finding => finding.Severity == SmokeSeverity.Failed).Select(finding => finding.Node).ShouldBe(["k8s-n0", "k8s-n1"]);
        Others(reports).Skip(1).ShouldAllBe(other => other.Status != SmokeStatus.Failed);
    }

    [Fact]
    public void I_am_told_where_kube_proxy_is_not_running_and_nothing_else_is_blamed()
    {
        var reports = WithDns(Scenes.Reports((node, line) => (node, line) switch
        {
            ("k8s-n1", _) when line.StartsWith("service|hit", StringComparison.Ordinal) => null,
            ("k8s-n1", "dns|answer 10.233.10.242") => null,
            (_, "node-port|k8s-n1 web-l4285") => "node-port|k8s-n1 ",
            _ => line,
        }));

        ClusterAddressCheck.Judge(reports).ShouldBlame("k8s-n1", "cluster address doesn't answer");
        PodNetworkCheck.Judge(reports).ShouldPass();
        PacketSizeCheck.Judge(reports).ShouldPass();
        NodePortCheck.Judge(reports).ShouldPass();
        ClusterDnsCheck.Judge(DnsEndpoints, reports).ShouldPass();
    }

    [Fact]
    public void I_hear_nothing_of_a_Service_all_of_whose_answers_were_lost_on_a_broken_route()
    {
        var reports = Scenes.Reports((node, line) => (node, line) switch
        {
            ("k8s-m0", _) when line.StartsWith("service|hit", StringComparison.Ordinal) => null,
            ("k8s-m0", _) when line.StartsWith("pod-network|k8s-n1", StringComparison.Ordinal) => "pod-network|k8s-n1 ",
            _ => line,
        });

        PodNetworkCheck.Judge(reports).ShouldBlame("k8s-m0", "don't reach the pods of k8s-n1");
        ClusterAddressCheck.Judge(reports).Status.ShouldNotBe(SmokeStatus.Failed);
    }

    [Fact]
    public void I_am_told_of_a_backend_that_a_node_never_picks()
    {
        var reports = Scenes.Reports((node, line) => (node, line) is ("k8s-m0", "service|hit web-2ngqk") ? null : line);

        ClusterAddressCheck.Judge(reports).ShouldBlame("k8s-m0", "never picks the backend on k8s-n1");
    }

    [Fact]
    public void I_am_told_of_a_node_port_behind_a_firewall()
    {
        var reports = Scenes.Reports((_, line) => line == "node-port|k8s-n0 web-l4285" ? "node-port|k8s-n0 " : line);

        NodePortCheck.Judge(reports).ShouldBlame("k8s-n0", "port 32559 on 10.86.0.20 answers no pod on k8s-m0, k8s-n0, k8s-n1");
    }

    [Fact]
    public void I_am_told_of_large_packets_that_get_lost()
    {
        var reports = Scenes.Reports((node, line) => (node, line) is ("k8s-n0", "packet-size|bytes k8s-n1 262144") ? "packet-size|bytes k8s-n1 0" : line);

        PacketSizeCheck.Judge(reports).ShouldBlame("k8s-n0", "only 0 of 262144 bytes: with an MTU of 1500");
    }

    [Fact]
    public void I_am_told_of_an_MTU_that_is_too_small() =>
        PacketSizeCheck.Judge(Scenes.Reports((node, line) => (node, line) is ("k8s-n0", "packet-size|mtu 1500") ? "packet-size|mtu 1280" : line))
            .ShouldBlame("k8s-n0", "an MTU of 1280 bytes, under 1400");

    [Fact]
    public void I_am_told_of_a_node_whose_pods_get_no_name_resolved()
    {
        var silent = Scenes.Reports((node, line) => (node, line) is ("k8s-m0", "dns|answer 10.233.10.242") ? null : line);
        var wrong = Scenes.Reports((node, line) => (node, line) is ("k8s-m0", "dns|answer 10.233.10.242") ? "dns|answer 10.233.9.9" : line);
        var unset = Scenes.Reports((node, line) => node == "k8s-m0" && line.StartsWith("dns|", StringComparison.Ordinal) ? line.Split(' ')[0] + " " : line);

        ClusterDnsCheck.Judge(DnsEndpoints, WithDns(silent)).ShouldBlame("k8s-m0", "10.233.0.10 doesn't answer its pods");
        ClusterDnsCheck.Judge(DnsEndpoints, WithDns(wrong)).ShouldBlame("k8s-m0", "gives 10.233.9.9 for a Service at 10.233.10.242");
        ClusterDnsCheck.Judge(DnsEndpoints, WithDns(unset)).ShouldBlame("k8s-m0", "set clusterDNS and clusterDomain");
    }

    [Fact]
    public void I_have_DNS_skipped_that_the_cluster_lacks_and_that_others_report_as_down()
    {
        ClusterDnsCheck.Judge(DnsEndpoints, Scenes.Reports()).ShouldBeSkipped("has no DNS Service");
        ClusterDnsCheck.Judge(DnsEndpoints with { Ready = [] }, WithDns(Scenes.Reports())).ShouldBeSkipped("see system-services");
    }

    [Fact]
    public void I_am_told_of_a_ConfigMap_that_comes_wrong() =>
        ConfigurationCheck.Judge(Scenes.Reports((node, line) => (node, line) is ("k8s-n0", "configuration|ConfigMap as a file=w2ahf6h7vykd") ? "configuration|ConfigMap as a file=old" : line), Token)
            .ShouldBlame("k8s-n0", "the ConfigMap as a file has not the value that was written");

    [Fact]
    public void I_never_see_a_secrets_value_in_a_finding() =>
        ConfigurationCheck.Judge(Scenes.Reports(), "another").Findings.ShouldAllBe(finding => !finding.Message.Contains(Token, StringComparison.Ordinal));

    [Fact]
    public void I_am_told_of_a_clock_that_is_off_by_more_than_a_second_and_warned_of_half_a_one()
    {
        AgentReports At(double seconds) => Scenes.Reports((node, line) => node == "k8s-n1" && line.StartsWith("node-clocks|", StringComparison.Ordinal)
            ? FormattableString.Invariant($"node-clocks|{1795371776.49 + seconds:0.000000} 1795371776.503785 {1795371776.51 + seconds:0.000000}")
            : line);

        NodeClocksCheck.Judge(At(0)).ShouldPass();
        NodeClocksCheck.Judge(At(1.2)).ShouldBlame("k8s-n1", "ahead of the others', over 1 s");
        NodeClocksCheck.Judge(At(-30)).ShouldBlame("k8s-n1", "behind the others'");
        var warned = NodeClocksCheck.Judge(At(0.7));
        warned.ShouldPass();
        warned.Findings.Single(finding => finding.Severity == SmokeSeverity.Warning).Node.ShouldBe("k8s-n1");
    }

    [Theory]
    [InlineData("node-clocks|")]
    [InlineData("node-clocks|a b c")]
    [InlineData("node-clocks|1795371776.5  1795371776.6")]
    [InlineData("node-clocks|9 5 1")]
    public void I_have_a_clock_skipped_that_cannot_be_read(string line)
    {
        var reports = Scenes.Reports((_, before) => before.StartsWith("node-clocks|", StringComparison.Ordinal) ? line : before);

        NodeClocksCheck.Judge(reports).ShouldBeSkipped("no clock could be read");
    }

    [Fact]
    public void I_am_told_of_a_kubelet_through_which_no_command_runs_and_nothing_else_is_blamed()
    {
        var healthy = WithDns(Scenes.Reports());
        const string Error = "Error from server: error dialing backend: dial tcp 10.86.0.21:10250: connect: connection refused";
        var reports = healthy with { All = [.. healthy.All.Take(2), Scenes.Broken(Scenes.Agents[2], Error)] };
        var logs = Scenes.Agents.ToDictionary(agent => agent.Node, _ => (string?)null, StringComparer.Ordinal);

        LogsAndExecCheck.Judge(reports, logs).ShouldBlame("k8s-n1", "error dialing backend");
        Others(reports).ShouldAllBe(verdict => verdict.Status != SmokeStatus.Failed);
    }

    [Fact]
    public void I_am_told_of_logs_that_cannot_be_read()
    {
        var logs = Scenes.Agents.ToDictionary(agent => agent.Node, agent => agent.Node == "k8s-n0" ? "its pod's log can't be read: EOF" : null, StringComparer.Ordinal);

        LogsAndExecCheck.Judge(Scenes.Reports(), logs).ShouldBlame("k8s-n0", "log can't be read");
    }

    [Fact]
    public void I_see_a_node_without_an_agent_left_out_by_all_but_one()
    {
        var reports = WithDns(Scenes.Reports(scene: Scenes.Scene([.. Scenes.Agents.Take(2)], ["k8s-n1"])));

        foreach (var verdict in Others(reports).Where(verdict => verdict.Status == SmokeStatus.Passed))
            verdict.Findings.ShouldNotContain(finding => finding.Node == "k8s-n1" && finding.Severity == SmokeSeverity.Failed);
        Others(reports).ShouldAllBe(verdict => verdict.Status != SmokeStatus.Failed);
    }

    [Fact]
    public void I_never_see_a_check_pass_that_looked_at_nothing()
    {
        var nothing = new AgentReports(Scenes.Scene([], ["k8s-m0", "k8s-n0"]), []);

        Others(nothing).ShouldAllBe(verdict => verdict.Status == SmokeStatus.Skipped);
    }

    private static AgentReports WithDns(AgentReports reports) => reports with { Scene = reports.Scene with { Dns = Dns } };

    private static IEnumerable<SmokeVerdict> Others(AgentReports reports) =>
    [
        PodNetworkCheck.Judge(reports),
        PacketSizeCheck.Judge(reports),
        ClusterAddressCheck.Judge(reports),
        NodePortCheck.Judge(reports),
        ClusterDnsCheck.Judge(DnsEndpoints, reports),
        ConfigurationCheck.Judge(reports, Token),
        NodeClocksCheck.Judge(reports),
        ExternalNamesCheck.Judge("example.org", reports with { All = [] }),
    ];
}
