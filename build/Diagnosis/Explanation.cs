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

    /// <summary>How sure it is.</summary>
    public Certainty Certainty { get; init; }

    /// <summary>How sure it is, in words.</summary>
    [JsonIgnore]
    public string CertaintyInWords => Certainty switch
    {
        Certainty.Looked => "it was looked at on the node",
        Certainty.Seen => "the message says it",
        Certainty.Likely => "not sure, but likely",
        _ => "not sure: the cause is unknown",
    };

    /// <summary>What failed on the face of it, because of this; null where nothing stands in between.</summary>
    public string? Occasion { get; init; }

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

    /// <summary>Where and when that was said: machine, module or log, time; empty where nobody knows.</summary>
    public string Source { get; init; } = "";

    /// <summary>Why KubeLab believes it: what was being done, where, to whose server, the line that tells; or empty.</summary>
    public string Because { get; init; } = "";

    /// <summary>What else it may be; none where it is this.</summary>
    public IReadOnlyList<Possibility> Or { get; init; } = [];

    /// <summary>Whether the task's result is withheld by <c>no_log</c>, so that <see cref="Evidence"/> can't hold it.</summary>
    public bool IsCensored { get; init; }

    /// <summary>The same cause of the same task on many nodes once, with all of them; others apart, in their order.</summary>
    public static IReadOnlyList<Explanation> Once(IEnumerable<Explanation> explanations) =>
    [
        .. explanations.GroupBy(each =>
            (each.Signature, each.Task, each.TaskFile, Said: each.Signature is null ? each.Evidence : each.Title))
            .Select(same => same.First() with { Nodes = [.. same.SelectMany(each => each.Nodes).Distinct()] }),
    ];

    /// <summary>Reads the explanations in a run's record; none where the run left none that can be read.</summary>
    public static IReadOnlyList<Explanation> ReadFrom(string recordDirectory) =>
        [.. (RecordJson.Recall<List<Explanation?>>(Path.Combine(recordDirectory, FileName)) ?? []).OfType<Explanation>()];
}

/// <summary>Something that a failure may be instead.</summary>
public sealed record Possibility(string Signature, string Title, string Meaning, string Remedy);
