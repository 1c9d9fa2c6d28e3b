namespace KubeLab.Smoke;

/// <summary>
/// A check that looks at the cluster from inside a pod on every node. The scripts of all such checks run in one <c>exec</c> a
/// node, side by side.
/// </summary>
public interface IAgentCheck : IStagedCheck
{
    /// <summary>
    /// The POSIX shell script that runs on one node; what it prints comes back as lines. It may call <c>fetch URL</c>, which
    /// prints a page and tries three times before it gives up.
    /// </summary>
    /// <param name="scene">The agents and Services that there are.</param>
    /// <param name="self">The agent that runs it.</param>
    string Script(SmokeScene scene, SmokeAgent self);

    /// <summary>
    /// The ids of the checks whose findings explain failures of this one, so that it doesn't blame a Service for a broken
    /// route. Their scripts run too, where only this check was asked for.
    /// </summary>
    IReadOnlyList<string> ExplainedBy => [];
}
