namespace KubeLab.Runs;

/// <summary>How a run ended, as <c>run.json</c> of its record says it.</summary>
public sealed record RunOutcome
{
    /// <summary>The version of the format that this KubeLab writes.</summary>
    public const int CurrentVersion = 1;

    /// <summary>The version of the format: it rises when a reader of an older one could misread a newer one.</summary>
    public int Version { get; init; } = CurrentVersion;

    /// <summary>The cluster's name.</summary>
    public required string Cluster { get; init; }

    /// <summary>The targets that were asked for, in words: <c>Deploy</c>, <c>ValidateNodes and SmokeTest</c>.</summary>
    public required string Asked { get; init; }

    /// <summary>When the run began.</summary>
    public required DateTimeOffset Started { get; init; }

    /// <summary>How long it took.</summary>
    public required double Seconds { get; init; }

    /// <summary>The exit code of the process.</summary>
    public required int ExitCode { get; init; }

    /// <summary>Whether a person or a signal ended it.</summary>
    public bool Interrupted { get; init; }

    /// <summary>The command line to go on with once a failure is mended, as it can be pasted.</summary>
    public string? GoOnWith { get; init; }

    /// <summary>The targets in the order in which they were to run.</summary>
    public IReadOnlyList<TargetOutcome> Targets { get; init; } = [];

    /// <summary>What the failed targets said.</summary>
    public IReadOnlyList<TargetFailure> Failures { get; init; } = [];

    /// <summary>What the run was made with.</summary>
    public RunVersions? Versions { get; init; }

    /// <summary>The cluster's nodes, in the inventory's order; empty where the run never read the inventory.</summary>
    public IReadOnlyList<RunNode> Nodes { get; init; } = [];
}
