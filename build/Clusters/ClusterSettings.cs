namespace KubeLab.Clusters;

/// <summary>KubeLab's own settings for a cluster, after the command line, the environment and <c>kubelab.yml</c>.</summary>
public sealed record ClusterSettings
{
    /// <summary>Which distribution of Kubernetes: <c>kubespray</c> or <c>lab</c>.</summary>
    public string Distribution { get; init; } = "kubespray";

    /// <summary>Which Kubespray.</summary>
    public KubespraySettings Kubespray { get; init; } = new();

    /// <summary>Which Ansible.</summary>
    public AnsibleSettings Ansible { get; init; } = new();

    /// <summary>How nodes are reached.</summary>
    public SshSettings Ssh { get; init; } = new();

    /// <summary>How privileges are escalated on a node.</summary>
    public BecomeSettings Become { get; init; } = new();

    /// <summary>What the preflight does.</summary>
    public PreflightSettings Preflight { get; init; } = new();

    /// <summary>What the smoke test does.</summary>
    public SmokeSettings Smoke { get; init; } = new();
}
