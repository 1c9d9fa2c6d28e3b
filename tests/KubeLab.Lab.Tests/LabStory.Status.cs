using System.Text.Json;
using System.Text.Json.Nodes;

namespace KubeLab.Lab.Tests;

// Is the cluster still what was deployed? Nothing is found on it, then what was changed by hand in ten ways, and nothing else.
public partial class LabStory
{
    private const string HostKeys = "/var/tmp/kubelab-host-keys";

    // On the control plane: a flag, a certificate, a member of etcd that has no vote.
    private const string OnControlPlane = """
        set -e
        cp -a /etc/kubernetes/manifests/kube-scheduler.yaml /var/tmp/kube-scheduler.yaml
        sed 's/^\( *\)- --leader-elect=true$/&\n\1- --v=1/' /var/tmp/kube-scheduler.yaml > /etc/kubernetes/manifests/kube-scheduler.yaml
        cp -a /etc/kubernetes/pki/front-proxy-client.crt /var/tmp/front-proxy-client.crt
        openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=by-hand -days 100 -keyout /dev/null -out /etc/kubernetes/pki/front-proxy-client.crt 2> /dev/null
        cd /etc/ssl/etcd/ssl
        ETCDCTL_API=3 etcdctl --endpoints https://127.0.0.1:2379 --cacert ca.pem --cert client.pem --key client-key.pem member add ghost --learner --peer-urls=https://10.86.0.99:2380
        """;

    private const string OffControlPlane = """
        mv /var/tmp/kube-scheduler.yaml /etc/kubernetes/manifests/kube-scheduler.yaml
        mv /var/tmp/front-proxy-client.crt /etc/kubernetes/pki/front-proxy-client.crt
        cd /etc/ssl/etcd/ssl
        etcdctl() { ETCDCTL_API=3 command etcdctl --endpoints https://127.0.0.1:2379 --cacert ca.pem --cert client.pem --key client-key.pem "$@"; }
        etcdctl member remove "$(etcdctl member list | grep unstarted | cut -d, -f1)"
        """;

    // On a worker: a file, the kubelet's configuration, a package that is held.
    private const string OnWorker = """
        set -e
        echo '# by hand' >> /etc/containerd/config.toml
        sed -i.by-hand 's/^imageGCHighThresholdPercent: 100$/imageGCHighThresholdPercent: 99/' /var/lib/kubelet/config.yaml
        apt-mark hold socat
        """;

    private const string OffWorker = """
        sed -i '/^# by hand$/d' /etc/containerd/config.toml
        mv /var/lib/kubelet/config.yaml.by-hand /var/lib/kubelet/config.yaml
        apt-mark unhold socat
        """;

    [Fact, Chapter(11)]
    public async Task I_see_what_was_changed_by_hand_in_ten_ways_and_nothing_else()
    {
        LabMachine.SkipUnlessRoot();
        var fresh = (await lab.BuildAsync("Status")).ShouldSucceed();
        fresh.Output.ShouldContain("The cluster is what was asked for.");

        var service = await ValueAsync("-n", "kube-system", "get", "service", "kube-dns", "-o", "json");
        await using var address = new Mending(() => ReplaceAsync(service, null));
        await using var member = await BreakAsync("k8s-m0", OnControlPlane, OffControlPlane, _ => SchedulerIsAsBeforeAsync());
        await using var file = await BreakAsync("k8s-n0", OnWorker, OffWorker);
        await using var label = new Mending(() => LabMachine.KubectlAsync("label", "node", "k8s-n0", "node-role.kubernetes.io/control-plane-"));
        (await LabMachine.KubectlAsync("label", "node", "k8s-n0", "node-role.kubernetes.io/control-plane=")).ShouldSucceed();
        await using var taint = new Mending(() => LabMachine.KubectlAsync("taint", "node", "k8s-n1", "by-hand-"));
        (await LabMachine.KubectlAsync("taint", "node", "k8s-n1", "by-hand=here:PreferNoSchedule")).ShouldSucceed();
        (await LabMachine.OnNodeAsync(
            LabMachine.Nodes["k8s-n1"], $"mkdir -p {HostKeys} && mv /etc/ssh/ssh_host_*_key* {HostKeys}/ && ssh-keygen -q -A && systemctl reload ssh")).ShouldSucceed();
        await using var key = new Mending(async () =>
        {
            var mended = await LabMachine.HereAsync(
                "lxc-attach", "-P", "/var/lib/kubelab/lab/nodes", "-n", "k8s-n1", "--", "/bin/sh", "-c",
                $"rm /etc/ssh/ssh_host_*_key* && mv {HostKeys}/* /etc/ssh/ && rmdir {HostKeys} && systemctl reload ssh");
            await SshListensAsync();
            return mended;
        });
        await ReplaceAsync(service, "10.233.9.9");
        await SshListensAsync();

        var found = await lab.BuildAsync("Status");

        found.ExitCode.ShouldBe(2, found.Output);
        Found().ShouldBe(
            [
                "certificates k8s-m0", "configuration k8s-n0", "flags k8s-m0", "host-keys k8s-n1", "kubelet-configuration k8s-n0",
                "labels k8s-n0", "packages k8s-n0", "service-addresses", "taints k8s-n1", "works",
            ],
            found.Output);
        found.Output.ShouldContain("-# by hand");
    }

    // While it reads its keys anew, it doesn't.
    private static Task SshListensAsync() => UntilAsync(
        "k8s-n1's sshd listens", TimeSpan.FromMinutes(1),
        async () => (await LabMachine.HereAsync("bash", "-c", $"exec 3<> /dev/tcp/{LabMachine.Nodes["k8s-n1"]}/22")).ExitCode == 0);

    // The pod of the manifest that was there before, and ready: it takes two minutes.
    private static async Task<bool> SchedulerIsAsBeforeAsync() =>
        await PodIsReadyAsync("kube-scheduler-k8s-m0")
        && await ValueAsync("-n", "kube-system", "get", "pod", "kube-scheduler-k8s-m0", "-o", "jsonpath={.spec.containers[0].command}") is { Length: > 0 } command
        && !command.Contains("--v=1", StringComparison.Ordinal);

    private IReadOnlyList<string> Found()
    {
        var record = Directory.GetDirectories(Path.Combine(lab.OwnArtifacts, "runs")).Order(StringComparer.Ordinal).Last();
        var report = JsonDocument.Parse(File.ReadAllText(Path.Combine(record, "preflight.json"))).RootElement;
        return [.. report.GetProperty("findings").EnumerateArray()
            .Where(finding => finding.GetProperty("status").GetString() is "warning" or "failed")
            .Select(finding => $"{finding.GetProperty("check").GetString()} {finding.GetProperty("node").GetString()}".TrimEnd())
            // The member that has no vote is none of a node's, and is said more than once.
            .Select(found => found.StartsWith("works", StringComparison.Ordinal) ? "works" : found)
            .Distinct().Order(StringComparer.Ordinal)];
    }

    // A Service keeps its address for as long as it lives.
    private static async Task<KubeLabRun> ReplaceAsync(string service, string? address)
    {
        var manifest = JsonNode.Parse(service)!;
        foreach (var field in new[] { "uid", "resourceVersion", "creationTimestamp", "managedFields" })
            manifest["metadata"]!.AsObject().Remove(field);
        manifest.AsObject().Remove("status");
        if (address is not null)
        {
            manifest["spec"]!["clusterIP"] = address;
            manifest["spec"]!["clusterIPs"] = new JsonArray(address);
        }

        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, manifest.ToJsonString());
            return (await LabMachine.KubectlAsync("replace", "--force", "--filename", file)).ShouldSucceed();
        }
        finally
        {
            File.Delete(file);
        }
    }
}
