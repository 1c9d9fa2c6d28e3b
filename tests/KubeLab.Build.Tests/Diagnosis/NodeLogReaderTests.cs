using KubeLab.Diagnosis;

namespace KubeLab.Tests.Diagnosis;

/// <summary>Which lines of a node's logs are taken for those that tell a cause.</summary>
public class NodeLogReaderTests
{
    private const string Now = "== now 2026-11-29T23:10:00+0000\n";

    [Fact]
    public void Errors_go_before_warnings_and_remarks_wherever_they_stand()
    {
        var lines = Read("""
            I1129 23:09:02.1 server.go:1] "Running with swap on is not supported, please disable swap"
            E1129 23:09:03.1 run.go:74] "command failed" err="cgroup driver"
            W1129 23:09:04.1 server.go:2] "Running with swap on is not supported"
            """);

        lines.Single().Text.ShouldContain("command failed");
    }

    [Fact]
    public void A_warning_is_read_where_no_error_stands_beside_it()
    {
        var lines = Read("I1129 23:09:02.1 a.go:1] started\nW1129 23:09:04.1 a.go:2] running with swap on\n");

        lines.Single().Severity.ShouldBe(LogSeverity.Warning);
    }

    [Fact]
    public void The_last_goes_before_the_first() =>
        Read("E1129 23:09:02.1 a.go:1] first\nE1129 23:09:03.1 a.go:1] second\nE1129 23:09:04.1 a.go:1] third\n")
            .Select(line => line.Text.Split(' ')[^1]).ShouldBe(["third", "second", "first"]);

    [Fact]
    public void What_was_logged_before_the_run_is_none_of_it()
    {
        var log = NodeLogReader.Read("k8s-m0", $"""
            {Now}== unit kubelet failed
            2026-10-18T08:00:00+0000 k8s-m0 kubelet[7]: E1018 08:00:00.1 a.go:1] no space left on device
            2026-11-29T23:09:00+0000 k8s-m0 kubelet[9]: E1129 23:09:00.1 a.go:1] connection refused
            """, TimeSpan.FromMinutes(5), null);

        log.Lines.Single().ToString().ShouldBe("23:09:00 kubelet: E1129 23:09:00.1 a.go:1] connection refused");
    }

    [Fact]
    public void What_the_unit_that_failed_said_before_it_ended_goes_before_the_noise_around_it()
    {
        var log = NodeLogReader.Read("k8s-m0", $$"""
            {{Now}}== unit etcd activating
            2026-11-29T23:08:00+0000 k8s-m0 etcd[7]: {"level":"info","msg":"starting"}
            2026-11-29T23:08:01+0000 k8s-m0 etcd[7]: {"level":"fatal","msg":"resolved urls do not match"}
            2026-11-29T23:08:01+0000 k8s-m0 systemd[1]: etcd.service: Main process exited, code=exited, status=1/FAILURE
            2026-11-29T23:08:01+0000 k8s-m0 systemd[1]: etcd.service: Failed with result 'exit-code'.
            == unit kubelet active
            2026-11-29T23:09:59+0000 k8s-m0 kubelet[9]: E1129 23:09:59.1 a.go:1] node "k8s-m0" not found
            """, TimeSpan.FromMinutes(5), "etcd.service");

        log.Lines[0].Text.ShouldContain("resolved urls do not match");
        log.Lines[0].Source.ShouldBe("etcd");
        log.Lines.ShouldNotContain(line => line.Text.Contains("starting"));
    }

    [Fact]
    public void A_plain_line_that_a_program_ended_with_goes_before_what_others_miss()
    {
        var log = NodeLogReader.Read("k8s-n0", $"""
            {Now}== unit docker failed
            2026-11-29T23:08:00+0000 k8s-n0 dockerd[7]: unable to configure the Docker daemon with file /etc/docker/daemon.json: invalid character
            2026-11-29T23:08:01+0000 k8s-n0 systemd[1]: docker.service: Main process exited, code=exited, status=1/FAILURE
            == unit containerd active
            2026-11-29T23:09:00+0000 k8s-n0 containerd[8]: time="2026-11-29T23:09:00Z" level=error msg="failed to load cni during init"
            """, TimeSpan.FromMinutes(5), "docker");

        log.Lines[0].Text.ShouldStartWith("unable to configure the Docker daemon");
    }

    [Fact]
    public void The_logs_of_static_pods_are_read_as_containerd_and_as_docker_write_them()
    {
        var log = NodeLogReader.Read("k8s-m0", $$"""
            {{Now}}== pod /var/log/pods/kube-system_kube-apiserver-k8s-m0_0f1e/kube-apiserver/3.log
            2026-11-29T23:09:01.123456789Z stderr F E1129 23:09:01.1       1 run.go:74] "command failed" err="context deadline exceeded"
            2026-11-28T23:09:01.123456789Z stderr F E1128 23:09:01.1       1 run.go:74] yesterday
            == pod /var/log/pods/kube-system_etcd-k8s-m0_0f1e/etcd/0.log
            {"log":"{\"level\":\"warn\",\"msg\":\"slow\"}\n","stream":"stderr","time":"2026-11-29T23:09:02.5Z"}
            {"log":"panic: \u001b[31mcorrupt\u001b[0m\n","stream":"stderr","time":"2026-11-29T23:09:03.5Z"}
            {"log": cut off
            """, TimeSpan.FromMinutes(5), null);

        log.Lines.Select(line => $"{line}").ShouldBe(
        [
            "23:09:01 kube-system_kube-apiserver-k8s-m0/kube-apiserver: E1129 23:09:01.1       1 run.go:74] \"command failed\" err=\"context deadline exceeded\"",
            "kube-system_etcd-k8s-m0/etcd: {\"log\": cut off",
            "23:09:03 kube-system_etcd-k8s-m0/etcd: panic: corrupt",
        ]);
    }

    [Fact]
    public void Where_journald_is_off_syslog_is_read_and_it_is_said()
    {
        var log = NodeLogReader.Read("k8s-n0", """
            == now 2026-01-01T00:10:00+0100
            == no journal
            == file /var/log/syslog
            Jan  1 00:09:00 k8s-n0 kubelet[9]: E0101 00:09:00.1 a.go:1] of now
            Dec 31 21:09:00 k8s-n0 kubelet[9]: E1231 21:09:00.1 a.go:1] of last year
            Jan  1 00:09:01 k8s-n0 systemd[1]: kubelet.service: Main process exited, code=exited
            """, TimeSpan.FromMinutes(30), "kubelet");

        log.Problem.ShouldBe("journald keeps nothing there");
        log.Lines[0].ToString().ShouldBe("00:09:00 kubelet: E0101 00:09:00.1 a.go:1] of now");
        log.Lines.ShouldNotContain(line => line.Text.Contains("of last year"));
    }

    [Fact]
    public void The_rest_of_a_message_belongs_to_its_beginning()
    {
        var log = NodeLogReader.Read("k8s-n0", $"""
            {Now}== unit kubelet failed
            2026-10-01T23:09:00+0000 k8s-n0 kubelet[9]: panic: of long ago
                goroutine 1 [running]
            2026-11-29T23:09:00+0000 k8s-n0 kubelet[9]: panic: of now
                goroutine 2 [running]
            """, TimeSpan.FromMinutes(5), null);

        log.Lines.Select(line => line.Text).ShouldBe(["goroutine 2 [running]", "panic: of now"]);
    }

    [Theory, InlineData(""), InlineData("== now\n== unit\n"), InlineData("== now yesterday\n== unit x y\n\uFFFD\uFFFD[[ :\n"), InlineData("== pod /var/log\n{\"log\":1}\n{}\n")]
    public void What_is_no_log_costs_nothing(string text) =>
        Should.NotThrow(() => NodeLogReader.Read("k8s-n0", text, TimeSpan.FromDays(3650), "etcd"));

    [Fact]
    public void A_log_as_huge_as_a_node_may_give_is_read_at_once()
    {
        var lines = string.Concat(Enumerable.Range(0, 5_000).Select(i => $"2026-11-29T23:09:00+0000 k8s-n0 kubelet[{i}]: E1129 23:09:00.1 a.go:{i}] {new string('x', 150)}\n2026-11-29T23:09:00+0000 k8s-n0 systemd[1]: kubelet.service: Main process exited\n"));
        var started = TimeProvider.System.GetTimestamp();

        var log = NodeLogReader.Read("k8s-n0", $"{Now}== unit kubelet failed\n{lines}{new string('y', 1_000_000)}", TimeSpan.FromMinutes(5), "kubelet");

        log.Lines[0].Text.ShouldContain("a.go:4999]");
        TimeProvider.System.GetElapsedTime(started).ShouldBeLessThan(TimeSpan.FromMinutes(1));
    }

    [Theory]
    [InlineData("F1129 23:09:00.1 a.go:1] x", LogSeverity.Error)]
    [InlineData("time=\"2026-11-29T23:09:00Z\" level=fatal msg=x", LogSeverity.Error)]
    [InlineData("time=\"2026-11-29T23:09:00Z\" level=warning msg=x", LogSeverity.Warning)]
    [InlineData("{\"level\":\"warn\",\"ts\":\"2026-11-29\"}", LogSeverity.Warning)]
    [InlineData("2020-11-29 23:09:00.123456 C | etcdmain: listen tcp 192.0.2.1:2380: bind: cannot assign requested address", LogSeverity.Error)]
    [InlineData("2020-11-29 23:09:00.123456 I | etcdmain: Go Version: go1.12", LogSeverity.Information)]
    [InlineData("2026-11-29 23:09:00.1 [ERROR][1] felix/daemon.go 1: x", LogSeverity.Error)]
    [InlineData("Error: unknown flag", LogSeverity.Unsaid)]
    public void A_line_says_how_bad_it_is(string line, LogSeverity severity) => NodeLogReader.SeverityOf(line).ShouldBe(severity);

    private static IReadOnlyList<NodeLogLine> Read(string text) => NodeLogReader.Read("k8s-n0", text, null, null).Lines;
}
