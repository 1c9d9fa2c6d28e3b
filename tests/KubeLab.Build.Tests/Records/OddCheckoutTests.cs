using KubeLab.Ansible;
using KubeLab.Tests.Machines;

namespace KubeLab.Tests.Records;

/// <summary>KubeLab in a checkout whose path is nobody's favourite.</summary>
[Collection(KubeLabProgram.NodeTurn)]
public class OddCheckoutTests
{
    private static readonly string Long = new('x', 200);

    public static TheoryData<string, bool> Names => new() { { "-it's \"odd\" $ & (so) ünïcödé 漢字 #1 [a] {b} !", false }, { Long, true } };

    [Theory]
    [MemberData(nameof(Names))]
    [Promise("KubeLab runs wherever its checkout lies", "a path with blanks, quotes, other letters, a leading dash, 200 characters, a link")]
    public async Task I_can_deploy_from_a_folder_of_any_name(string name, bool throughLink)
    {
        Programs.Require(AnsibleFinder.Playbook);
        await PrivateMachine.RequireAsync();
        using var directory = new TemporaryDirectory();
        using var template = new TemporaryDirectory();
        KubeLabProgram.Prepare(template, "- hosts: all\n  gather_facts: false\n  become: false\n  tasks: [{ ansible.builtin.ping: }]\n");
        Directory.Move(template.Path, directory.File(name));
        Directory.CreateDirectory(template.Path);
        var root = directory.File(name);
        if (throughLink)
            root = Directory.CreateSymbolicLink(directory.File("link"), directory.File(name)).FullName;

        var run = await new CommandRunner().RunAsync(PrivateMachine.Within(directory, KubeLabProgram.Command(
            root, new Dictionary<string, string?>(), "ValidateInventory", "InstallCluster", "Report", "--skip", "ValidateNodes", "LabUp", "--inventory", "mine", "--kubespray-path", Path.Combine(root, "distribution"))));

        run.ExitCode.ShouldBe(0, run.StandardOutput + run.StandardError);
        var record = Directory.GetDirectories(Path.Combine(root, "artifacts/mine/runs")).ShouldHaveSingleItem();
        File.Exists(Path.Combine(record, "report.html")).ShouldBeTrue();
        File.ReadAllText(Path.Combine(record, "events.jsonl")).ShouldContain("\"stats\"");
    }
}
