using KubeLab.Diagnosis;

namespace KubeLab.Tests.Diagnosis;

/// <summary>What is known of a failure before signatures look at what was said.</summary>
public class FailureContextTests
{
    [Theory]
    [InlineData("['timeout', '-k', '300s', '300s', '/usr/local/bin/kubeadm', 'join', '--config', '/etc/x']", Doing.KubeadmJoin)]
    [InlineData("set -o pipefail && /usr/local/bin/etcdctl endpoint health | grep -q healthy", Doing.Etcdctl)]
    [InlineData("sudo -n env A=1 /usr/bin/apt-get -y install socat", Doing.Apt)]
    [InlineData("/usr/local/bin/nerdctl -n k8s.io pull --quiet quay.io/calico/node:v3.25.1", Doing.ImagePull)]
    [InlineData("/usr/local/bin/nerdctl -n k8s.io image save -o /tmp/a.tar registry.k8s.io/pause:3.9", Doing.Image)]
    [InlineData("['kubectl', 'wait', 'pod', '--for=condition=Ready']", Doing.WaitCluster)]
    [InlineData("['calicoctl.sh', 'apply']", Doing.Kubectl)]
    [InlineData("kubeadm init phase upload-certs", Doing.Kubeadm)]
    [InlineData("systemctl restart kubelet", Doing.Service)]
    public void I_know_what_was_done_by_the_command_line(string command, Doing expected) =>
        Of("Task", new() { ["cmd"] = command }).Doing.ShouldContain(expected);

    [Theory]
    [InlineData("Timeout when waiting for 192.0.2.5:6443", Doing.WaitPort)]
    [InlineData("Timeout when waiting for search string OpenSSH in 192.0.2.5:22", Doing.WaitText)]
    [InlineData("Timeout when waiting for file /etc/kubernetes/admin.conf", Doing.WaitFile)]
    [InlineData("error running kubectl (/usr/local/bin/kubectl apply) command (rc=1), out='', err='no'", Doing.Kubectl)]
    [InlineData("Status code was 500 and not [200]: HTTP Error 500", Doing.AskUrl)]
    [InlineData("Unable to start service etcd: Job failed", Doing.Service)]
    [InlineData("The conditional check 'a.rc != 0' failed. The error was: no", Doing.Evaluate)]
    [InlineData("Depsolve Error occurred", Doing.Dnf)]
    public void I_know_what_was_done_by_what_only_one_module_says(string said, Doing expected) =>
        Of("Task", [], said).Doing.ShouldContain(expected);

    [Theory]
    [InlineData("ansible.builtin.get_url", Doing.Download)]
    [InlineData("ansible.legacy.apt", Doing.Apt)]
    [InlineData("template", Doing.File)]
    [InlineData("setup", Doing.Facts)]
    public void I_know_what_was_done_by_the_module(string action, Doing expected) =>
        new FailureContext(new() { Status = "failed", Action = action, Text = "no" }).Doing.ShouldContain(expected);

    [Fact]
    public void A_command_line_that_nobody_can_read_is_no_error() =>
        Of("Task", new() { ["cmd"] = "['unclosed, [ | && ; timeout" }).Doing.ShouldBeEmpty();

    [Theory]
    [InlineData("localhost", Place.Control)]
    [InlineData("k8s-m0", Place.OtherNode)]
    [InlineData("k8s-n0", Place.Node)]
    public void I_know_where_it_ran_by_whom_it_was_delegated_to(string delegatedTo, Place expected) =>
        new FailureContext(new() { Nodes = ["k8s-n0"], Status = "failed", DelegatedTo = delegatedTo, Text = "no" }).Place.ShouldBe(expected);

    [Theory]
    [InlineData("kubernetes/client : Write admin kubeconfig on ansible host", "no", Place.Control)]
    [InlineData("Verify", "Failed to import the required Python library (x) on localhost's Python /usr/bin/python3.", Place.Control)]
    [InlineData("Check", "The conditional check 'a' failed. The error was: no", Place.Control)]
    [InlineData("download : Download_file | Download item", "no", Place.Node)]
    public void I_know_where_it_ran_where_the_event_does_not_say(string task, string said, Place expected) =>
        Of(task, [], said).Place.ShouldBe(expected);

    [Theory]
    [InlineData("Get \"https://192.0.2.88:6443/api/v1\": dial tcp 192.0.2.88:6443: i/o timeout", Server.Api)]
    [InlineData("Get \"https://lb-apiserver.kubernetes.local/healthz\": EOF", Server.Api)]
    [InlineData("failed to dial endpoint https://192.0.2.11:2379 with maintenance client", Server.Etcd)]
    [InlineData("Head \"https://registry.example.org:5000/v2/pause/manifests/3.9\": no", Server.Registry)]
    [InlineData("Post \"https://kyverno-svc.kyverno.svc:443/validate?timeout=10s\": no", Server.Webhook)]
    [InlineData("Get \"http://127.0.0.1:10248/healthz\": no", Server.Component)]
    [InlineData("connect to host 192.0.2.5 port 22: Connection refused", Server.Ssh)]
    [InlineData("Get \"https://a.example/x\": proxyconnect tcp: dial tcp 192.0.2.9:3128: no", Server.Proxy)]
    [InlineData("http://archive.example.org/ubuntu/dists/jammy/InRelease  no", Server.Repository)]
    public void I_know_whose_server_a_line_speaks_of(string line, Server expected) =>
        Of("Task", []).ServersOn(line).Select(server => server.Kind).ShouldContain(expected);

    [Fact]
    public void A_download_without_an_address_is_from_a_server_of_files() =>
        Of("download : Download_file | Download item", []).ServersOn("it failed").Single().Kind.ShouldBe(Server.Download);

    [Theory]
    [InlineData("\t[WARNING Swap]: swap is on\n[ERROR Port-6443]: Port 6443 is in use", "[ERROR Port-6443]: Port 6443 is in use")]
    [InlineData("W0716 15:23:02.1 version.go:104] no such host\npanic: no", "panic: no")]
    [InlineData("sudo: unable to resolve host n0: Name or service not known\nno such option", "no such option")]
    [InlineData("time=\"2026-01-02T03:04:05Z\" level=info msg=\"no such host\"\ntime=\"2026-01-02T03:04:05Z\" level=fatal msg=no", "time=\"2026-01-02T03:04:05Z\" level=fatal msg=no")]
    [InlineData("W0716 15:23:02.1 only.go:1] this is all", "W0716 15:23:02.1 only.go:1] this is all")]
    [InlineData("\u001b[0;31mfatal: no\u001b[0m", "fatal: no")]
    [InlineData("{\"msg\": \"{\\\"err\\\": \\\"a \\\\\\\"b\\\\\\\"\\\\nc\\\"}\"}", "{\"msg\": \"{\"err\": \"a \"b\"\nc\"}\"}")]
    public void Remarks_are_left_out_where_an_error_stands_beside_them(string said, string left) => Of("Task", [], said).Said.ShouldBe(left);

    [Theory]
    [InlineData("Unable to start service cri-dockerd.service: Job for cri-dockerd.service failed", "cri-dockerd.service")]
    [InlineData("Unable to restart service etcd: Job for etcd.service failed", "etcd.service")]
    [InlineData("no", null)]
    public void I_know_the_unit_that_was_started(string said, string? expected) => Of("Task", [], said).Unit.ShouldBe(expected);

    private static FailureContext Of(string task, Dictionary<string, string> result, string said = "no") =>
        new(new() { Nodes = ["k8s-n0"], Status = "failed", Task = task, Action = "ansible.builtin.command", Result = result, Text = said });
}
