using KubeLab.Ssh;

namespace KubeLab.Preflight;

/// <summary>A node, and what its probe found out or why it failed.</summary>
public sealed record ProbedNode(Node Node)
{
    public string Name => Node.Name;
    public bool IsControlPlane => Node.IsControlPlane;
    public bool IsWorker => Node.IsWorker;
    public bool IsEtcdMember => Node.IsEtcdMember;
    public bool JoinsCluster => Node.JoinsCluster;
    public string Address => Node.Address;

    /// <summary>What it said; null where it was not reached or said nothing that can be read.</summary>
    public NodeFacts? Facts { get; init; }

    /// <summary>Why it was not reached, or did not answer; null where it did.</summary>
    public SshFailure? Failure { get; init; }

    /// <summary>How its privileges are escalated.</summary>
    public string BecomeMethod { get; init; } = "sudo";

    /// <summary>The user that was to be become.</summary>
    public string BecomeUser { get; init; } = "root";

    /// <summary>How long the probe took, connection included.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary>The node's clock against the control machine's; null where it isn't known.</summary>
    public ClockOffset? ClockOffset { get; init; }
}
