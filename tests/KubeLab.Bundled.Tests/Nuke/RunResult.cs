using Nuke.Common.Execution;

namespace KubeLab.Bundled.Nuke;

/// <summary>What a run in a sandbox left behind.</summary>
public sealed record RunResult<T>(int ExitCode, string Output, T Build)
    where T : RecordingBuild
{
    /// <summary>The targets that ran, in order.</summary>
    public IReadOnlyList<string> Ran => Build.Ran;

    /// <summary>How a target of the plan ended.</summary>
    public ExecutionStatus StatusOf(string target) => Build.ExecutionPlan.Single(candidate => candidate.Name == target).Status;

    /// <summary>A target's line in the summary.</summary>
    public string SummaryOf(string target) =>
        Output[Output.LastIndexOf("Duration", StringComparison.Ordinal)..]
            .Split('\n')
            .Single(line => line.StartsWith($"{target} ", StringComparison.Ordinal));
}
