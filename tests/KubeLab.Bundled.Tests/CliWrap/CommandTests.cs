using System.ComponentModel;
using System.Text;
using System.Threading.Channels;
using CliWrap;
using CliWrap.Exceptions;

namespace KubeLab.Bundled.CliWrap;

public sealed class CommandTests : IDisposable
{
    private readonly CancellationTokenSource limit = new(TimeSpan.FromSeconds(60));
    private readonly StringBuilder output = new();

    public void Dispose() => limit.Dispose();

    [Fact]
    public async Task I_can_run_a_command_and_learn_how_it_ended()
    {
        // Arrange
        var before = DateTimeOffset.Now;

        // Act
        var task = Shell("exit 0").ExecuteAsync(limit.Token);
        var result = await task;

        // Assert
        task.ProcessId.ShouldBeGreaterThan(0);
        result.ExitCode.ShouldBe(0);
        result.IsSuccess.ShouldBeTrue();
        result.StartTime.ShouldBeGreaterThanOrEqualTo(before);
        result.RunTime.ShouldBe(result.ExitTime - result.StartTime);
    }

    [Fact]
    public async Task A_failing_command_throws_with_its_exit_code_and_its_command_line()
    {
        // Act
        var exception = await Should.ThrowAsync<CommandExecutionException>(Shell("exit 3").ExecuteAsync(limit.Token).Task);

        // Assert
        exception.ExitCode.ShouldBe(3);
        exception.Command.TargetFilePath.ShouldBe("/bin/sh");
        exception.Message.ShouldContain("/bin/sh -c \"exit 3\"");
    }

    [Fact]
    public async Task A_failing_command_is_a_result_without_validation()
    {
        // Act
        var result = await Shell("exit 3").WithValidation(CommandResultValidation.None).ExecuteAsync(limit.Token);

        // Assert
        result.ExitCode.ShouldBe(3);
        result.IsSuccess.ShouldBeFalse();
    }

    [Fact]
    public void A_program_that_is_not_there_cannot_be_started()
    {
        Should.Throw<Win32Exception>(() => Cli.Wrap("no-such-program-anywhere").ExecuteAsync().Task.Wait());
    }

    [Theory]
    [InlineData("plain")]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("two words")]
    [InlineData("\"")]
    [InlineData("a \"quoted\" word")]
    [InlineData("\\")]
    [InlineData("ends in \\")]
    [InlineData("\\\\\"")]
    [InlineData("'$HOME' `id` $(id) & ; | > * ~")]
    [InlineData("tab\tline\nend")]
    [InlineData("ünïcödé ✓ 🚀")]
    [InlineData("--option=value with blank")]
    public async Task An_argument_reaches_the_program_as_it_is(string argument)
    {
        // Act
        await Cli.Wrap("/bin/sh").WithArguments(["-c", "printf '%s|' \"$@\"", "sh", "first", argument, "last"])
            .WithStandardOutputPipe(PipeTarget.ToStringBuilder(output))
            .ExecuteAsync(limit.Token);

        // Assert
        output.ToString().ShouldBe($"first|{argument}|last|");
    }

    [Fact]
    public async Task I_can_put_arguments_together_one_by_one()
    {
        // Act
        await Cli.Wrap("/bin/sh")
            .WithArguments(arguments => arguments.Add("-c").Add("echo \"$0 $*\"").Add(["a b", "c"]))
            .WithStandardOutputPipe(PipeTarget.ToStringBuilder(output))
            .ExecuteAsync(limit.Token);

        // Assert
        output.ToString().ShouldBe("a b c\n");
    }

    [Fact]
    public async Task I_can_set_the_working_directory()
    {
        // Act
        await Shell("pwd").WithWorkingDirectory("/usr").ExecuteAsync(limit.Token);

        // Assert
        output.ToString().ShouldBe("/usr\n");
    }

    [Fact]
    public async Task I_can_add_and_remove_environment_variables_and_inherit_the_others()
    {
        // Arrange
        Environment.SetEnvironmentVariable("KUBELAB_TEST_KEPT", "kept");
        Environment.SetEnvironmentVariable("KUBELAB_TEST_REMOVED", "removed");
        var variables = new Dictionary<string, string?> { ["KUBELAB_TEST_ADDED"] = "added", ["KUBELAB_TEST_REMOVED"] = null };

        // Act
        await Shell("echo \"$KUBELAB_TEST_KEPT $KUBELAB_TEST_ADDED ${KUBELAB_TEST_REMOVED-gone}\"")
            .WithEnvironmentVariables(variables)
            .ExecuteAsync(limit.Token);

        // Assert
        output.ToString().ShouldBe("kept added gone\n");
    }

    [Fact]
    public async Task A_command_does_not_change_when_another_one_is_made_from_it()
    {
        // Arrange
        var one = Shell("echo \"$VALUE\"");

        // Act
        await one.WithEnvironmentVariables(new Dictionary<string, string?> { ["VALUE"] = "other" }).ExecuteAsync(limit.Token);
        await one.ExecuteAsync(limit.Token);

        // Assert
        output.ToString().ShouldBe("other\n\n");
    }

    [Fact]
    public async Task Standard_input_is_empty_by_default()
    {
        (await Shell("cat").ExecuteAsync(limit.Token)).ExitCode.ShouldBe(0);
        output.ToString().ShouldBeEmpty();
    }

    [Fact]
    public async Task I_can_pass_a_text_or_a_file_to_standard_input()
    {
        // Arrange
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, "from a file ✓");

        // Act
        try
        {
            await Shell("cat").WithStandardInputPipe(PipeSource.FromString("from a text ✓; ")).ExecuteAsync(limit.Token);
            await Shell("cat").WithStandardInputPipe(PipeSource.FromFile(file)).ExecuteAsync(limit.Token);
        }
        finally
        {
            File.Delete(file);
        }

        // Assert
        output.ToString().ShouldBe("from a text ✓; from a file ✓");
    }

    [Fact]
    public async Task A_command_need_not_read_its_input()
    {
        // Arrange
        var endless = PipeSource.FromString(new string('x', 10_000_000));

        // Act & Assert
        (await Shell("exit 0").WithStandardInputPipe(endless).ExecuteAsync(limit.Token)).ExitCode.ShouldBe(0);
    }

    [Fact]
    public async Task An_input_file_that_is_not_there_is_an_error()
    {
        // Arrange
        var command = Shell("cat").WithStandardInputPipe(PipeSource.FromFile("/no/such/file"));

        // Act & Assert
        await Should.ThrowAsync<DirectoryNotFoundException>(command.ExecuteAsync(limit.Token).Task);
    }

    [Fact]
    public async Task Large_output_on_both_pipes_and_large_input_do_not_block_each_other()
    {
        // Arrange
        const int Size = 20_000_000;
        var error = new StringBuilder();

        // Act
        await Shell($"head -c {Size} /dev/zero | tr '\\0' e >&2; cat")
            .WithStandardInputPipe(PipeSource.FromString(new string('o', Size)))
            .WithStandardErrorPipe(PipeTarget.ToStringBuilder(error))
            .ExecuteAsync(limit.Token);

        // Assert
        output.Length.ShouldBe(Size);
        error.Length.ShouldBe(Size);
    }

    [Fact]
    public async Task Output_that_nobody_wants_holds_no_command_up()
    {
        // Arrange
        var chatty = Cli.Wrap("/bin/sh").WithArguments(["-c", "head -c 1000000 /dev/zero; exit 3"]);

        // Act & Assert
        (await chatty.WithValidation(CommandResultValidation.None).ExecuteAsync(limit.Token)).ExitCode.ShouldBe(3);
    }

    [Theory]
    [InlineData("printf 'one\\ntwo\\n'", new[] { "one", "two" })]
    [InlineData("printf 'one\\r\\ntwo'", new[] { "one", "two" })]
    [InlineData("printf 'one\\rtwo\\r'", new[] { "one", "two" })]
    [InlineData("printf '\\n\\nthree'", new[] { "", "", "three" })]
    [InlineData("true", new string[0])]
    public async Task I_can_be_handed_each_line(string script, string[] expected)
    {
        // Arrange
        var lines = new List<string>();

        // Act
        await Shell(script).WithStandardOutputPipe(PipeTarget.ToDelegate(lines.Add)).ExecuteAsync(limit.Token);

        // Assert
        lines.ShouldBe(expected);
    }

    [Fact]
    public async Task Lines_come_while_the_command_runs()
    {
        // Arrange
        var lines = Channel.CreateUnbounded<string>();
        var running = Shell("echo ready; cat")
            .WithStandardInputPipe(PipeSource.FromFile("/dev/zero"))
            .WithStandardOutputPipe(PipeTarget.ToDelegate(line => lines.Writer.TryWrite(line)))
            .ExecuteAsync(limit.Token);

        // Act
        var first = await lines.Reader.ReadAsync(limit.Token);

        // Assert
        first.ShouldBe("ready");
        running.Task.IsCompleted.ShouldBeFalse();
        await limit.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(running.Task);
    }

    [Fact]
    public async Task An_exception_of_a_handler_ends_the_run_with_it()
    {
        // Arrange
        var command = Shell("echo one; echo two")
            .WithStandardOutputPipe(PipeTarget.ToDelegate(_ => throw new InvalidDataException("No such line.")));

        // Act & Assert
        await Should.ThrowAsync<InvalidDataException>(command.ExecuteAsync(limit.Token).Task);
    }

    [Fact]
    public async Task Several_targets_get_everything()
    {
        // Arrange
        using var stream = new MemoryStream();
        var lines = new List<string>();
        var target = PipeTarget.Merge(
            PipeTarget.ToStringBuilder(output), PipeTarget.ToStream(stream), PipeTarget.ToDelegate(lines.Add));

        // Act
        await Shell("echo one; echo two").WithStandardOutputPipe(target).ExecuteAsync(limit.Token);

        // Assert
        output.ToString().ShouldBe("one\ntwo\n");
        Encoding.UTF8.GetString(stream.ToArray()).ShouldBe("one\ntwo\n");
        lines.ShouldBe(["one", "two"]);
    }

    private Command Shell(string script) => Cli.Wrap("/bin/sh")
        .WithArguments(["-c", script])
        .WithStandardOutputPipe(PipeTarget.ToStringBuilder(output));
}
