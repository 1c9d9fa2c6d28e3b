using Nuke.Common;
using Nuke.Common.Execution;

namespace KubeLab.Bundled.Nuke;

public sealed class RequirementTests : IDisposable
{
    private readonly Sandbox sandbox = new();

    public void Dispose() => sandbox.Dispose();

    [Fact]
    public void What_does_not_hold_ends_the_run_before_any_target_and_is_named()
    {
        // Act
        var run = sandbox.Run<Demanding>("Late");

        // Assert
        run.ExitCode.ShouldBe(-1);
        run.Ran.ShouldBeEmpty();
        run.StatusOf("Early").ShouldBe(ExecutionStatus.NotRun);
        run.Output.ShouldContain("Late requires (Nodes > 0).");
    }

    [Fact]
    public void What_holds_lets_the_target_run()
    {
        sandbox.Run<Demanding>("Late --nodes 3").Ran.ShouldBe(["Early", "Late"]);
    }

    [Fact]
    public void A_target_that_is_left_out_requires_nothing()
    {
        sandbox.Run<Demanding>("After --skip Late").ExitCode.ShouldBe(0);
    }

    private sealed class Demanding : RecordingBuild
    {
        [Parameter] readonly int Nodes;

        Target Early => _ => _.Executes(Nothing);

        Target Late => _ => _.DependsOn(Early).Requires(() => Nodes > 0).Executes(Nothing);

        Target After => _ => _.DependsOn(Late).Executes(Nothing);
    }
}
