using KubeLab.Tests.Machines;

namespace KubeLab.Tests.Commands;

public class CommandRunnerTests
{
    private readonly CommandRunner commands = new();

    [Fact]
    public async Task I_hear_that_a_command_speaks_before_its_first_line_ends_and_keep_no_more_than_I_asked_for()
    {
        var sh = Programs.Require("sh");
        using var directory = new TemporaryDirectory();
        var heard = new TaskCompletionSource();
        var command = CommandLine.Of(sh, "-c", $"head -c 100000000 /dev/zero; while [ ! -e '{directory.File("heard")}' ]; do sleep 0.1; done") with
        {
            MaxOutput = 1000,
            Timeout = TimeSpan.FromMinutes(1),
            OnSpeech = () => heard.TrySetResult(),
        };

        var running = commands.RunAsync(command);
        await heard.Task.WaitAsync(TimeSpan.FromSeconds(30));
        running.IsCompleted.ShouldBeFalse();
        directory.Write("heard", "");

        (await running).StandardOutput.Length.ShouldBe(1000);
    }

    [Fact]
    public async Task I_get_both_outputs_and_the_exit_code()
    {
        var result = await commands.RunAsync(CommandLine.Of("/bin/sh", "-c", "echo out; echo err >&2; exit 7"));

        (result.ExitCode, result.StandardOutput, result.StandardError).ShouldBe((7, "out\n", "err\n"));
    }

    [Fact]
    public async Task I_see_each_line_as_it_comes()
    {
        var lines = new List<string>();

        await commands.RunAsync(CommandLine.Of("/bin/sh", "-c", "echo one; echo two"), lines.Add);

        lines.ShouldBe(["one", "two"]);
    }

    [Fact]
    public async Task I_am_told_that_a_program_is_missing()
    {
        var error = await Should.ThrowAsync<UserError>(() => commands.RunAsync(CommandLine.Of("kubelab-no-such-program")));

        error.Message.ShouldContain("kubelab-no-such-program");
    }

    [Fact]
    public async Task I_am_told_that_a_command_did_not_end_in_time()
    {
        var hanging = CommandLine.Of("/bin/sh", "-c", "echo waiting; exec sleep 300") with { Timeout = TimeSpan.FromMilliseconds(300) };

        var error = await Should.ThrowAsync<UserError>(() => commands.RunAsync(hanging));

        error.Message.ShouldContain("sleep 300");
        error.Remedy!.ShouldContain("waiting");
    }

    [Fact]
    public async Task I_can_give_a_command_its_input_part_by_part_and_its_time_begins_with_the_last()
    {
        var heard = new TaskCompletionSource();
        var waiting = CommandLine.Of("/bin/sh", "-c", "read -r first; echo got $first; read -r second; echo and $second; exec sleep 300") with
        {
            LateInput = Input(),
            Timeout = TimeSpan.FromMilliseconds(300),
        };

        var result = await commands.RunToLimitAsync(waiting, line => heard.TrySetResult());

        result.TimedOut.ShouldBeTrue();
        result.StandardOutput.ShouldBe("got one\nand two\n");

        async IAsyncEnumerable<string> Input()
        {
            await Task.Delay(TimeSpan.FromSeconds(1));
            yield return "one\n";
            await heard.Task;
            yield return "two\n";
        }
    }

    [Fact]
    public async Task A_command_that_takes_none_of_its_input_is_ended_too()
    {
        var deaf = CommandLine.Of("/bin/sh", "-c", "exec sleep 300") with { LateInput = Input(), Timeout = TimeSpan.FromMilliseconds(300) };

        (await commands.RunToLimitAsync(deaf)).TimedOut.ShouldBeTrue();

        // More than a pipe holds (pipe(7)).
        static async IAsyncEnumerable<string> Input()
        {
            await Task.Yield();
            yield return new string('x', 1_000_000);
            await Task.Delay(Timeout.Infinite);
        }
    }

    [Fact]
    public async Task I_can_cancel_a_command_that_then_ends_by_itself()
    {
        using var cancellation = new CancellationTokenSource();
        var polite = CommandLine.Of("env", "--default-signal=INT", "/bin/sh", "-c", "trap 'echo bye; exit 0' INT; echo ready; while :; do sleep 0.05; done");
        var said = new List<string>();

        await Should.ThrowAsync<OperationCanceledException>(
            () => commands.RunAsync(polite, line => { said.Add(line); if (line == "ready") cancellation.Cancel(); }, cancellationToken: cancellation.Token));

        said.ShouldBe(["ready", "bye"]);
    }

    [Fact]
    public async Task I_see_what_a_failed_command_said_last()
    {
        var result = await commands.RunAsync(CommandLine.Of("/bin/sh", "-c", "echo 'disk full' >&2; exit 1"));

        var error = Should.Throw<UserError>(() => result.EnsureSucceeded("Copying", "Make room."));

        error.Message.ShouldContain("disk full");
        error.Message.ShouldEndWith("Make room.");
    }

    [Fact]
    public void I_can_paste_a_command()
    {
        var command = CommandLine.Of("ansible-playbook", "-i", "my inventory", "cluster.yml") with
        {
            WorkingDirectory = "/opt/kubespray",
            Environment = new Dictionary<string, string?> { ["ANSIBLE_FORKS"] = "10", ["GONE"] = null },
        };

        command.ToString().ShouldBe("cd /opt/kubespray && ANSIBLE_FORKS=10 ansible-playbook -i 'my inventory' cluster.yml");
    }
}
