using Nuke.Common.Execution;

namespace Nuke.Common.Output;

/// <summary>What <c>--plan</c> shows: the targets in the order in which they would run, each with its reason.</summary>
internal static class PlanText
{
    public static void Write(BuildOutput output, IReadOnlyCollection<ExecutableTarget> plan)
    {
        output.WriteLine("Plan:", Tone.Heading);
        var width = plan.Max(target => target.Name.Length);
        var number = 0;
        foreach (var target in plan)
            output.WriteLine($"{++number,4}. {target.Name.PadRight(width)}  {Reason(target, plan)}");
    }

    private static string Reason(ExecutableTarget target, IReadOnlyCollection<ExecutableTarget> plan)
    {
        if (target.Invoked)
            return "invoked";
        var dependents = plan.Where(other => other.ExecutionDependencies.Contains(target)).Select(other => other.Name).ToList();
        if (dependents.Count > 0)
            return $"needed by {string.Join(", ", dependents)}";
        var triggering = plan.Where(other => other.Triggers.Contains(target)).Select(other => other.Name).ToList();
        return triggering.Count > 0 ? $"triggered by {string.Join(", ", triggering)}" : "default";
    }
}
