using Nuke.Common;
using Nuke.Common.Execution;

namespace KubeLab.Bundled.Nuke;

public sealed class GraphTests : IDisposable
{
    private readonly Sandbox sandbox = new();

    public void Dispose() => sandbox.Dispose();

    [Fact]
    public void I_can_run_a_target_with_all_that_it_depends_on()
    {
        // Act
        var run = sandbox.Run<Chain>("Third");

        // Assert
        run.ExitCode.ShouldBe(0);
        run.Ran.ShouldBe(["First", "Second", "Third"]);
    }

    [Fact]
    public void I_can_run_the_default_target_by_naming_none()
    {
        sandbox.Run<Chain>("", x => x.Second).Ran.ShouldBe(["First", "Second"]);
    }

    [Theory]
    [InlineData("second")]
    [InlineData("SECOND")]
    [InlineData("--target Second")]
    [InlineData("--Target sec-ond")]
    public void I_can_name_a_target_in_any_case_and_with_dashes(string commandLine)
    {
        sandbox.Run<Chain>(commandLine).Ran.ShouldBe(["First", "Second"]);
    }

    [Theory]
    [InlineData("Alone Second")]
    [InlineData("Second+Alone")]
    [InlineData("--target Second+Alone")]
    [InlineData("--target Alone Second")]
    public void I_can_run_several_targets(string commandLine)
    {
        sandbox.Run<Chain>(commandLine).Ran.Order(StringComparer.Ordinal).ShouldBe(["Alone", "First", "Second"]);
    }

    [Fact]
    public void I_can_name_targets_in_the_environment()
    {
        // Arrange
        sandbox.Variables["NUKE_TARGET"] = "Second";

        // Act & Assert
        sandbox.Run<Chain>("").Ran.ShouldBe(["First", "Second"]);
    }

    [Fact]
    public void A_target_that_does_nothing_pulls_in_others_and_is_not_listed_in_the_summary()
    {
        // Act
        var run = sandbox.Run<Chain>("Everything");

        // Assert
        run.ExitCode.ShouldBe(0);
        run.Ran.Order(StringComparer.Ordinal).ShouldBe(["Alone", "First", "Second"]);
        run.StatusOf("Everything").ShouldBe(ExecutionStatus.Collective);
        run.Output.ShouldNotContain("Everything ");
    }

    [Fact]
    public void Before_and_After_order_targets_that_run_anyway()
    {
        sandbox.Run<Edges>("Late+Middle+Early").Ran.ShouldBe(["Early", "Middle", "Late"]);
    }

    [Fact]
    public void Before_and_After_pull_nothing_in()
    {
        sandbox.Run<Edges>("Middle").Ran.ShouldBe(["Middle"]);
    }

    [Fact]
    public void The_order_also_holds_across_a_target_that_does_not_run()
    {
        sandbox.Run<Edges>("Late+Early").Ran.ShouldBe(["Early", "Late"]);
    }

    [Theory]
    [InlineData("Trigger", new[] { "Trigger", "Triggered", "Echo" })]
    [InlineData("Triggered", new[] { "Triggered", "Echo" })]
    [InlineData("Echo", new[] { "Echo" })]
    public void A_target_runs_those_that_it_triggers_after_itself(string target, string[] expected)
    {
        sandbox.Run<Edges>(target).Ran.ShouldBe(expected);
    }

    [Fact]
    public void A_triggered_target_brings_its_own_dependencies()
    {
        sandbox.Run<Edges>("Caller").Ran.ShouldBe(["Caller", "Helper", "Called"], ignoreOrder: true);
        sandbox.Run<Edges>("Caller").Ran[^1].ShouldBe("Called");
    }

    [Fact]
    public void A_circle_is_an_error_that_names_it_whatever_target_is_run()
    {
        // Act
        var run = sandbox.Run<Circle>("Outside");

        // Assert
        run.ExitCode.ShouldBe(-1);
        run.Ran.ShouldBeEmpty();
        run.Output.ShouldContain("One -> Two -> Three -> One");
        run.Output.ShouldNotContain("Outside");
    }

    [Fact]
    public void A_target_that_depends_on_itself_is_a_circle()
    {
        sandbox.Run<SelfCentred>("Me").Output.ShouldContain("Me -> Me");
    }

    [Fact]
    public void An_unknown_target_is_an_error_that_names_those_there_are()
    {
        // Act
        var run = sandbox.Run<Chain>("Secnod");

        // Assert
        run.ExitCode.ShouldBe(-1);
        run.Ran.ShouldBeEmpty();
        run.Output.ShouldContain("There is no target Secnod. Targets: Alone, Everything, First, Second, Third");
    }

    [Fact]
    public void A_build_can_ask_which_targets_were_invoked()
    {
        // Act
        var build = sandbox.Run<Chain>("Second").Build;

        // Assert
        build.InvokedTargets.Select(target => target.Name).ShouldBe(["Second"]);
        build.ExecutionPlan.Select(target => target.Name).ShouldBe(["First", "Second"]);
    }

    private sealed class Chain : RecordingBuild
    {
        public Target Everything => _ => _
            .DependsOn(Second, Alone);

        public Target Third => _ => _
            .DependsOn(Second)
            .Executes(Nothing);

        public Target Second => _ => _
            .DependsOn(First)
            .Executes(Nothing);

        public Target First => _ => _
            .Executes(Nothing);

        public Target Alone => _ => _
            .Executes(Nothing);
    }

    private sealed class Edges : RecordingBuild
    {
        Target Late => _ => _.After(Middle).Executes(Nothing);

        Target Middle => _ => _.Executes(Nothing);

        Target Early => _ => _.Before(Middle).Executes(Nothing);

        Target Echo => _ => _.Executes(Nothing);

        Target Triggered => _ => _.Triggers(Echo).Executes(Nothing);

        Target Trigger => _ => _.Triggers(Triggered).Executes(Nothing);

        Target Caller => _ => _.Triggers(Called).Executes(Nothing);

        Target Called => _ => _.DependsOn(Helper).Executes(Nothing);

        Target Helper => _ => _.Executes(Nothing);
    }

    private sealed class Circle : RecordingBuild
    {
        Target Outside => _ => _.Executes(Nothing);

        Target One => _ => _.DependsOn(Two).Triggers(Three).Executes(Nothing);

        Target Two => _ => _.After(Three).Executes(Nothing);

        Target Three => _ => _.Executes(Nothing);
    }

    private sealed class SelfCentred : RecordingBuild
    {
        Target Me => _ => _.DependsOn(Me).Executes(Nothing);
    }
}
