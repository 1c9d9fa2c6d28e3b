using System.Text.Json.Serialization;
using KubeLab.Ansible;

namespace KubeLab.Reports;

/// <summary>A node of a run: what it is, how its tasks ended, and what is wrong with it.</summary>
public sealed record ReportNode
{
    /// <summary>Its inventory name.</summary>
    public required string Name { get; init; }

    /// <summary>Its roles: <c>control plane</c>, <c>etcd</c>, <c>worker</c>; empty where the run never read the inventory.</summary>
    public required IReadOnlyList<string> Roles { get; init; }

    /// <summary>Where it is reached; empty where that is unknown.</summary>
    public required string Address { get; init; }

    /// <summary>Its memory; null where it was not asked.</summary>
    public MemoryMeasure? Memory { get; init; }

    /// <summary>Its line of Ansible's recap; null where it has none.</summary>
    public HostCounts? Recap { get; init; }

    /// <summary>How long it worked while the playbooks ran, in seconds.</summary>
    public double BusySeconds { get; init; }

    /// <summary>What is wrong with it, in sentences, each once.</summary>
    public IReadOnlyList<string> Problems { get; init; } = [];

    /// <summary>What deserves a second look, in sentences.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>How it fared.</summary>
    [JsonIgnore]
    public Mark Mark => Problems.Count > 0 ? Mark.Failed : Warnings.Count > 0 ? Mark.Warning : Mark.Passed;

    /// <summary>What its roles make it run.</summary>
    [JsonIgnore]
    public IReadOnlyList<string> Runs
    {
        get
        {
            var isControlPlane = Roles.Contains("control plane");
            List<string> parts = [];
            if (Roles.Contains("etcd"))
                parts.Add("etcd");
            if (isControlPlane)
                parts.AddRange(["kube-apiserver", "kube-controller-manager", "kube-scheduler"]);
            if (isControlPlane || Roles.Contains("worker"))
                parts.AddRange(["kubelet", "kube-proxy"]);
            return parts;
        }
    }
}
