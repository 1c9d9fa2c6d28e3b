using System.Text.Json.Serialization;

namespace KubeLab.Diagnosis;

/// <summary>Why a run failed and what to do about it: what a person reads instead of a trace.</summary>
public sealed record Explanation
{
    /// <summary>The file of a run's record that holds its explanations: a list, the first cause first.</summary>
    public static string FileName => "explanations.json";

    /// <summary>The id of the signature that matched, such as <c>memory-worker</c>; null where none did.</summary>
    public string? Signature { get; init; }

    /// <summary>What happened, in a few words, without a full stop.</summary>
    public required string Title { get; init; }

    /// <summary>The nodes that it happened to; none where Ansible itself failed before it came to a node.</summary>
    public IReadOnlyList<string> Nodes { get; init; } = [];

    /// <summary>The task that failed, as Ansible prints it: <c>role : name</c>; null where no task was running.</summary>
    public string? Task { get; init; }

    /// <summary>The task's file and line, below the distribution: <c>roles/…/main.yml:12</c>; null where unknown.</summary>
    public string? TaskFile { get; init; }

    /// <summary>What it means, in one or more sentences.</summary>
    public required string Meaning { get; init; }

    /// <summary>What to do about it, one or more lines.</summary>
    public required string Remedy { get; init; }

    /// <summary>The command line to go on with afterwards, as it can be pasted.</summary>
    [JsonPropertyName("goOn")]
    public string? ResumeCommand { get; init; }

    /// <summary>Where more is written about it: public issues and documentation.</summary>
    public IReadOnlyList<string> Links { get; init; } = [];

    /// <summary>What the task said, and where it helps the node's own logs: one or more lines, or empty.</summary>
    public string Evidence { get; init; } = "";

    /// <summary>Whether the task's result is withheld by <c>no_log</c>, so that <see cref="Evidence"/> can't hold it.</summary>
    public bool IsCensored { get; init; }

    /// <summary>Reads the explanations in a run's record; none where the run left none that can be read.</summary>
    public static IReadOnlyList<Explanation> ReadFrom(string recordDirectory) =>
        [.. (RecordJson.Recall<List<Explanation?>>(Path.Combine(recordDirectory, FileName)) ?? []).OfType<Explanation>()];
}
