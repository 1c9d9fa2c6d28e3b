using KubeLab.Clusters;
using KubeLab.Ssh;
using KubeLab.Tests.Machines;

namespace KubeLab.Tests.Ssh;

/// <summary>The real script, run by a real shell; in sudo's place a program that treats its input as sudo does.</summary>
public sealed class NodeBecomeTests : IDisposable
{
    // As sudo -S does: a line of standard input, read byte by byte, is the password; what follows is the command's.
    private const string AsksForAPassword = """
        if [ "$1" = -n ]; then echo 'sudo: a password is required' >&2; exit 1; fi
        IFS= read -r line
        echo asked >> "$asked"
        if [ "$line" != "it's \$(secret)" ]; then echo 'sudo: 1 incorrect password attempt' >&2; exit 1; fi
        run "$@"
        """;

    private readonly TemporaryDirectory directory = new();

    [Fact]
    public async Task I_run_a_script_directly_where_I_am_the_user_already()
    {
        var result = await RunAsync(new BecomeSettings { User = Environment.UserName }, "echo \"it's $(echo me)\"\nexit 7");

        result.StandardOutput.ShouldBe("it's me\n");
        result.ExitCode.ShouldBe(7);
    }

    [Fact]
    public async Task I_run_a_script_with_sudo_where_it_needs_no_password()
    {
        Sudo("run \"$@\"");

        var result = await RunAsync(new BecomeSettings { User = "another", PasswordFile = Password("hunter2") }, "cat <<'END'\n$a\nEND");

        result.StandardOutput.ShouldBe("$a\n");
        result.StandardError.ShouldNotContain("hunter2");
    }

    [Fact]
    public async Task I_give_sudo_its_password_and_the_script_the_rest_of_the_input()
    {
        Sudo(AsksForAPassword);

        var result = await RunAsync(new BecomeSettings { User = "another", PasswordFile = Password("it's $(secret)\n") }, "cat <<'END'\nmanifest\nEND\nexit 3");

        result.StandardOutput.ShouldBe("manifest\n");
        result.ExitCode.ShouldBe(3);
    }

    [Fact]
    public async Task I_try_a_wrong_password_once_and_the_script_is_not_run()
    {
        Sudo(AsksForAPassword);

        var result = await RunAsync(new BecomeSettings { User = "another", PasswordFile = Password("wrong") }, "echo ran");

        result.ExitCode.ShouldBe(1);
        result.StandardOutput.ShouldBeEmpty();
        result.StandardError.ShouldContain("incorrect password");
        (await File.ReadAllTextAsync(directory.File("asked"))).ShouldBe("asked\n");
    }

    [Fact]
    public async Task I_am_told_that_sudo_needs_a_password_where_I_have_none()
    {
        Sudo(AsksForAPassword);

        (await RunAsync(new BecomeSettings { User = "another" }, "echo ran")).StandardError.ShouldContain("a password is required");
    }

    [Fact]
    public async Task I_use_the_password_of_a_node_before_the_one_of_all()
    {
        Sudo(AsksForAPassword);
        var node = Nodes.Node("k8s-m0", [], ("ansible_become_password", "it's $(secret)"));

        var result = await RunAsync(new BecomeSettings { User = "another", PasswordFile = Password("wrong") }, "echo ran", node);

        result.StandardOutput.ShouldBe("ran\n");
    }

    [Fact]
    public void I_am_told_that_the_password_file_cannot_be_read() => Should.Throw<UserError>(
            () => new NodeBecome(new BecomeSettings { User = "another", PasswordFile = directory.File("nowhere") }).Script(Nodes.Node("k8s-m0", []), "true"))
        .Message.ShouldContain("become.password_file");

    public void Dispose() => directory.Dispose();

    private string Password(string text) => directory.Write("password", text);

    private void Sudo(string body)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "nodes have a POSIX shell");
        var sudo = directory.Write("bin/sudo", $$"""
            #!/bin/sh
            asked='{{directory.File("asked")}}'
            run() {
              while [ $# -gt 0 ]; do
                case $1 in -u|-p) shift 2 ;; -*) shift ;; *) break ;; esac
              done
              exec "$@"
            }
            {{body}}
            """);
        File.SetUnixFileMode(sudo, UnixFileMode.UserRead | UnixFileMode.UserExecute);
    }

    private async Task<CommandResult> RunAsync(BecomeSettings settings, string script, Node? node = null)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "nodes have a POSIX shell");
        var command = new NodeBecome(settings).Script(node ?? Nodes.Node("k8s-m0", []), script);
        return await new CommandRunner().RunAsync(new CommandLine(command.Words[0], [.. command.Words.Skip(1)])
        {
            StandardInput = command.StandardInput,
            Environment = new Dictionary<string, string?>(StringComparer.Ordinal) { ["PATH"] = $"{directory.File("bin")}:{Environment.GetEnvironmentVariable("PATH")}" },
        });
    }
}
