using Nuke.Common.Output;
using Nuke.Common.Utilities.Collections;
using Serilog;

namespace Nuke.Common.Execution;

/// <summary>Runs the targets of a plan, one after the other.</summary>
internal sealed class TargetRunner(NukeBuild build, Invocation invocation, LogSink log)
{
    private readonly Lock claiming = new();
    private BuildAttempt? attempt;
    private bool interrupted;

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
    /// <returns>Whether the run can go on.</returns>
    public bool CheckStaticConditions() =>
        build.ExecutionPlan.All(target => Check(target, target.Definition.StaticConditions));

    /// <summary>Runs what is scheduled; after a failure only what is assured.</summary>
    public void Run()
    {
        attempt = BuildAttempt.Begin(invocation, build.Continue);
        foreach (var target in build.ExecutionPlan)
        {
            if (Run(target, onlyIfUninterrupted: true))
                continue;
            RunAssured();
            return;
        }
    }

    /// <summary>Lets no other target begin, and runs what is assured.</summary>
    public void Interrupt()
    {
        lock (claiming)
            interrupted = true;
        RunAssured();
    }

    private void RunAssured()
    {
        foreach (var target in build.ExecutionPlan.Where(target => target.Definition.IsAssuredAfterFailure))
            Run(target, onlyIfUninterrupted: false);
    }

    private bool Run(ExecutableTarget target, bool onlyIfUninterrupted)
    {
        if (target.Status == ExecutionStatus.Scheduled && !Check(target, target.Definition.DynamicConditions))
            return false;
        lock (claiming)
        {
            if (onlyIfUninterrupted && interrupted)
                return false;
            if (target.Status == ExecutionStatus.Scheduled)
                target.Status = Claim(target);
        }

        if (target.Status == ExecutionStatus.Skipped)
            build.OnTargetSkipped(target.Name);
        return target.Status != ExecutionStatus.Running || Execute(target) || target.Definition.IsProceedingAfterFailure;
    }

    private ExecutionStatus Claim(ExecutableTarget target)
    {
        if (attempt!.Done.Contains(target.Name) || target.SummaryInformation.ContainsKey("OnlyWhen"))
            return ExecutionStatus.Skipped;
        return target.Definition.Actions.Count == 0 ? ExecutionStatus.Collective : ExecutionStatus.Running;
    }

    private bool Execute(ExecutableTarget target)
    {
        log.Target = target;
        invocation.Host.BeginTarget(invocation.Output, target.Name);
        target.Stopwatch.Start();
        try
        {
            build.OnTargetRunning(target.Name);
            target.Definition.Actions.ForEach(action => action());
            target.Status = ExecutionStatus.Succeeded;
            build.OnTargetSucceeded(target.Name);
            attempt!.Add(target);
            return true;
        }
        catch (Exception exception)
        {
            Fail(target, exception, $"Target {target.Name} has failed");
            build.OnTargetFailed(target.Name);
            return false;
        }
        finally
        {
            target.Stopwatch.Stop();
            invocation.Host.EndTarget(invocation.Output, target.Name);
            log.Target = null;
        }
    }

    // An invoked target stays scheduled for now, so that a static condition does not outrun the order of the targets.
    private bool Check(ExecutableTarget target, List<(Func<bool> Holds, string Text)> conditions)
    {
        try
        {
            var violated = conditions.Where(condition => !condition.Holds()).Select(condition => condition.Text).ToList();
            if (violated.Count > 0)
            {
                target.SummaryInformation["OnlyWhen"] = string.Join(" && ", violated);
                MarkSkipped(target, reason: null);
            }

            return true;
        }
        catch (Exception exception)
        {
            Fail(target, exception, $"A condition of target {target.Name} has failed");
            return false;
        }
    }

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
        foreach (var pulledIn in PulledInBy(target).Where(candidate => !IsPulledInByAnother(candidate, target)))
            MarkSkipped(pulledIn, $"because of {target.Name}");
    }

    private bool IsPulledInByAnother(ExecutableTarget candidate, ExecutableTarget target) =>
        build.ExecutionPlan.Any(other =>
            other != target && other.Status == ExecutionStatus.Scheduled && PulledInBy(other).Contains(candidate));

    private static IEnumerable<ExecutableTarget> PulledInBy(ExecutableTarget target) =>
        target.ExecutionDependencies.Concat(target.Triggers);

    private static void Fail(ExecutableTarget target, Exception exception, string message)
    {
        target.Status = ExecutionStatus.Failed;
        if (target.SummaryInformation.Count == 0)
            target.SummaryInformation = new Dictionary<string, string>().AddPair(exception.GetType().Name, exception.Message.Split('\n')[0].TrimEnd('\r'));
        Log.Error(exception, "{Problem}", message);
    }
}
