using System.Text.RegularExpressions;

namespace KubeLab.Lab.Tests.Kubespray;

/// <summary>
/// What goes wrong with the real Kubespray, brought about on new machines: what failed, why, what to do, and the command that goes on,
/// all true; and then that command works. Each goes on where the one before it failed.
/// </summary>
[Collection(LabMachine.Turn)]
[TestMethodOrderer(typeof(StoryOrder))]
public class FaultStory(KubesprayMachine kubespray) : IClassFixture<KubesprayMachine>
{
    [Fact, Chapter(1)]
    public async Task I_am_told_of_a_node_that_is_too_small_before_anything_is_done()
    {
        kubespray.SkipUnlessComplete();
        using (KubesprayMachine.ChangeInventory("inventory.ini", text => text.Replace("ks-n1 ansible_host=10.86.0.32 lab_memory_mb=2048", "ks-n1 ansible_host=10.86.0.32 lab_memory_mb=512", StringComparison.Ordinal)))
        {
            var run = (await kubespray.PlayAsync("Deploy")).ShouldFail();

            run.Output.ShouldMatch(@"ks-n1 +512 MB +1024 MB +roles/kubernetes/preinstall/defaults/main\.yml:\d+");
            run.Output.ShouldMatch("InstallCluster +NotRun");
        }
    }

    [Fact, Chapter(2)]
    public async Task I_am_told_of_a_file_that_is_not_there()
    {
        kubespray.SkipUnlessComplete();
        var file = Find("kubelet");
        File.Move(file, $"{file}.away");
        try
        {
            (await kubespray.PlayAsync("Deploy")).ShouldFail();
        }
        finally
        {
            File.Move($"{file}.away", file);
        }

        KubesprayMachine.ShouldBeExplained("download-not-found", [.. KubesprayMachine.Nodes.Keys]).ToString().ShouldContain("/kubelet");
    }

    [Fact, Chapter(3)]
    public async Task I_am_told_of_a_file_with_another_checksum()
    {
        kubespray.SkipUnlessComplete();
        using (KubesprayMachine.ChangeInventory(
            "group_vars/all/30-checksums.yml", text => Regex.Replace(text, "(?<=crictl_binary_checksum: ).*", new string('0', 64), RegexOptions.None, TimeSpan.FromSeconds(1))))
            (await kubespray.PlayAsync("Deploy")).ShouldFail();

        KubesprayMachine.ShouldBeExplained("download-checksum", [.. KubesprayMachine.Nodes.Keys]).ToString().ShouldContain("crictl");
    }

    [Fact, Chapter(4)]
    public async Task The_same_command_goes_on_once_both_are_mended()
    {
        kubespray.SkipUnlessComplete();

        (await kubespray.PlayAsync("Deploy", "--resume")).ShouldSucceed();
    }

    private string Find(string name) => Directory.GetFiles(kubespray.Files, name, SearchOption.AllDirectories).ShouldHaveSingleItem();
}
