using Nuke.Common;
using Nuke.Common.Execution;

namespace KubeLab.Bundled.Nuke;

public sealed class FailureTests : IDisposable
{
    private readonly Sandbox sandbox = new();

    public void Dispose() => sandbox.Dispose();

    [Fact]
    public void After_a_failure_nothing_else_runs()
    {
        // Act
        var run = sandbox.Run<Fragile>("Failing Dependent Unrelated");

        // Assert
        run.ExitCode.ShouldBe(-1);
        run.Ran.ShouldBe(["Failing"]);
        run.StatusOf("Failing").ShouldBe(ExecutionStatus.Failed);
        run.StatusOf("Dependent").ShouldBe(ExecutionStatus.NotRun);
        run.StatusOf("Unrelated").ShouldBe(ExecutionStatus.NotRun);
        run.Build.IsSucceeding.ShouldBeFalse();
        run.Output.ShouldContain("Build failed on ");
    }

    [Fact]
    public void A_target_that_cannot_begin_is_aborted_and_ends_the_run_as_in_NUKE()
    {
        // Act
        var run = sandbox.Run<Fragile>("Unbegun Unrelated");

        // Assert
        run.ExitCode.ShouldBe(-1);
        run.StatusOf("Unbegun").ShouldBe(ExecutionStatus.Aborted);
        run.StatusOf("Unrelated").ShouldBe(ExecutionStatus.NotRun);
        run.Output.ShouldContain("Not now.");
        run.Output.ShouldNotContain("[ERR]");
        run.Build.Ends.ShouldBe(["finished"]);
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

        Target Unbegun => _ => _.Before(Unrelated).Executes(Nothing);

        Target Telling => _ => _.Executes(() =>
        {
            var summary = ExecutionPlan.Single(target => target.Status == ExecutionStatus.Running).SummaryInformation;
            summary["Nodes"] = "3";
            summary["Failed"] = "k8s-n1";
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

        protected internal override void OnTargetRunning(string target)
        {
            if (target == nameof(Unbegun))
                throw new InvalidOperationException("Not now.");
            base.OnTargetRunning(target);
        }

        protected internal override void OnTargetSucceeded(string target) => Ends.Add($"{target} succeeded");

        protected internal override void OnTargetFailed(string target) => Ends.Add($"{target} failed");

        protected internal override void OnBuildFinished() => Ends.Add("finished");
    }
}
