using System.Text;
using System.Threading.Channels;
using CliWrap;

namespace KubeLab.Bundled.Nuke;

/// <summary>The build in KubeLab.Bundled.Tests.Dummy, as a process.</summary>
public sealed class ProcessTests : IDisposable
{
    private readonly Sandbox sandbox = new();
    private readonly CancellationTokenSource limit = new(TimeSpan.FromSeconds(60));
    private readonly StringBuilder output = new();
    private readonly Channel<string> lines = Channel.CreateUnbounded<string>();

    public void Dispose()
    {
        limit.Dispose();
        sandbox.Dispose();
    }

    [Theory]
    [InlineData("Succeed", 0)]
    [InlineData("Fail", 255)]
    [InlineData("Nonsense", 255)]
    public async Task The_exit_code_says_how_it_ended(string argument, int expected)
    {
        (await Start(argument)).ExitCode.ShouldBe(expected);
    }

    [Fact]
    public async Task Nothing_is_coloured_where_there_is_no_terminal()
    {
        // Act
        await Start("Fail");

        // Assert
        output.ToString().ShouldContain("[ERR]");
        output.ToString().ShouldNotContain('\e');
    }

    [Fact]
    public async Task Ctrl_C_that_the_build_takes_over_begins_no_other_target_and_is_summed_up_once()
    {
        // Arrange
        var running = Start("Wait", "Next");
        while (!(await lines.Reader.ReadAsync(limit.Token)).EndsWith("Waiting", StringComparison.Ordinal))
        {
            // What it says before that.
        }

        // Act
        await Cli.Wrap("/bin/sh").WithArguments(["-c", $"kill -INT {running.ProcessId}"]).ExecuteAsync(limit.Token);

        // Assert
        (await running).ExitCode.ShouldBe(130);
        var said = output.ToString();
        said.ShouldNotContain("[ERR]");
        said.Split("Duration").Length.ShouldBe(2, "There is one summary.");
        StatusOf("Wait").ShouldBe("Aborted");
        StatusOf("Next").ShouldBe("NotRun");
        said.Split("Duration")[1].ShouldNotContain("Waited no longer", Case.Sensitive, "What was taken over comes before the summary.");
    }

    // With the signals as in a terminal, also where the tests are started in a way that has them ignored.
    private CommandTask<CommandResult> Start(params string[] arguments) => Cli.Wrap("env")
        .WithArguments(["--default-signal=INT", "dotnet", Path.Combine(AppContext.BaseDirectory, "KubeLab.Bundled.Tests.Dummy.dll"), .. arguments])
        .WithWorkingDirectory(sandbox.Directory)
        .WithEnvironmentVariables(new Dictionary<string, string?> { ["GITHUB_ACTIONS"] = null })
        .WithValidation(CommandResultValidation.None)
        .WithStandardOutputPipe(PipeTarget.Merge(
            PipeTarget.ToStringBuilder(output), PipeTarget.ToDelegate(line => lines.Writer.TryWrite(line))))
        .ExecuteAsync(limit.Token);

    private string StatusOf(string target) => output.ToString()
        .Split("Duration")[^1].Split('\n')
        .Single(line => line.StartsWith($"{target} ", StringComparison.Ordinal))
        .Split(' ', StringSplitOptions.RemoveEmptyEntries)[1];
}
