using Nuke.Common;
using Nuke.Common.Execution;

namespace KubeLab.Bundled.Nuke;

public sealed class SkippingTests : IDisposable
{
    private readonly Sandbox sandbox = new();

    public void Dispose() => sandbox.Dispose();

    [Fact]
    public void I_can_skip_all_that_I_did_not_name()
    {
        // Act
        var run = sandbox.Run<Pipeline>("Deploy --skip");

        // Assert
        run.ExitCode.ShouldBe(0);
        run.Ran.ShouldBe(["Deploy"]);
        run.SummaryOf("Compile").ShouldContain("Skipped");
        run.SummaryOf("Compile").ShouldContain("via parameter");
    }

    [Fact]
    public void I_can_skip_a_target_with_what_only_it_needs()
    {
        // Act
        var run = sandbox.Run<Pipeline>("Deploy --skip Compile");

        // Assert
        run.Ran.ShouldBe(["Test", "Deploy"]);
        run.SummaryOf("Fetch").ShouldContain("because of Compile");
    }

    [Theory]
    [InlineData("Deploy --skip compile+te-st")]
    [InlineData("Deploy --skip Compile Test")]
    public void I_can_skip_several_targets(string commandLine)
    {
        sandbox.Run<Pipeline>(commandLine).Ran.ShouldBe(["Deploy"]);
    }

    [Fact]
    public void What_another_target_needs_too_is_not_skipped()
    {
        sandbox.Run<Pipeline>("Deploy Publish --skip Compile").Ran.ShouldBe(["Fetch", "Publish", "Test", "Deploy"], ignoreOrder: true);
    }

    [Fact]
    public void A_condition_that_does_not_hold_skips_its_target_and_what_only_it_needs()
    {
        // Act
        var run = sandbox.Run<Conditions>("Final");

        // Assert
        run.ExitCode.ShouldBe(0);
        run.Ran.ShouldBe(["Final"]);
        run.StatusOf("Static").ShouldBe(ExecutionStatus.Skipped);
        run.StatusOf("Prepare").ShouldBe(ExecutionStatus.Skipped);
        run.SummaryOf("Static").ShouldContain("OnlyWhen: IsWanted");
        run.SummaryOf("Prepare").ShouldContain("because of Static");
    }

    [Fact]
    public void A_condition_also_skips_a_target_that_was_invoked()
    {
        // Act
        var run = sandbox.Run<Conditions>("Static");

        // Assert
        run.ExitCode.ShouldBe(0);
        run.Ran.ShouldBeEmpty();
        run.StatusOf("Static").ShouldBe(ExecutionStatus.Skipped);
    }

    [Fact]
    public void A_dynamic_condition_is_looked_at_just_before_its_target()
    {
        // Act
        var run = sandbox.Run<Conditions>("Consume");

        // Assert
        run.Ran.ShouldBe(["Produce", "Consume"]);
        run.Build.Looks.ShouldBe(["static", "produce", "dynamic"]);
    }

    [Fact]
    public void A_condition_that_throws_ends_the_run()
    {
        // Act
        var run = sandbox.Run<Conditions>("Broken After");

        // Assert
        run.ExitCode.ShouldBe(-1);
        run.Ran.ShouldBeEmpty();
        run.StatusOf("Broken").ShouldBe(ExecutionStatus.NotRun);
        run.StatusOf("After").ShouldBe(ExecutionStatus.NotRun);
        run.Output.ShouldContain("A condition of target Broken has failed");
    }

    private sealed class Pipeline : RecordingBuild
    {
        Target Fetch => _ => _.Executes(Nothing);

        Target Compile => _ => _.DependsOn(Fetch).Executes(Nothing);

        Target Test => _ => _.Executes(Nothing);

        Target Publish => _ => _.DependsOn(Fetch).Executes(Nothing);

        Target Deploy => _ => _.DependsOn(Compile, Test).Executes(Nothing);
    }

    private sealed class Conditions : RecordingBuild
    {
        public List<string> Looks { get; } = [];

        bool IsWanted => false;

        Target Prepare => _ => _.Executes(Nothing);

        Target Static => _ => _.DependsOn(Prepare).OnlyWhenStatic(() => IsWanted).Executes(Nothing);

        Target Final => _ => _.DependsOn(Static).Executes(Nothing);

        Target Produce => _ => _.OnlyWhenStatic(() => Look("static")).Executes(() => Look("produce"));

        Target Consume => _ => _.DependsOn(Produce).OnlyWhenDynamic(() => Look("dynamic")).Executes(Nothing);

        Target Broken => _ => _.OnlyWhenDynamic(() => Throw()).Executes(Nothing);

        Target After => _ => _.After(Broken).Executes(Nothing);

        bool Look(string what)
        {
            Looks.Add(what);
            return true;
        }

        static bool Throw() => throw new InvalidOperationException("It broke.");
    }
}
