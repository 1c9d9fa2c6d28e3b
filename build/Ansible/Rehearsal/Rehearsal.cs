namespace KubeLab.Ansible;

/// <summary>What a rehearsal of a release's asserts found.</summary>
/// <param name="Tasks">The tasks that were judged, in the order in which the release has them.</param>
/// <param name="Problem">Why it did not come to its end, so that more than this may fail; null where it did.</param>
public sealed record Rehearsal(IReadOnlyList<RehearsedTask> Tasks, string? Problem)
{
    /// <summary>Why there is nothing to rehearse; null where there is.</summary>
    public string? NothingToJudge { get; init; }

    // The same word as in kubelab_rehearsal.py.
    internal const string Marker = "kubelab-rehearsal ";

    /// <summary>Reads what the rehearsal said, however damaged: what is missing is no pass.</summary>
    /// <param name="output">The standard output of Ansible.</param>
    /// <param name="plays">How many plays have to come to their end.</param>
    /// <param name="problem">What is known of the reason where they didn't.</param>
    public static Rehearsal Parse(string output, int plays, string problem)
    {
        var lines = output.Split('\n').Where(line => line.StartsWith(Marker, StringComparison.Ordinal))
            .Select(line => Read(line[Marker.Length..])).ToList();
        var tasks = lines.Select(line => line?.Task).OfType<RehearsedTask>().ToList();
        if (lines.Count(line => line?.Done is not null) >= plays && !lines.Contains(null))
            return new Rehearsal(tasks, null);
        var last = lines.Select(line => line?.At).OfType<RehearsedPlace>().LastOrDefault();
        var isOpen = last is not null && !tasks.Exists(task => task.File == last.File && task.Line == last.Line);
        return new Rehearsal(tasks, isOpen ? $"{problem}, at {last!.File}:{last.Line} ({last.Name})" : problem);
    }

    private static Line? Read(string json)
    {
        try
        {
            return JsonSerializer.Deserialize<Line>(json, RecordJson.Options);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private sealed record Line(RehearsedTask? Task = null, RehearsedPlace? At = null, string? Done = null);
}

/// <summary>Where a task is written.</summary>
public sealed record RehearsedPlace(string File, int Line, string Name);

/// <summary>A task that a rehearsal judged on some nodes.</summary>
/// <param name="File">The file that it is written in, absolute.</param>
/// <param name="Action">Its action, such as <c>assert</c>.</param>
/// <param name="Once">Whether it runs on one node for all.</param>
/// <param name="Registers">Whether it keeps its result for tasks after it.</param>
/// <param name="Passed">The nodes on which it holds.</param>
/// <param name="Skipped">The nodes that it doesn't concern.</param>
public sealed record RehearsedTask(
    string File, int Line, string Name, string Action, bool Once, bool Registers,
    IReadOnlyList<string> Passed, IReadOnlyList<string> Skipped,
    IReadOnlyList<RehearsedFailure> Failed, IReadOnlyList<RehearsedUnknown> Unknown);

/// <summary>A condition that doesn't hold on a node.</summary>
/// <param name="Assertion">The condition as the release writes it; null where the task failed without one.</param>
/// <param name="Message">What the task says.</param>
/// <param name="Item">The item of the task's loop; null for none.</param>
/// <param name="Values">The variables of the condition with their values.</param>
public sealed record RehearsedFailure(
    string Host, string? Assertion, string Message, string? Item, IReadOnlyDictionary<string, string> Values);

/// <summary>A task that could not be judged on a node.</summary>
public sealed record RehearsedUnknown(
    string Host, string Reason, [property: JsonConverter(typeof(JsonStringEnumConverter<UnknownKind>))] UnknownKind Kind);

/// <summary>Why something is unknown.</summary>
public enum UnknownKind
{
    /// <summary>KubeLab never asks for it.</summary>
    Never,

    /// <summary>The node was asked, and did not say.</summary>
    Missing,

    /// <summary>The node gave no answer at all.</summary>
    Silent,

    /// <summary>The nodes have not been asked yet.</summary>
    Later,

    /// <summary>Ansible did not come to an end with it.</summary>
    Endless,

    /// <summary>Ansible itself broke on it.</summary>
    Broken,

    /// <summary>This machine's Ansible lacks what it takes: a collection, a filter, a library of Python.</summary>
    Lacking,
}

/// <summary>What is known of a node, in the form in which Ansible would find it out.</summary>
public sealed record RehearsalFacts
{
    /// <summary>Facts by Ansible's names without <c>ansible_</c>; null for one that the node was asked for in vain.</summary>
    public IReadOnlyDictionary<string, object?> Facts { get; init; } = new Dictionary<string, object?>();

    /// <summary>What <c>stat</c> says of paths.</summary>
    public IReadOnlyDictionary<string, object> Paths { get; init; } = new Dictionary<string, object>();

    /// <summary>The content of files, in Base64.</summary>
    public IReadOnlyDictionary<string, string> Files { get; init; } = new Dictionary<string, string>();

    /// <summary>What commands would say.</summary>
    public IReadOnlyDictionary<string, object> Commands { get; init; } = new Dictionary<string, object>();

    /// <summary>Programs that the node can't have, by their names.</summary>
    public IReadOnlyList<string> Absent { get; init; } = [];

    /// <summary>Why nothing is known at all; null where something is.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Reason { get; init; }

    /// <summary>What kind of reason that is.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    [JsonConverter(typeof(JsonStringEnumConverter<UnknownKind>))]
    public UnknownKind? Kind { get; init; }
}
