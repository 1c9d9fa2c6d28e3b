using Nuke.Common.Execution;

namespace Nuke.Common;

/// <summary>Questions about the targets of a run.</summary>
public static class ExecutableTargetExtensions
{
    /// <summary>Whether a target is among them: <c>InvokedTargets.Contains(Deploy)</c>.</summary>
    public static bool Contains(this IEnumerable<ExecutableTarget> targets, Target target) =>
        targets.Any(candidate => candidate.Factory == target);
}
