namespace KubeLab.Records;

/// <summary>How a run ended, as <c>run.json</c> of its record says it.</summary>
public sealed record RunOutcome
{
    /// <summary>The file's name in the run's record.</summary>
    public static string FileName => "run.json";

    private const int CurrentVersion = 1;

    /// <summary>The version of the format: it rises when a reader of an older one could misread a newer one.</summary>
    public int Version => CurrentVersion;

    /// <summary>The cluster's name.</summary>
    public required string Cluster { get; init; }

    /// <summary>The targets that were asked for, in words: <c>Deploy</c>, <c>ValidateNodes and SmokeTest</c>.</summary>
    [JsonPropertyName("asked")]
    public required string RequestedTargets { get; init; }

    /// <summary>When the run began.</summary>
    public required DateTimeOffset Started { get; init; }

    /// <summary>How long it took.</summary>
    public required double Seconds { get; init; }

    /// <summary>The exit code of the process.</summary>
    public required int ExitCode { get; init; }

    /// <summary>Whether a person or a signal ended it.</summary>
    public bool Interrupted { get; init; }

    /// <summary>The command line to go on with once a failure is mended, as it can be pasted.</summary>
    [JsonPropertyName("goOnWith")]
    public string? ResumeCommand { get; init; }

    /// <summary>The targets in the order in which they were to run.</summary>
    public IReadOnlyList<TargetOutcome> Targets { get; init; } = [];

    /// <summary>What the failed targets said.</summary>
    public IReadOnlyList<TargetFailure> Failures { get; init; } = [];

    /// <summary>What the run was made with.</summary>
    public RunVersions? Versions { get; init; }

    /// <summary>The cluster's nodes, in the inventory's order; empty where the run never read the inventory.</summary>
    public IReadOnlyList<RunNode> Nodes { get; init; } = [];

    /// <summary>Reads the file.</summary>
    /// <exception cref="JsonException">The text is no such JSON, or of a newer version.</exception>
    public static RunOutcome Read(ReadOnlySpan<byte> file) => RecordJson.Read<RunOutcome>(file, CurrentVersion);
}

/// <summary>What became of one target of a run.</summary>
/// <param name="Status"><c>succeeded</c>, <c>failed</c>, <c>skipped</c>, <c>interrupted</c> or <c>not run</c>.</param>
/// <param name="Started">When it began; null where it never did.</param>
/// <param name="Note">Why it was left out, or the first line of its error; null where nothing is to be said.</param>
public sealed record TargetOutcome(string Name, string Status, DateTimeOffset? Started, double Seconds, string? Note)
{
    /// <summary>How it ended, at a glance.</summary>
    [JsonIgnore]
    public Mark Mark => Status switch
    {
        "succeeded" => Mark.Passed,
        "failed" => Mark.Failed,
        "interrupted" => Mark.Warning,
        _ => Mark.Skipped,
    };
}

/// <summary>What a target said when it failed.</summary>
/// <param name="Remedy">What to do next, one or more lines; null where it didn't say.</param>
public sealed record TargetFailure(string Target, string Message, string? Remedy);

/// <summary>What a run was made with; null for what the run never came to know.</summary>
/// <param name="Distribution">The distribution with its version: <c>kubespray v2.31.0</c>.</param>
/// <param name="Ansible">The version of Ansible, and where it comes from.</param>
public sealed record RunVersions(string KubeLab, string? Distribution, string? Commit, string? Ansible, string? Kubernetes);

/// <summary>A node as the run's inventory had it.</summary>
/// <param name="Roles">Its roles: <c>control plane</c>, <c>etcd</c>, <c>worker</c>.</param>
public sealed record RunNode(string Name, IReadOnlyList<string> Roles, string Address)
{
    /// <summary>A node of an inventory.</summary>
    public static RunNode Of(Node node)
    {
        (bool Holds, string Role)[] roles =
            [(node.IsControlPlane, "control plane"), (node.IsEtcdMember, "etcd"), (node.IsWorker, "worker")];
        return new RunNode(node.Name, [.. roles.Where(each => each.Holds).Select(each => each.Role)], node.Address);
    }
}
