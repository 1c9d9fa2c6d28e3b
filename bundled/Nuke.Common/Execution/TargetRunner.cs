using Nuke.Common.Output;
using Serilog;

namespace Nuke.Common.Execution;

/// <summary>Runs the targets of a plan, one after the other.</summary>
internal sealed class TargetRunner(NukeBuild build, Invocation invocation, LogSink log)
{
    private readonly Lock claiming = new();
    private BuildAttempt? attempt;

    /// <summary>Whether it was interrupted.</summary>
    public bool IsInterrupted { get; private set; }

    /// <summary>Leaves out targets by wish: those named, or all that were not invoked.</summary>
    public void Skip(IReadOnlyList<string> names)
    {
        foreach (var target in build.ExecutionPlan)
        {
            var isMeant = names.Count == 0 || names.Any(name => Names.Same(name, target.Name));
            if (isMeant && target.Status == ExecutionStatus.Scheduled)
                LeaveOut(target, "via parameter");
        }
    }

    /// <summary>Leaves out the targets whose static conditions don't hold.</summary>
    /// <returns>Whether all of them could be looked at.</returns>
    public bool CheckStaticConditions() =>
        build.ExecutionPlan.All(target => Check(target, target.Definition.StaticConditions));

    /// <summary>Runs what is scheduled, up to the first failure.</summary>
    /// <returns>Whether all of it has succeeded.</returns>
    public bool Run()
    {
        attempt = BuildAttempt.Begin(invocation, build.Continue);
        foreach (var target in build.ExecutionPlan)
            target.IsRuledOut |= attempt.Done.Contains(target.Name);
        return build.ExecutionPlan.All(Run);
    }

    /// <summary>Lets no target begin any more.</summary>
    public void Interrupt()
    {
        lock (claiming)
            IsInterrupted = true;
    }

    /// <summary>Runs a target, if it is its turn.</summary>
    /// <returns>Whether the run goes on.</returns>
    private bool Run(ExecutableTarget target)
    {
        var isOpen = target.Status == ExecutionStatus.Scheduled && !target.IsRuledOut;
        if (isOpen && !Check(target, target.Definition.DynamicConditions))
            return false;

        // Ctrl+C comes on a thread of its own: no target may begin after it.
        lock (claiming)
        {
            if (IsInterrupted)
                return false;
            if (target.Status == ExecutionStatus.Scheduled)
                target.Status = StatusAtItsTurn(target);
            else if (target.Status != ExecutionStatus.Skipped)
                return true;
        }

        return target.Status != ExecutionStatus.Running || Execute(target);
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
            // What this throws ends the run as it would in NUKE: the target is aborted, and only the build can say why.
            build.OnTargetRunning(target.Name);
            return Act(target);
        }
        finally
        {
            target.Stopwatch.Stop();
            invocation.Host.EndBlock(invocation.Output, target.Name);
            log.Target = null;
        }
    }

    private bool Act(ExecutableTarget target)
    {
        try
        {
            target.Definition.Actions.ForEach(action => action());
            target.Status = ExecutionStatus.Succeeded;
            build.OnTargetSucceeded(target.Name);
            attempt!.Add(target);
            return true;
        }
        catch (OperationCanceledException) when (IsInterrupted)
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
            if (target.Status == ExecutionStatus.Scheduled)
                LeaveOut(target, why: null);
            return true;
        }
        catch (Exception exception)
        {
            Log.Error(exception, "A condition of target {Target} has failed", target.Name);
            return false;
        }
    }

    // Leaves out a target, and with it whatever then runs for nobody any more.
    private void LeaveOut(ExecutableTarget target, string? why)
    {
        var leaving = new Stack<(ExecutableTarget Target, string? Why)>([(target, why)]);
        while (leaving.TryPop(out var next))
        {
            // A target that was asked for by name keeps its place until its turn comes.
            if (!next.Target.Invoked)
                next.Target.Skip(next.Why);
            foreach (var orphan in OrphansOf(next.Target))
                leaving.Push((orphan, $"because of {next.Target.Name}"));
        }
    }

    private List<ExecutableTarget> OrphansOf(ExecutableTarget target)
    {
        var wanted = build.ExecutionPlan
            .Where(other => other != target && other.Status == ExecutionStatus.Scheduled)
            .SelectMany(other => other.PulledIn)
            .ToHashSet();
        return [.. target.PulledIn.Where(other => other.Status == ExecutionStatus.Scheduled && !wanted.Contains(other))];
    }

    private static void Fail(ExecutableTarget target, Exception exception)
    {
        target.Status = ExecutionStatus.Failed;
        if (target.SummaryInformation.Count == 0)
            target.SummaryInformation.Add(exception.GetType().Name, exception.Message.ReplaceLineEndings("\n").Split('\n')[0]);
        Log.Error(exception, "Target {Target} has failed", target.Name);
    }
}
