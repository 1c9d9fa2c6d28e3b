namespace KubeLab.Smoke;

/// <summary>How the test is run.</summary>
public sealed record SmokeOptions
{
    /// <summary>The image that the test's pods use where nothing else is set.</summary>
    public static string DefaultImage => "busybox:1.36";

    /// <summary>The highest tier to run: 0 reads only, 1 works in a namespace of its own, 2 disturbs the nodes.</summary>
    public int Tier { get; init; } = 1;

    /// <summary>The ids of the checks to run; empty for all.</summary>
    public IReadOnlyList<string> Checks { get; init; } = [];

    /// <summary>The ids of the checks to leave out.</summary>
    public IReadOnlyList<string> SkipChecks { get; init; } = [];

    /// <summary>How long to wait for the checks of tier 0 to hold; zero for one look.</summary>
    public TimeSpan Wait { get; init; }

    /// <summary>How many times in a row the checks of tier 0 must hold.</summary>
    public int Count { get; init; } = 1;

    /// <summary>What is set for the cluster.</summary>
    public SmokeSettings Settings { get; init; } = new();

    /// <summary>How long one read of the API may take.</summary>
    public TimeSpan ReadLimit { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long the test's pods may take to become ready, the pull of the image included.</summary>
    public TimeSpan PodsReadyLimit { get; init; } = TimeSpan.FromSeconds(180);

    /// <summary>How long the test's namespace may take to be gone.</summary>
    public TimeSpan RemovalLimit { get; init; } = TimeSpan.FromSeconds(120);

    /// <summary>The nodes that may be disturbed; null for all of the inventory's.</summary>
    public IReadOnlyCollection<string>? Disturbed { get; init; }

    /// <summary>How long it may take until all is well again after a node was disturbed.</summary>
    public TimeSpan HealLimit { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Over which time restart counts must not rise.</summary>
    public TimeSpan RestartWindow { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>The image as the pods' manifests name it.</summary>
    public string PodImage =>
        Settings.Image ?? (Settings.Mirror is { } mirror ? $"{mirror.TrimEnd('/')}/{DefaultImage}" : DefaultImage);
}

/// <summary>What the cluster should be.</summary>
public sealed record SmokeExpectations
{
    /// <summary>The inventory's nodes; null without an inventory, and then nothing is compared.</summary>
    public IReadOnlyList<ExpectedNode>? Nodes { get; init; }

    /// <summary>The version that is configured, with or without a leading v; null for any.</summary>
    public string? Version { get; init; }

    /// <summary>Nothing in particular: any cluster, as its kubeconfig shows it.</summary>
    public static SmokeExpectations None { get; } = new();

    /// <summary>The inventory's nodes, with a Kubernetes.</summary>
    /// <param name="version">The version that is configured; null where it can't be told.</param>
    public static SmokeExpectations Of(Inventory inventory, Version? version) => new()
    {
        Nodes = [.. inventory.Nodes.Select(
            node => new ExpectedNode(node.Name, node.IsControlPlane, node.IsEtcdMember, node.Text("ip"), node.JoinsCluster))],
        Version = version is null ? null : $"v{version}",
    };
}

/// <summary>A node that the inventory expects.</summary>
/// <param name="Name">The inventory name, which is the node's name in the cluster.</param>
/// <param name="Address">The address that the other nodes use; null where it isn't known.</param>
/// <param name="JoinsCluster">Whether a kubelet runs on it; an etcd-only machine is no node of the cluster.</param>
public sealed record ExpectedNode(string Name, bool IsControlPlane, bool IsEtcdMember, string? Address, bool JoinsCluster = true);
