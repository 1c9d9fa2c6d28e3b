using Nuke.Common;
using Nuke.Common.Execution;

namespace KubeLab.Bundled.Nuke;

public sealed class ContinueTests : IDisposable
{
    private readonly Sandbox sandbox = new();

    public void Dispose() => sandbox.Dispose();

    [Fact]
    public void I_can_go_on_at_the_target_that_failed()
    {
        // Arrange
        sandbox.Run<Steps>("Third --fail").Ran.ShouldBe(["First", "Second"]);

        // Act
        var run = sandbox.Run<Steps>("Third --continue");

        // Assert
        run.ExitCode.ShouldBe(0);
        run.Ran.ShouldBe(["Second", "Third"]);
        run.StatusOf("First").ShouldBe(ExecutionStatus.Skipped);
    }

    [Fact]
    public void I_can_go_on_again_and_again()
    {
        // Arrange
        sandbox.Run<Steps>("Third --fail");
        sandbox.Run<Steps>("Third --fail --continue").Ran.ShouldBe(["Second"]);

        // Act & Assert
        sandbox.Run<Steps>("Third --continue").Ran.ShouldBe(["Second", "Third"]);
    }

    [Fact]
    public void All_targets_run_without_asking_to_go_on()
    {
        // Arrange
        sandbox.Run<Steps>("Third --fail");

        // Act & Assert
        sandbox.Run<Steps>("Third").Ran.ShouldBe(["First", "Second", "Third"]);
    }

    [Fact]
    public void All_targets_run_after_another_run_and_a_warning_says_so()
    {
        // Arrange
        sandbox.Run<Steps>("Third --fail");
        sandbox.Run<Steps>("First");

        // Act
        var run = sandbox.Run<Steps>("Third --continue");

        // Assert
        run.Ran.ShouldBe(["First", "Second", "Third"]);
        run.Output.ShouldContain("[WRN] The last run was another one");
    }

    [Fact]
    public void All_targets_run_if_there_was_no_run_before()
    {
        sandbox.Run<Steps>("Third --continue").Ran.ShouldBe(["First", "Second", "Third"]);
    }

    private sealed class Steps : RecordingBuild
    {
        [Parameter] readonly bool Fail;

        Target First => _ => _.Executes(Nothing);

        Target Second => _ => _.DependsOn(First).Executes(() =>
        {
            if (Fail)
                Break();
        });

        Target Third => _ => _.DependsOn(Second).Executes(Nothing);
    }
}
