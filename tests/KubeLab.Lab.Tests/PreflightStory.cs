using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;

namespace KubeLab.Lab.Tests;

/// <summary>
/// What can be wrong with machines, played on the lab's nodes before any cluster is on them: each is found, named and explained, with
/// nothing else reported, and nothing is written on a node.
/// </summary>
[Collection(LabMachine.Turn)]
[TestMethodOrderer(typeof(StoryOrder))]
public class PreflightStory(LabMachine lab) : IClassFixture<LabMachine>
{
    private const string ControlPlane = "10.86.0.10";
    private const string FirstWorker = "10.86.0.20";
    private const string SecondWorker = "10.86.0.21";

    [Fact, Chapter(1)]
    public async Task I_hear_of_nothing_where_all_is_well_and_nothing_was_touched()
    {
        LabMachine.SkipUnlessRoot();
        (await lab.BuildAsync("LabUp")).ShouldSucceed();
        var before = await LabMachine.SnapshotsAsync();

        var run = (await lab.BuildAsync("ValidateNodes")).ShouldSucceed();

        Reported().ShouldBeEmpty(run.Output);
        (await LabMachine.SnapshotsAsync()).ShouldBe(before);
    }

    [Fact, Chapter(2)]
    public async Task I_am_told_of_every_node_that_is_too_small()
    {
        LabMachine.SkipUnlessRoot();
        lab.SetMemory("k8s-m0", 1400);
        lab.SetMemory("k8s-n1", 512);
        try
        {
            var run = (await lab.BuildAsync("ValidateNodes")).ShouldFail();

            Reported().ShouldBe(["memory failed k8s-m0", "memory failed k8s-n1"], ignoreOrder: false, customMessage: run.Output);
            run.Output.ShouldMatch(@"k8s-m0 +1400 MB +1500 MB +roles/kubernetes/preinstall/defaults/main\.yml:\d+");
            run.Output.ShouldContain("Give k8s-n1 at least 1024 MB");
        }
        finally
        {
            lab.SetMemory("k8s-m0", 2048);
            lab.SetMemory("k8s-n1", 1024);
            (await lab.BuildAsync("LabUp")).ShouldSucceed();
        }
    }

    // The kernel has no namespace for the time of day, so the node's date tells a wrong one.
    [Fact, Chapter(3)]
    public Task I_am_told_of_a_clock_that_is_off() => WithAsync(
        SecondWorker,
        """
        printf '#!/bin/sh\nexec /usr/bin/date -d "+40 seconds" "$@"\n' > /usr/local/bin/date
        chmod +x /usr/local/bin/date
        """,
        "rm /usr/local/bin/date",
        ["clock failed k8s-n1"],
        "k8s-n1: its clock is", "ahead of the others'");

    [Fact, Chapter(4)]
    public Task I_am_told_of_machines_with_one_id() => WithAsync(
        SecondWorker,
        "cp /etc/machine-id /root/own-id; echo 0123456789abcdef0123456789abcdef > /etc/machine-id",
        "cp /root/own-id /etc/machine-id; rm /root/own-id",
        ["machine-ids warning "],
        async () =>
        {
            (await LabMachine.OnNodeAsync(FirstWorker, "cp /etc/machine-id /root/own-id; echo 0123456789abcdef0123456789abcdef > /etc/machine-id")).ShouldSucceed();
            return async () => (await LabMachine.OnNodeAsync(FirstWorker, "cp /root/own-id /etc/machine-id; rm /root/own-id")).ShouldSucceed();
        },
        "k8s-n0 and k8s-n1 have the same machine id");

    [Fact, Chapter(5)]
    public Task I_am_told_who_holds_a_port_that_the_kubelet_needs() => WithAsync(
        SecondWorker,
        "systemd-run --quiet --unit port-thief --collect python3 -m http.server 10250; until ss -Hltn 'sport = :10250' | grep -q .; do sleep 0.1; done",
        "systemctl stop port-thief",
        ["ports failed k8s-n1"],
        "k8s-n1: port 10250 is held by python3, and kubelet needs it");

    [Fact, Chapter(6)]
    public Task I_am_told_what_other_clusters_left_behind() => WithAsync(
        SecondWorker,
        $"""
        mkdir -p /etc/kubernetes/pki
        cat > /etc/kubernetes/pki/ca.crt <<'PEM'
        {Certificate()}
        PEM
        printf 'clusters:\n- cluster:\n    server: https://192.0.2.10:6443\n' > /etc/kubernetes/kubelet.conf
        """,
        "rm -r /etc/kubernetes",
        ["cni-configuration warning k8s-n0", "etcd-data warning k8s-n0", "other-cluster failed k8s-n1"],
        async () =>
        {
            (await LabMachine.OnNodeAsync(FirstWorker, "mkdir -p /var/lib/etcd/member /etc/cni/net.d; echo '{}' > /etc/cni/net.d/10-old.conflist")).ShouldSucceed();
            return async () => (await LabMachine.OnNodeAsync(FirstWorker, "rm -r /var/lib/etcd/member /etc/cni/net.d/10-old.conflist")).ShouldSucceed();
        },
        "k8s-n1 belongs to another cluster, https://192.0.2.10:6443", "k8s-n0 holds the data of an etcd", "kubeadm reset");

    [Fact, Chapter(7)]
    public Task I_am_told_of_swap_where_the_kubelet_stops_on_it() => WithAsync(
        SecondWorker,
        """
        printf 'Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n/swap.img                               file\t\t2097148\t\t0\t\t-2\n' > /root/swaps
        mount --bind /root/swaps /proc/swaps
        """,
        "umount /proc/swaps; rm /root/swaps",
        ["swap failed k8s-n1"],
        () => Task.FromResult(lab.SetVariables("k8s-n1", "kubelet_fail_swap_on=True")),
        "k8s-n1 is a container (lxc) that shows its host's swap (/swap.img), on which the kubelet stops", "Set kubelet_fail_swap_on: false");

    [Fact, Chapter(8)]
    public Task I_am_told_of_a_user_without_sudo() => WithAsync(
        SecondWorker,
        "useradd --create-home plain; cp -L /etc/ssh/authorized_keys.d/kubelab /etc/ssh/authorized_keys.d/plain",
        "rm /etc/ssh/authorized_keys.d/plain; userdel --force --remove plain 2>/dev/null; ! id plain 2>/dev/null",
        ["become failed k8s-n1"],
        () => Task.FromResult(lab.SetVariables("k8s-n1", "ansible_user=plain")),
        "k8s-n1: sudo does not give root", "NOPASSWD");

    [Fact, Chapter(9)]
    public Task I_am_told_of_a_key_that_a_node_does_not_accept() => WithAsync(
        SecondWorker,
        "useradd --create-home another; cp -L /etc/ssh/authorized_keys.d/kubelab /etc/ssh/authorized_keys.d/another",
        "rm /etc/ssh/authorized_keys.d/another; userdel --force --remove another 2>/dev/null; ! id another 2>/dev/null",
        ["reachable failed k8s-n1"],
        async () =>
        {
            var key = Path.Combine(lab.Inventory, "..", "wrong_key");
            (await LabMachine.HereAsync("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key)).ShouldSucceed();
            return lab.SetVariables("k8s-n1", $"ansible_user=another ansible_ssh_private_key_file='{Path.GetFullPath(key)}'");
        },
        "k8s-n1 (10.86.0.21) was not reached", "Permission denied", "--private-key");

    [Fact, Chapter(10)]
    public async Task I_am_told_within_seconds_of_a_node_that_froze_behind_an_open_connection()
    {
        LabMachine.SkipUnlessRoot();
        (await lab.BuildAsync("ValidateNodes", "--skip")).ShouldSucceed();
        (await LabMachine.HereAsync("lxc-freeze", "-P", "/var/lib/kubelab/lab/nodes", "-n", "k8s-n1")).ShouldSucceed();
        try
        {
            var run = (await lab.BuildAsync("ValidateNodes", "--skip")).ShouldFail();

            Reported().ShouldBe(["reachable failed k8s-n1"], ignoreOrder: false, customMessage: run.Output);
            run.Duration.ShouldBeLessThan(TimeSpan.FromMinutes(2));
        }
        finally
        {
            (await LabMachine.HereAsync("lxc-unfreeze", "-P", "/var/lib/kubelab/lab/nodes", "-n", "k8s-n1")).ShouldSucceed();
        }
    }

    [Fact, Chapter(11)]
    public async Task I_am_told_which_port_a_firewall_closes_between_two_nodes_and_no_listener_is_left()
    {
        LabMachine.SkipUnlessRoot();
        var before = await LabMachine.SnapshotsAsync();
        (await LabMachine.OnNodeAsync(SecondWorker, "iptables -A INPUT -p tcp --dport 10250 -j DROP")).ShouldSucceed();
        try
        {
            var run = (await lab.BuildAsync("ValidateNodes", "--skip", "--deep")).ShouldFail();

            Reported().ShouldBe(["port-matrix failed k8s-n1"], ignoreOrder: false, customMessage: run.Output);
            run.Output.ShouldContain("k8s-n1: port 10250 of kubelet can't be reached from k8s-m0: timed out");
            (await LabMachine.SnapshotsAsync()).ShouldBe(before);
        }
        finally
        {
            (await LabMachine.OnNodeAsync(SecondWorker, "iptables -D INPUT -p tcp --dport 10250 -j DROP")).ShouldSucceed();
        }
    }

    [Fact, Chapter(12)]
    public async Task I_hear_of_nothing_again_once_all_is_mended()
    {
        LabMachine.SkipUnlessRoot();

        var run = (await lab.BuildAsync("ValidateNodes", "--skip")).ShouldSucceed();

        Reported().ShouldBeEmpty(run.Output);
    }

    private Task WithAsync(string address, string damage, string repair, string[] expected, params string[] words) =>
        WithAsync(address, damage, repair, expected, () => Task.FromResult(() => Task.CompletedTask), words);

    private async Task WithAsync(
        string address, string damage, string repair, string[] expected, Func<Task<Func<Task>>> more, params string[] words)
    {
        LabMachine.SkipUnlessRoot();
        (await LabMachine.OnNodeAsync(address, $"set -e\n{damage}\n")).ShouldSucceed();
        var undo = await more();
        try
        {
            var run = await lab.BuildAsync("ValidateNodes", "--skip");

            Reported().ShouldBe(expected, ignoreOrder: false, customMessage: run.Output);
            run.ExitCode.ShouldBe(expected.Any(line => line.Contains(" failed ", StringComparison.Ordinal)) ? 255 : 0, run.Output);
            var said = string.Join(' ', run.Output.Split(['\n', ' '], StringSplitOptions.RemoveEmptyEntries));
            foreach (var word in words)
                said.ShouldContain(word);
        }
        finally
        {
            await undo();
            (await LabMachine.OnNodeAsync(address, repair)).ShouldSucceed();
        }
    }

    /// <summary>What the last run failed and warned of: check, status and node, in alphabetical order.</summary>
    private static List<string> Reported()
    {
        using var report = JsonDocument.Parse(File.ReadAllText(Path.Combine(LabMachine.LastRecord(), "preflight.json")));
        return [.. report.RootElement.GetProperty("findings").EnumerateArray()
            .Where(finding => finding.GetProperty("status").GetString() is "failed" or "warning")
            .Select(finding => $"{finding.GetProperty("check")} {finding.GetProperty("status")} {finding.GetProperty("node")}")
            .Order(StringComparer.Ordinal)];
    }

    private static string Certificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=another cluster", key, HashAlgorithmName.SHA256);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddYears(1));
        return certificate.ExportCertificatePem();
    }
}
