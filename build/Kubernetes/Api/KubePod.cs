namespace KubeLab.Kubernetes;

/// <summary>A pod as the API shows it.</summary>
public sealed record KubePod
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>Its namespace.</summary>
    public string Namespace { get; init; } = "";

    /// <summary>Its labels.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    /// <summary>The node that it is bound to; null before it is scheduled.</summary>
    public string? Node { get; init; }

    /// <summary>The node that a DaemonSet made it for, which it names before it is scheduled; null for other pods.</summary>
    public string? WantedNode { get; init; }

    /// <summary>Its address; null before it has one.</summary>
    public string? Address { get; init; }

    /// <summary><c>Pending</c>, <c>Running</c>, <c>Succeeded</c>, <c>Failed</c> or <c>Unknown</c>.</summary>
    public string Phase { get; init; } = "";

    /// <summary>Why it is in that phase, such as <c>Evicted</c>; empty mostly.</summary>
    public string Reason { get; init; } = "";

    /// <summary>The sentence that belongs to the reason.</summary>
    public string Message { get; init; } = "";

    /// <summary>The kind of its owner: <c>DaemonSet</c>, <c>Job</c>, <c>Node</c> for a static pod …; empty for none.</summary>
    public string OwnerKind { get; init; } = "";

    /// <summary>Whether it is being deleted.</summary>
    public bool IsDeleted { get; init; }

    /// <summary>Its conditions.</summary>
    public IReadOnlyList<KubeCondition> Conditions { get; init; } = [];

    /// <summary>The command of its first container, with its arguments.</summary>
    public IReadOnlyList<string> Command { get; init; } = [];

    /// <summary>The environment of its first container, as far as it is written in the pod.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>Its containers, those that run first included.</summary>
    public IReadOnlyList<KubeContainer> Containers { get; init; } = [];

    /// <summary>Whether its condition Ready is True.</summary>
    public bool IsReady => Conditions.Any(condition => condition is { Type: "Ready", Status: "True" });

    /// <summary>Whether it ran to its end: a completed Job's pod.</summary>
    public bool IsCompleted => Phase == "Succeeded";

    /// <summary>Whether none of its containers runs.</summary>
    public bool HasEnded => !Containers.Any(container => container.IsRunning);

    /// <summary>How often its containers were restarted.</summary>
    public int Restarts => Containers.Sum(container => container.Restarts);

    /// <summary>The pod as a reference for evidence.</summary>
    public ObjectReference Reference => new("pod", Name, Namespace);

    /// <summary>What keeps it from being ready, in words; null where nothing does.</summary>
    public string? Trouble()
    {
        if (IsCompleted || (IsReady && !IsDeleted))
            return null;
        if (IsDeleted)
            return "is being deleted";
        var stuck = Containers.FirstOrDefault(container => container.Trouble is not null);
        if (stuck is not null)
            return stuck.Trouble;
        var unscheduled = Conditions.FirstOrDefault(condition => condition is { Type: "PodScheduled", Status: "False" });
        if (unscheduled is not null)
            return $"can't be scheduled: {unscheduled.Message}";
        return Reason.Length > 0 ? $"{Phase}, {Reason}: {Message}" : $"{Phase}, not ready";
    }

    /// <summary>Reads a list of pods from its JSON.</summary>
    public static IReadOnlyList<KubePod> ParseList(string json)
    {
        using var document = JsonDocument.Parse(json);
        return [.. document.RootElement.Items("items").Select(Read)];
    }

    /// <summary>Reads a pod of the API.</summary>
    public static KubePod Read(JsonElement pod) => new()
    {
        Name = pod.Text("metadata", "name") ?? "",
        Namespace = pod.Text("metadata", "namespace") ?? "",
        Labels = pod.Texts("metadata", "labels"),
        Node = pod.Text("spec", "nodeName"),
        WantedNode = ReadWantedNode(pod),
        Address = pod.Text("status", "podIP") is { Length: > 0 } address ? address : null,
        Phase = pod.Text("status", "phase") ?? "",
        Reason = pod.Text("status", "reason") ?? "",
        Message = pod.Text("status", "message") ?? "",
        OwnerKind = pod.Items("metadata", "ownerReferences").Select(owner => owner.Text("kind")).FirstOrDefault() ?? "",
        IsDeleted = pod.Text("metadata", "deletionTimestamp") is not null,
        Conditions = [.. pod.Items("status", "conditions").Select(KubeCondition.Read)],
        Environment = pod.Items("spec", "containers").Take(1).SelectMany(container => container.Items("env"))
            .ToDictionary(variable => variable.Text("name") ?? "", variable => variable.Text("value") ?? ""),
        Command = [.. pod.Items("spec", "containers").Take(1).SelectMany(ReadCommand)],
        Containers = [
            .. pod.Items("status", "initContainerStatuses").Select(KubeContainer.Read),
            .. pod.Items("status", "containerStatuses").Select(KubeContainer.Read),
        ],
    };

    private static IEnumerable<string> ReadCommand(JsonElement container) =>
        container.Items("command").Concat(container.Items("args")).Select(word => word.Said());

    private static string? ReadWantedNode(JsonElement pod) => pod
        .Items("spec", "affinity", "nodeAffinity", "requiredDuringSchedulingIgnoredDuringExecution", "nodeSelectorTerms")
        .SelectMany(term => term.Items("matchFields"))
        .Where(field => field.Text("key") == "metadata.name")
        .SelectMany(field => field.Items("values")).Select(value => value.Said()).FirstOrDefault();
}

/// <summary>The state of one container of a pod.</summary>
/// <param name="WaitingReason">Why it waits, such as <c>CrashLoopBackOff</c>; null where it doesn't.</param>
/// <param name="ExitCode">The exit code of a container that ended; null where it runs or waits.</param>
public sealed record KubeContainer(
    string Name, string Image, int Restarts, string? WaitingReason, string WaitingMessage, bool IsRunning, int? ExitCode)
{
    /// <summary>Whether its image could not be had.</summary>
    public bool LacksImage => WaitingReason is "ErrImagePull" or "ImagePullBackOff" or "ErrImageNeverPull" or "InvalidImageName"
        or "ImageInspectError" or "RegistryUnavailable";

    /// <summary>What keeps it from running, in words; null where nothing does or it is merely being made.</summary>
    public string? Trouble => this switch
    {
        { LacksImage: true } => $"the image {Image} can't be pulled: {WaitingMessage}",
        { WaitingReason: not (null or "ContainerCreating" or "PodInitializing") } =>
            $"container {Name}: {WaitingReason} after {Restarts} restarts: {WaitingMessage}",
        { ExitCode: not (null or 0) } => $"container {Name} ended with exit code {ExitCode}",
        _ => null,
    };

    /// <summary>Reads a container's status of the API.</summary>
    public static KubeContainer Read(JsonElement status) => new(
        status.Text("name") ?? "",
        status.Text("image") ?? "",
        status.Number("restartCount"),
        status.Text("state", "waiting", "reason"),
        status.Text("state", "waiting", "message") ?? "",
        status.At("state", "running") is not null,
        status.At("state", "terminated") is { } terminated ? terminated.Number("exitCode") : null);
}
