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
    public void I_see_a_healthy_cluster_pass() => Others(WithDns(Scenes.Reports())).ShouldAllBe(verdict => verdict.Status == FindingStatus.Passed);

    [Fact]
    public void I_am_told_of_a_broken_route_and_nothing_else_is_blamed()
    {
        // The way between k8s-n0 and k8s-n1 is broken in both directions; a backend on the other side is missed.
        var reports = WithDns(Scenes.Reports((node, line) => (node, line) switch
        {
            ("k8s-n0", "pod-network|k8s-n1 answered 2 2 1 0 0 0 2 10 k8s-n1") => $"pod-network|{Scenes.Silent("k8s-n1")}",
            ("k8s-n1", "pod-network|k8s-n0 answered 2 2 1 0 0 0 2 10 k8s-n0") => $"pod-network|{Scenes.Silent("k8s-n0")}",
            ("k8s-n0", _) when line.StartsWith("packet-size|k8s-n1", StringComparison.Ordinal) => $"packet-size|{Scenes.Silent("k8s-n1")}",
            ("k8s-n1", _) when line.StartsWith("packet-size|k8s-n0", StringComparison.Ordinal) => $"packet-size|{Scenes.Silent("k8s-n0")}",
            ("k8s-n0", "service|hit web-2ngqk") or ("k8s-n1", "service|hit web-889p9") or ("k8s-n1", "service|hit web-l4285") => null,
            ("k8s-n0", "dns|answer 10.233.10.242") => null,
            ("k8s-n0", _) when line.StartsWith("node-port|k8s-n1", StringComparison.Ordinal) => $"node-port|{Scenes.Silent("k8s-n1")}",
            _ => line,
        }));

        var verdict = PodNetworkCheck.Judge(reports);

        verdict.Findings.Where(finding => finding.Status == FindingStatus.Failed).Select(finding => finding.Node).ShouldBe(["k8s-n0", "k8s-n1"]);
        Others(reports).Skip(1).ShouldAllBe(other => other.Status != FindingStatus.Failed);
    }

    [Fact]
    public void I_am_told_where_kube_proxy_is_not_running_and_nothing_else_is_blamed()
    {
        var reports = WithDns(Scenes.Reports((node, line) => (node, line) switch
        {
            ("k8s-n1", _) when line.StartsWith("service|hit", StringComparison.Ordinal) => null,
            ("k8s-n1", "dns|answer 10.233.10.242") => null,
            (_, _) when line.StartsWith("node-port|k8s-n1", StringComparison.Ordinal) => $"node-port|{Scenes.Refused("k8s-n1")}",
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
            ("k8s-m0", _) when line.StartsWith("pod-network|k8s-n1", StringComparison.Ordinal) => $"pod-network|{Scenes.Silent("k8s-n1")}",
            _ => line,
        });

        PodNetworkCheck.Judge(reports).ShouldBlame("k8s-m0", "don't reach the pods of k8s-n1");
        ClusterAddressCheck.Judge(reports).Status.ShouldNotBe(FindingStatus.Failed);
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
        var reports = Scenes.Reports((_, line) => line.StartsWith("node-port|k8s-n0", StringComparison.Ordinal) ? $"node-port|{Scenes.Silent("k8s-n0")}" : line);

        NodePortCheck.Judge(reports).ShouldBlame("k8s-n0", "port 32559 on 10.86.0.20 answers no pod on k8s-m0, k8s-n0, k8s-n1");
    }

    [Fact]
    public void I_am_told_of_large_packets_that_get_lost()
    {
        var reports = Scenes.Reports((node, line) => Is(node, line, "k8s-n0", "packet-size|k8s-n1") ? $"packet-size|{Scenes.Silent("k8s-n1")}" : line);

        PacketSizeCheck.Judge(reports).ShouldBlame("k8s-n0", "only 0 of 262144 bytes (within 32.1 s 3 requests had no answer in time (the longest waited 10.0 s)): with an MTU of 1500");
    }

    [Fact]
    public void I_hear_nothing_of_a_large_answer_that_came_whole_at_the_second_try() =>
        PacketSizeCheck.Judge(Scenes.Reports((node, line) => Is(node, line, "k8s-n0", "packet-size|k8s-n1")
            ? "packet-size|k8s-n1 answered 812 1913 1 0 1 0 1001 262144 " : line)).ShouldPass();

    [Fact]
    public void I_am_warned_of_a_large_answer_that_only_came_too_slowly()
    {
        var verdict = PacketSizeCheck.Judge(Scenes.Reports((node, line) => Is(node, line, "k8s-n0", "packet-size|k8s-n1")
            ? $"packet-size|{Scenes.Silent("k8s-n1", 169368)}" : line));

        verdict.ShouldPass();
        verdict.Findings.Single(finding => finding.Status == FindingStatus.Warning).Message.ShouldContain("only 169368 of 262144 bytes before the time ran out");
    }

    [Fact]
    public void I_am_told_of_a_large_answer_that_broke_off() =>
        PacketSizeCheck.Judge(Scenes.Reports((node, line) => Is(node, line, "k8s-n0", "packet-size|k8s-n1")
            ? "packet-size|k8s-n1 failed 12 2611 0 0 0 25 14 1024 wget: error getting response: Connection reset by peer" : line))
            .ShouldBlame("k8s-n0", "only 1024 of 262144 bytes (within 26.1 s 25 requests were answered with an error (wget: error getting response: Connection reset by peer))");

    [Theory]
    [InlineData("k8s-n1 silent 1001 3205 0 0 3 0 1002 0 ", "within 32.1 s 3 requests had no answer in time (the longest waited 10.0 s) (load 14.20 on 2 processors)")]
    [InlineData("k8s-n1 refused 0 2573 0 26 0 0 1 0 wget: can't connect to remote host (10.233.66.10): Connection refused", "within 25.7 s 26 requests were refused")]
    [InlineData("k8s-n1 failed 300 2810 0 0 0 7 310 0 wget: can't connect to remote host (10.233.66.10): No route to host", "7 requests were answered with an error")]
    [InlineData("k8s-n1 answered 2 2 1 0 0 0 2 7 k8s-n0", "'k8s-n0' answers there")]
    [InlineData("Terminated", "its script said nothing of it")]
    public void I_am_told_apart_what_ran_out_of_time_what_was_refused_and_what_is_wrong(string told, string said)
    {
        var reports = Scenes.Reports((node, line) => Is(node, line, "k8s-n0", "pod-network|k8s-n1")
            ? $"pod-network|{told}\nself|{Scenes.Answered("k8s-n0", "k8s-n0")}\nself|load 14.20 2" : line);

        PodNetworkCheck.Judge(reports).ShouldBlame("k8s-n0", said);
    }

    [Fact]
    public void I_hear_nothing_of_the_network_of_a_node_whose_pod_has_no_time_for_its_own_page()
    {
        var reports = WithDns(Scenes.Reports((node, line) => (node, line) switch
        {
            ("k8s-n1", "packet-size|mtu 1500") => $"{line}\nself|{Scenes.Silent("k8s-n1")}\nself|load 42.50 2",
            ("k8s-n1", _) when line.StartsWith("service|hit", StringComparison.Ordinal) => null,
            ("k8s-n0", _) when Is(node, line, node, "pod-network|k8s-n1") => $"pod-network|{Scenes.Silent("k8s-n1")}",
            ("k8s-n0", _) when Is(node, line, node, "packet-size|k8s-n1") => $"packet-size|{Scenes.Silent("k8s-n1")}",
            _ => line,
        }));
        var logs = Scenes.Agents.ToDictionary(agent => agent.Node, _ => (string?)null, StringComparer.Ordinal);

        Others(reports).ShouldAllBe(verdict => verdict.Status != FindingStatus.Failed);
        LogsAndExecCheck.Judge(reports, logs).Findings.Single(finding => finding.Status == FindingStatus.Warning)
            .ToString().ShouldBe("k8s-n1: logs and exec work, but nothing else was judged there, as the pod's own page didn't come either, which takes no network: "
                + "within 32.1 s 3 requests had no answer in time (the longest waited 10.0 s) (load 42.50 on 2 processors)");
    }

    [Fact]
    public void I_hear_nothing_of_a_Service_that_a_busy_kube_proxy_heard_of_late() =>
        ClusterAddressCheck.Judge(Scenes.Reports((node, line) => Is(node, line, "k8s-n1", "service|web")
            ? "service|web answered 3 3412 3 31 0 0 4 10 web-889p9" : line)).ShouldPass();

    [Fact]
    public void I_am_told_how_long_a_Service_was_asked_in_vain() =>
        ClusterAddressCheck.Judge(Scenes.Reports((node, line) => node != "k8s-n1" || !line.StartsWith("service|", StringComparison.Ordinal) ? line
            : line.StartsWith("service|web", StringComparison.Ordinal) ? "service|web refused 0 9043 0 88 0 0 3 0 wget: can't connect to remote host (10.233.10.242): Connection refused" : null))
            .ShouldBlame("k8s-n1", "doesn't answer its pods: within 90.4 s 88 requests were refused");

    [Fact]
    public async Task I_have_only_the_last_try_counted_whatever_the_tries_before_had_printed()
    {
        // The first try prints half of the page and hangs, as on a busy machine; the second one prints all of it.
        var folder = Directory.CreateTempSubdirectory("kubelab-tries-").FullName;
        await File.WriteAllTextAsync(Path.Combine(folder, "wget"), """
            #!/bin/sh
            if [ -e "$TMPDIR/tried" ]; then head -c 1000 /dev/zero; else touch "$TMPDIR/tried"; head -c 500 /dev/zero; exec sleep 60; fi
            """);
        File.SetUnixFileMode(Path.Combine(folder, "wget"), UnixFileMode.UserRead | UnixFileMode.UserExecute);
        var script = $"PATH={folder}:$PATH TMPDIR={folder}; export PATH TMPDIR\n{AgentReport.Prelude}ask k8s-n1 http://192.0.2.1/large 1 25\n";

        var result = await new CommandRunner().RunAsync(CommandLine.Of("sh", "-c", script));

        Directory.Delete(folder, recursive: true);
        var answer = AgentAnswer.Parse(result.StandardOutput.Trim('\n')).ShouldNotBeNull();
        (answer.End, answer.Bytes, answer.Answered, answer.Silent, answer.Lost).ShouldBe(("answered", 1000, 1, 1, 1));
    }

    [Fact]
    public void I_am_told_of_an_MTU_that_is_too_small() =>
        PacketSizeCheck.Judge(Scenes.Reports((node, line) => (node, line) is ("k8s-n0", "packet-size|mtu 1500") ? "packet-size|mtu 1280" : line))
            .ShouldBlame("k8s-n0", "an MTU of 1280 bytes, under 1400");

    [Fact]
    public void I_am_told_of_a_node_whose_pods_get_no_name_resolved()
    {
        var silent = Scenes.Reports((node, line) => (node, line) is ("k8s-m0", "dns|answer 10.233.10.242")
            ? "dns|asked 9 times in 99 s\ndns|said ;; connection timed out; no servers could be reached" : line);
        var unknown = Scenes.Reports((node, line) => (node, line) is ("k8s-m0", "dns|answer 10.233.10.242")
            ? "dns|asked 82 times in 90 s\ndns|said ** server can't find web.space.svc.cluster.local.: NXDOMAIN" : line);
        var wrong = Scenes.Reports((node, line) => (node, line) is ("k8s-m0", "dns|answer 10.233.10.242") ? "dns|answer 10.233.9.9" : line);
        var unset = Scenes.Reports((node, line) => node == "k8s-m0" && line.StartsWith("dns|", StringComparison.Ordinal) ? line.Split(' ')[0] + " " : line);

        ClusterDnsCheck.Judge(DnsEndpoints, WithDns(silent)).ShouldBlame("k8s-m0", "10.233.0.10 doesn't answer its pods, asked 9 times in 99 s: ;; connection timed out; no servers could be reached");
        ClusterDnsCheck.Judge(DnsEndpoints, WithDns(unknown)).ShouldBlame("k8s-m0", "10.233.0.10 knows no Service of the test, asked 82 times in 90 s");
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
        NodeClocksCheck.Judge(Scenes.Reports((node, line) => node == "k8s-n1" && line.StartsWith("node-clocks|", StringComparison.Ordinal)
            ? "node-clocks|1795371776.490000 1795371776.503785 1795371779.510000" : line)).ShouldPass();
        NodeClocksCheck.Judge(At(-30)).ShouldBlame("k8s-n1", "behind the others'");
        var warned = NodeClocksCheck.Judge(At(0.7));
        warned.ShouldPass();
        warned.Findings.Single(finding => finding.Status == FindingStatus.Warning).Node.ShouldBe("k8s-n1");
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
        Others(reports).ShouldAllBe(verdict => verdict.Status != FindingStatus.Failed);
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

        foreach (var verdict in Others(reports).Where(verdict => verdict.Status == FindingStatus.Passed))
            verdict.Findings.ShouldNotContain(finding => finding.Node == "k8s-n1" && finding.Status == FindingStatus.Failed);
        Others(reports).ShouldAllBe(verdict => verdict.Status != FindingStatus.Failed);
    }

    [Fact]
    public void I_never_see_a_check_pass_that_looked_at_nothing()
    {
        var nothing = new AgentReports(Scenes.Scene([], ["k8s-m0", "k8s-n0"]), []);

        Others(nothing).ShouldAllBe(verdict => verdict.Status == FindingStatus.Skipped);
    }

    private static bool Is(string node, string line, string of, string begins) => node == of && line.StartsWith($"{begins} ", StringComparison.Ordinal);

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
