using Nuke.Common.Output;
using Serilog;

namespace Nuke.Common.Execution;

/// <summary>Runs the targets of a plan, one after the other.</summary>
internal sealed class TargetRunner(NukeBuild build, Invocation invocation, LogSink log)
{
    private readonly Lock claiming = new();
    private BuildAttempt? attempt;
    private bool isInterrupted;

    /// <summary>Leaves out targets by wish: those named, or all that were not invoked.</summary>
    public void Skip(IReadOnlyList<string> names)
    {
        foreach (var target in build.ExecutionPlan)
        {
            if (names.Count == 0 || names.Any(name => Names.Same(name, target.Name)))
                MarkSkipped(target, "via parameter");
        }
    }

    /// <summary>Leaves out the targets whose static conditions don't hold.</summary>
    /// <returns>Whether all of them could be looked at.</returns>
    public bool CheckStaticConditions() =>
        build.ExecutionPlan.All(target => Check(target, target.Definition.StaticConditions));

    /// <summary>Runs what is scheduled; after a failure only what is assured.</summary>
    public void Run()
    {
        attempt = BuildAttempt.Begin(invocation, build.Continue);
        foreach (var target in build.ExecutionPlan)
            target.IsRuledOut |= attempt.Done.Contains(target.Name);
        if (!build.ExecutionPlan.All(target => Run(target, isAssured: false)))
            RunAssured();
    }

    /// <summary>Lets no target begin any more but the assured ones.</summary>
    public void Interrupt()
    {
        lock (claiming)
            isInterrupted = true;
    }

    /// <summary>Runs those assured targets that have not run yet.</summary>
    public void RunAssured()
    {
        foreach (var target in build.ExecutionPlan.Where(target => target.Definition.IsAssuredAfterFailure))
            Run(target, isAssured: true);
    }

    /// <summary>Runs a target, if it is its turn.</summary>
    /// <returns>Whether the run goes on.</returns>
    private bool Run(ExecutableTarget target, bool isAssured)
    {
        var isOpen = target.Status == ExecutionStatus.Scheduled && !target.IsRuledOut;
        if (isOpen && !Check(target, target.Definition.DynamicConditions))
            return false;

        // Ctrl+C comes on a thread of its own: no target may begin on both.
        lock (claiming)
        {
            if (isInterrupted && !isAssured)
                return false;
            if (target.Status == ExecutionStatus.Scheduled)
                target.Status = StatusAtItsTurn(target);
            else if (target.Status != ExecutionStatus.Skipped)
                return true;
        }

        if (target.Status == ExecutionStatus.Skipped)
            build.OnTargetSkipped(target.Name);
        return target.Status != ExecutionStatus.Running || Execute(target) || target.Definition.IsProceedingAfterFailure;
    }

    private static ExecutionStatus StatusAtItsTurn(ExecutableTarget target)
    {
        if (target.IsRuledOut)
            return ExecutionStatus.Skipped;
        return target.Definition.Actions.Count == 0 ? ExecutionStatus.Collective : ExecutionStatus.Running;
    }

    private bool Execute(ExecutableTarget target)
    {
        log.Target = target;
        invocation.Host.BeginBlock(invocation.Output, target.Name);
        target.Stopwatch.Start();
        try
        {
            build.OnTargetRunning(target.Name);
            foreach (var action in target.Definition.Actions)
                action();
            target.Status = ExecutionStatus.Succeeded;
            build.OnTargetSucceeded(target.Name);
            attempt!.Add(target);
            return true;
        }
        catch (OperationCanceledException) when (isInterrupted)
        {
            target.Status = ExecutionStatus.Aborted;
            return false;
        }
        catch (Exception exception)
        {
            Fail(target, exception);
            build.OnTargetFailed(target.Name);
            return false;
        }
        finally
        {
            target.Stopwatch.Stop();
            invocation.Host.EndBlock(invocation.Output, target.Name);
            log.Target = null;
        }
    }

    private bool Check(ExecutableTarget target, List<(Func<bool> Holds, string Text)> conditions)
    {
        try
        {
            var violated = conditions.Where(condition => !condition.Holds()).Select(condition => condition.Text).ToList();
            if (violated.Count == 0)
                return true;
            target.IsRuledOut = true;
            target.SummaryInformation["OnlyWhen"] = string.Join(" && ", violated);
            MarkSkipped(target, reason: null);
            return true;
        }
        catch (Exception exception)
        {
            Log.Error(exception, "A condition of target {Target} has failed", target.Name);
            return false;
        }
    }

    // An invoked target keeps its place until its turn comes; what only it needs is left out at once.
    private void MarkSkipped(ExecutableTarget target, string? reason)
    {
        if (target.Status != ExecutionStatus.Scheduled)
            return;
        if (!target.Invoked)
        {
            target.Status = ExecutionStatus.Skipped;
            if (reason is not null)
                target.SummaryInformation.TryAdd("Skipped", reason);
        }

        if (target.Definition.WhenSkipped == DependencyBehavior.Execute)
            return;
        foreach (var other in PulledInBy(target).Where(other => !IsPulledInByAnother(other, target)))
            MarkSkipped(other, $"because of {target.Name}");
    }

    private bool IsPulledInByAnother(ExecutableTarget candidate, ExecutableTarget target) =>
        build.ExecutionPlan.Any(other =>
            other != target && other.Status == ExecutionStatus.Scheduled && PulledInBy(other).Contains(candidate));

    private static IEnumerable<ExecutableTarget> PulledInBy(ExecutableTarget target) =>
        target.ExecutionDependencies.Concat(target.Triggers);

    private static void Fail(ExecutableTarget target, Exception exception)
    {
        target.Status = ExecutionStatus.Failed;
        if (target.SummaryInformation.Count == 0)
            target.SummaryInformation.Add(exception.GetType().Name, exception.Message.ReplaceLineEndings("\n").Split('\n')[0]);
        Log.Error(exception, "Target {Target} has failed", target.Name);
    }
}
