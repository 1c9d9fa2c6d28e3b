using Nuke.Common;
using Nuke.Common.Execution;
using Nuke.Common.Utilities.Collections;

namespace KubeLab.Bundled.Nuke;

public sealed class FailureTests : IDisposable
{
    private readonly Sandbox sandbox = new();

    public void Dispose() => sandbox.Dispose();

    [Fact]
    public void After_a_failure_only_what_is_assured_runs()
    {
        // Act
        var run = sandbox.Run<Fragile>("Failing Dependent Unrelated CleanUp");

        // Assert
        run.ExitCode.ShouldBe(-1);
        run.Ran.ShouldBe(["Failing", "CleanUp"]);
        run.StatusOf("Failing").ShouldBe(ExecutionStatus.Failed);
        run.StatusOf("Dependent").ShouldBe(ExecutionStatus.NotRun);
        run.StatusOf("Unrelated").ShouldBe(ExecutionStatus.NotRun);
        run.StatusOf("CleanUp").ShouldBe(ExecutionStatus.Succeeded);
        run.Build.IsSucceeding.ShouldBeFalse();
        run.Output.ShouldContain("Build failed on ");
    }

    [Fact]
    public void What_is_assured_still_has_to_be_part_of_the_run()
    {
        sandbox.Run<Fragile>("Failing").Ran.ShouldBe(["Failing"]);
    }

    [Fact]
    public void What_is_assured_runs_once_and_in_its_place_when_nothing_fails()
    {
        // Act
        var run = sandbox.Run<Fragile>("Unrelated CleanUp");

        // Assert
        run.ExitCode.ShouldBe(0);
        run.Ran.ShouldBe(["Unrelated", "CleanUp"]);
        run.Output.ShouldContain("Build succeeded on ");
    }

    [Fact]
    public void A_failing_assured_target_does_not_keep_the_others_from_running()
    {
        sandbox.Run<Fragile>("Failing FailingCleanUp CleanUp").Ran.ShouldBe(["Failing", "FailingCleanUp", "CleanUp"], ignoreOrder: true);
    }

    [Fact]
    public void A_run_can_go_on_after_a_failure_and_has_failed_all_the_same()
    {
        // Act
        var run = sandbox.Run<Fragile>("Optional AfterOptional");

        // Assert
        run.ExitCode.ShouldBe(-1);
        run.Ran.ShouldBe(["Optional", "AfterOptional"]);
        run.StatusOf("AfterOptional").ShouldBe(ExecutionStatus.Succeeded);
    }

    [Fact]
    public void The_summary_names_the_exception_by_its_first_line()
    {
        // Act
        var run = sandbox.Run<Fragile>("Failing");

        // Assert
        run.SummaryOf("Failing").ShouldEndWith("// InvalidOperationException: It broke.");
        run.Output.ShouldContain("[ERR] Failing: Target Failing has failed");
    }

    [Fact]
    public void What_a_target_reports_before_it_fails_is_kept_in_the_summary()
    {
        sandbox.Run<Fragile>("Telling").SummaryOf("Telling").ShouldEndWith("// Nodes: 3, Failed: k8s-n1");
    }

    [Theory]
    [InlineData("Asynchronous")]
    [InlineData("AfterAwait")]
    public void An_asynchronous_target_fails_with_its_own_exception(string target)
    {
        // Act
        var run = sandbox.Run<Fragile>(target);

        // Assert
        run.ExitCode.ShouldBe(-1);
        run.SummaryOf(target).ShouldEndWith("// TimeoutException: Too late.");
    }

    [Theory]
    [InlineData("Smoke", 3)]
    [InlineData("Smoke Failing", 3)]
    [InlineData("Failing Smoke", 3)]
    [InlineData("Unrelated", 0)]
    public void A_build_can_choose_its_exit_code(string commandLine, int expected)
    {
        sandbox.Run<Fragile>(commandLine).ExitCode.ShouldBe(expected);
    }

    [Fact]
    public void A_build_is_told_how_its_targets_ended()
    {
        sandbox.Run<Fragile>("Unrelated Failing").Build.Ends.ShouldBe(["Failing failed", "finished"]);
        sandbox.Run<Fragile>("Unrelated").Build.Ends.ShouldBe(["Unrelated succeeded", "finished"]);
    }

    [Fact]
    public void All_actions_of_a_target_run_in_order_until_one_fails()
    {
        sandbox.Run<Fragile>("Several").Build.Steps.ShouldBe(["one", "two"]);
    }

    private sealed class Fragile : RecordingBuild
    {
        public List<string> Ends { get; } = [];

        public List<string> Steps { get; } = [];

        Target Failing => _ => _.Before(Unrelated, Dependent).Executes(Break);

        Target Dependent => _ => _.DependsOn(Failing).Executes(Nothing);

        Target Unrelated => _ => _.Executes(Nothing);

        Target CleanUp => _ => _.After(Failing, Unrelated, Dependent).AssuredAfterFailure().Executes(Nothing);

        Target FailingCleanUp => _ => _.After(Failing).AssuredAfterFailure().Executes(Break);

        Target Optional => _ => _.ProceedAfterFailure().Executes(Break);

        Target AfterOptional => _ => _.DependsOn(Optional).Executes(Nothing);

        Target Telling => _ => _.Executes(() =>
        {
            ReportSummary(summary => summary.AddPair("Nodes", 3).AddPair("Failed", "k8s-n1"));
            Break();
        });

        Target Asynchronous => _ => _.Executes(() => Task.FromException(new TimeoutException("Too late.")));

        Target AfterAwait => _ => _.Executes(async () =>
        {
            await Task.Yield();
            throw new TimeoutException("Too late.");
        });

        Target Smoke => _ => _.Before(Failing).Executes(() => { ExitCode = 3; });

        Target Several => _ => _.Executes(() => Steps.Add("one"), () => Steps.Add("two"), Break, () => Steps.Add("four"));

        protected internal override void OnTargetSucceeded(string target) => Ends.Add($"{target} succeeded");

        protected internal override void OnTargetFailed(string target) => Ends.Add($"{target} failed");

        protected internal override void OnBuildFinished() => Ends.Add("finished");
    }
}
