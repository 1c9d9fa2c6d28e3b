using KubeLab.Kubernetes;

namespace KubeLab.Smoke;

/// <summary>One thing that a working cluster does. A check lives in a file of its own below <c>Checks/</c> and is found there by
/// the runner; what else it may have is an interface that it implements only if it does: <see cref="IStagedCheck"/>,
/// <see cref="IAgentCheck"/>, <see cref="IClosingCheck"/>.</summary>
public interface ISmokeCheck : ICheck
{
    /// <summary>0 reads only; 1 works in a namespace of its own; 2 disturbs the nodes.</summary>
    int Tier => 0;

    /// <summary>What it looks at.</summary>
    SmokeArea Area { get; }

    int ICheck.Rank => (Tier * 100) + (int)Area;

    /// <summary>What it needs beyond the API, in words; empty for nothing. Where that is missing, the check is skipped.</summary>
    string Needs => "";

    /// <summary>How long it may take.</summary>
    TimeSpan Limit => TimeSpan.FromMinutes(2);

    /// <summary>Looks and judges.</summary>
    /// <param name="context">The cluster, what is expected of it, and what this round has read of it.</param>
    /// <param name="cancellationToken">Is cancelled at the check's limit and with the test.</param>
    /// <exception cref="ApiProblem">The API gave no answer; the runner turns that into a result.</exception>
    Task<SmokeVerdict> RunAsync(SmokeContext context, CancellationToken cancellationToken);
}

/// <summary>A check that needs objects in the test's namespace.</summary>
public interface IStagedCheck : ISmokeCheck
{
    int ISmokeCheck.Tier => 1;

    /// <summary>The files below <c>manifests/</c>, without their ending, that are created before it runs; most checks need a pod
    /// on every node. A file that several checks name is created once, and all of them in one call.</summary>
    IReadOnlyList<string> Manifests => ["agents"];

    /// <summary>It waits for pods, for what their scripts report, and for what it does itself, each within a limit of its own,
    /// which says better what took long: this is only the net below them.</summary>
    TimeSpan ISmokeCheck.Limit => TimeSpan.FromMinutes(13);
}

/// <summary>A check from inside a pod on every node. All their scripts run in one <c>exec</c> a node, side by side.</summary>
public interface IAgentCheck : IStagedCheck
{
    /// <summary>The POSIX shell script that runs on one node; what it prints comes back as lines. It may call what
    /// <see cref="AgentReport.Prelude"/> has, such as <c>ask</c>, whose line <see cref="AgentAnswer"/> reads.</summary>
    string Script(NamespaceSnapshot scene, SmokeAgent self);

    /// <summary>The ids of the checks whose findings explain failures of this one, so that it doesn't blame a Service for a
    /// broken route. Their scripts run too, where only this check was asked for.</summary>
    IReadOnlyList<string> ExplainedBy => [];
}

/// <summary>A check that runs when all others are done and the removal of the test's namespace has begun.</summary>
public interface IClosingCheck : ISmokeCheck;

/// <summary>What a check looks at; the report lists the checks in this order.</summary>
public enum SmokeArea
{
    /// <summary>The API and the way to it.</summary>
    Api,

    /// <summary>The nodes.</summary>
    Nodes,

    /// <summary>The control plane and etcd.</summary>
    ControlPlane,

    /// <summary>What the cluster itself runs in kube-system.</summary>
    System,

    /// <summary>Pods and the controllers that make them.</summary>
    Workloads,

    /// <summary>The pod network and Services.</summary>
    Network,

    /// <summary>ConfigMaps, Secrets and volumes.</summary>
    Data,

    /// <summary>Who may do what.</summary>
    Access,

    /// <summary>What the test itself leaves behind.</summary>
    Cleanup,
}
