using KubeLab.Ansible;
using KubeLab.Tests.Machines;

namespace KubeLab.Tests.Records;

/// <summary>The permissions of all that a run leaves, with the most careless umask there is.</summary>
[Collection(KubeLabProgram.NodeTurn)]
public class PermissionsTests
{
    private const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute | OthersOnly;
    private const UnixFileMode OthersOnly = UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    [Theory]
    [InlineData("0")]
    [InlineData("0077")]
    [Promise("Others change and read nothing of a run", "umask 0, umask 0077")]
    public async Task Nobody_else_may_change_what_a_run_leaves_nor_read_what_may_be_secret(string umask)
    {
        Programs.Require(AnsibleFinder.Playbook);
        await PrivateMachine.RequireAsync();
        using var directory = new TemporaryDirectory();
        KubeLabProgram.Prepare(directory, """
            - hosts: all
              gather_facts: false
              become: false
              tasks:
                - ansible.builtin.set_fact: { a: b, cacheable: true }
            """);
        var command = KubeLabProgram.Command(
            directory.Path, new Dictionary<string, string?> { ["TMPDIR"] = directory.File("tmp"), ["KUBELAB_CACHE"] = directory.File("cache") },
            "InstallCluster", "FetchKubeconfig", "--skip", "ValidateNodes", "ValidateInventory", "LabUp", "--inventory", "mine", "--kubespray-path", directory.File("distribution"), "--extra-vars", "{\"my_token\": \"t0ken-of-a-test\"}");
        Directory.CreateDirectory(directory.File("tmp"));
        Directory.CreateDirectory(directory.File("artifacts"));

        var run = await new CommandRunner().RunAsync(PrivateMachine.Within(
            directory, command with { Program = "sh", Arguments = ["-c", $"umask {umask}; exec \"$@\"", "sh", command.Program, .. command.Arguments] }));

        run.ExitCode.ShouldBe(0, run.StandardOutput + run.StandardError);
        var left = Directory.EnumerateFileSystemEntries(directory.File("artifacts"), "*", SearchOption.AllDirectories).ToDictionary(each => each[(directory.Path.Length + 1)..], File.GetUnixFileMode);
        left.Keys.ShouldContain("artifacts/mine/admin.conf");
        left.ShouldAllBe(each => (each.Value & (UnixFileMode.GroupWrite | UnixFileMode.OtherWrite)) == 0);
        left.Where(each => each.Key.Contains("/runs/") || each.Key.EndsWith("admin.conf", StringComparison.Ordinal) || each.Key.EndsWith("/lock", StringComparison.Ordinal)).ShouldAllBe(each => (each.Value & Others) == 0);
        left.Keys.ShouldContain(file => file.EndsWith("/run.json", StringComparison.Ordinal));
        Directory.GetFileSystemEntries(directory.File("tmp")).ShouldBeEmpty();
    }
}
