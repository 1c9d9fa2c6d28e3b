using System.Text.Json;
using System.Text.RegularExpressions;

namespace KubeLab.Lab.Tests.Kubespray;

/// <summary>
/// What goes wrong with the real Kubespray, brought about on new machines: what failed, why, what to do, and the command that goes on,
/// all true; and then that command works. Each chapter types the command that the one before it was told, which comes past what had
/// failed, to where the next fault waits; the last comes to the end.
/// </summary>
[Collection(LabMachine.Turn)]
[TestMethodOrderer(typeof(StoryOrder))]
public class FaultStory(KubesprayMachine kubespray) : IClassFixture<KubesprayMachine>
{
    private const string Lost = "ks-n1";
    private const string Cut = "ks-n0";

    // All nodes do it.
    private const string EarlyTask = "kubernetes/preinstall : Create kubernetes directories";
    private const string Download = "download_file | Download item";
    private const string Pull = "download : download_container | Download image if required";

    private static readonly string[] Everybody = [.. KubesprayMachine.Nodes.Keys];
    private static readonly TimeSpan ToTask = TimeSpan.FromMinutes(20);

    [Fact, Chapter(1)]
    public async Task I_am_told_of_a_node_that_is_too_small_before_anything_is_done()
    {
        kubespray.SkipUnlessComplete();
        using (KubesprayMachine.ChangeInventory("inventory.ini", text => text.Replace("ks-n1 ansible_host=10.86.0.32 lab_memory_mb=2048", "ks-n1 ansible_host=10.86.0.32 lab_memory_mb=512", StringComparison.Ordinal)))
        {
            var run = (await kubespray.PlayAsync("Deploy")).ShouldFail();

            run.Output.ShouldMatch(@"ks-n1 +512 MB +1024 MB +roles/kubernetes/preinstall/defaults/main\.yml:\d+");
            run.Output.ShouldContain("Give ks-n1 at least 1024 MB");
            run.Output.ShouldMatch("InstallCluster +NotRun");
        }
    }

    // The kernel has no namespace for the time of day, so the node's date tells a wrong one.
    [Fact, Chapter(2)]
    public async Task I_am_told_of_a_clock_that_is_off_by_an_hour_before_anything_is_done()
    {
        kubespray.SkipUnlessComplete();
        const string wrong = "printf '#!/bin/sh\\nexec /usr/bin/date -d \"+1 hour\" \"$@\"\\n' > /usr/local/bin/date; chmod +x /usr/local/bin/date";
        await using var mend = await BreakAsync(Lost, wrong, "rm /usr/local/bin/date");

        var run = (await kubespray.GoOnAsync()).ShouldFail();

        run.Output.ShouldContain("ks-n1: its clock is");
        run.Output.ShouldContain("ahead of the others'");
        run.Output.ShouldMatch("InstallCluster +NotRun");
    }

    [Fact, Chapter(3)]
    public async Task I_am_told_which_node_has_a_full_disk()
    {
        kubespray.SkipUnlessComplete();
        // A small disk in the place of where downloads go: this machine's own nobody wants to fill.
        await using var mend = await BreakAsync(
            Lost, "mkdir -p /tmp/releases; mount -t tmpfs -o size=1m tmpfs /tmp/releases; dd if=/dev/zero of=/tmp/releases/much bs=1k || :", "umount /tmp/releases");

        var run = (await kubespray.GoOnAsync()).ShouldFail();

        run.Output.ShouldContain("ks-n1: A disk is full");
        KubesprayMachine.ShouldBeExplained("disk-full", Lost).GetProperty("task").GetString().ShouldEndWith(Download);
    }

    [Fact, Chapter(4)]
    public async Task I_am_told_of_a_file_with_another_checksum()
    {
        kubespray.SkipUnlessComplete();
        using (KubesprayMachine.ChangeInventory(
            "group_vars/all/30-checksums.yml", text => Regex.Replace(text, "(?<=crictl_binary_checksum: ).*", new string('f', 64), RegexOptions.None, TimeSpan.FromSeconds(1))))
            (await kubespray.GoOnAsync()).ShouldFail();

        KubesprayMachine.ShouldBeExplained("download-checksum", Everybody).ToString().ShouldContain("crictl");
    }

    [Fact, Chapter(5)]
    public async Task I_am_told_of_a_file_that_is_not_there()
    {
        kubespray.SkipUnlessComplete();
        var kubelet = Directory.GetFiles(kubespray.InBundle("files"), "kubelet", SearchOption.AllDirectories).ShouldHaveSingleItem();
        using (kubespray.TakeAway(kubelet))
            (await kubespray.GoOnAsync()).ShouldFail();

        KubesprayMachine.ShouldBeExplained("download-not-found", Everybody).ToString().ShouldContain("/kubelet");
    }

    [Fact, Chapter(6)]
    public async Task I_am_told_of_an_image_that_the_registry_does_not_have()
    {
        kubespray.SkipUnlessComplete();
        using (kubespray.TakeAway(".serve/registry/docker/registry/v2/repositories/pause"))
            (await kubespray.GoOnAsync()).ShouldFail();

        var explanation = KubesprayMachine.ShouldBeExplained("image-not-found", Everybody);
        explanation.GetProperty("task").GetString().ShouldBe(Pull);
        explanation.ToString().ShouldContain("pause:3.2");
    }

    [Fact, Chapter(7)]
    public async Task I_am_told_that_the_mirror_is_dead_and_the_command_brings_it_back()
    {
        kubespray.SkipUnlessComplete();
        await using var run = kubespray.StartToGoOn();
        await run.UntilTaskAsync(Pull, ToTask);
        await kubespray.KillMirrorAsync();

        (await run.EndAsync(ToTask)).ShouldFail();

        Explanation().ToString().ShouldContain("10.86.0.1:8081");
        Explanation().GetProperty("task").GetString().ShouldBe(Pull);
    }

    [Fact, Chapter(8)]
    public async Task I_am_told_which_node_was_switched_off()
    {
        kubespray.SkipUnlessComplete();
        await using var run = kubespray.StartToGoOn();
        await run.UntilTaskAsync(EarlyTask, ToTask);

        // As by a power cut: first nothing of it reaches anybody any more, not even that its connections end.
        (await LabMachine.HereAsync("ip", "link", "set", "dev", "kubelab0-32", "down")).ShouldSucceed();
        (await LabMachine.HereAsync("lxc-stop", "-P", "/var/lib/kubelab/lab/nodes", "-n", Lost, "-k")).ShouldSucceed();

        (await run.EndAsync(ToTask)).ShouldFail().Output.ShouldMatch($"{Lost}: (unreachable|failed) in ");
        ShouldBeOf(Lost, "ssh-connection-lost", "ssh-timed-out");
    }

    [Fact, Chapter(9)]
    public async Task I_am_told_whose_connection_was_cut()
    {
        kubespray.SkipUnlessComplete();
        await using var run = kubespray.StartToGoOn();
        await run.UntilTaskAsync(EarlyTask, ToTask);
        await using (new Mending(() => LabMachine.HereAsync("ip", "link", "set", "dev", "kubelab0-31", "up")))
        {
            (await LabMachine.HereAsync("ip", "link", "set", "dev", "kubelab0-31", "down")).ShouldSucceed();

            (await run.EndAsync(ToTask)).ShouldFail();
        }

        ShouldBeOf(Cut, "ssh-connection-lost", "ssh-timed-out");
    }

    [Fact, Chapter(10)]
    public async Task KubeLab_is_killed_and_the_command_goes_on_to_a_cluster_that_works()
    {
        kubespray.SkipUnlessComplete();
        await KubesprayMachine.GivePodNetworkAsync(KubesprayMachine.Nodes.Keys);
        await using (var run = kubespray.StartToGoOn())
        {
            await run.UntilTaskAsync(EarlyTask, ToTask);
            await run.KillAsync();
            await LabStory.UntilAsync("Ansible has noticed and ended", TimeSpan.FromMinutes(1), () => Task.FromResult(run.Processes().Count == 0));
        }

        var again = (await kubespray.PlayAsync("Deploy", "--resume")).ShouldSucceed();

        again.Output.ShouldMatch("InstallCluster: runs again, as it began at .* and never came to its end");
        again.Output.ShouldContain("ks-m0: the lock of a run that has ended or hangs was broken");
        again.Output.ShouldMatch(@"SmokeTest +Succeeded");
        KubesprayMachine.LastRecap().Values.ShouldAllBe(host => host.GetProperty("failures").GetInt32() == 0);
    }

    [Fact, Chapter(11)]
    public async Task I_take_out_a_machine_that_never_comes_back()
    {
        kubespray.SkipUnlessComplete();
        (await LabMachine.HereAsync("lxc-stop", "-P", "/var/lib/kubelab/lab/nodes", "-n", Lost, "-k")).ShouldSucceed();

        (await kubespray.PlayAsync("RemoveNode", "--node", Lost, "--node-is-gone", "--skip", "LabUp")).ShouldSucceed();

        (await KubesprayMachine.NodeNamesAsync()).ShouldBe(["ks-m0", "ks-n0"]);
    }

    [Fact, Chapter(12)]
    public async Task All_of_it_came_from_the_bundle()
    {
        kubespray.SkipUnlessComplete();

        await NodeTraffic.ShouldBeOfTheBundleAsync(KubesprayMachine.Nodes[Cut]);
    }

    private static JsonElement Explanation() => KubesprayMachine.Record("explanations.json").EnumerateArray().ShouldHaveSingleItem();

    private static void ShouldBeOf(string node, params string[] signatures)
    {
        Explanation().GetProperty("signature").GetString().ShouldBeOneOf(signatures);
        Explanation().GetProperty("nodes").EnumerateArray().Single().GetString().ShouldBe(node);
    }

    private static async Task<Mending> BreakAsync(string node, string how, string mend)
    {
        (await LabMachine.OnNodeAsync(KubesprayMachine.Nodes[node], $"set -e\n{how}\n")).ShouldSucceed();
        return new Mending(() => LabMachine.OnNodeAsync(KubesprayMachine.Nodes[node], mend));
    }
}
