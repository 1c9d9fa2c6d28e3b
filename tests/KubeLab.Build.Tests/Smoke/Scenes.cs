using KubeLab.Kubernetes;
using KubeLab.Smoke;

namespace KubeLab.Tests.Smoke;

/// <summary>Scenes and reports of agents as the lab gives them, to be broken by tests.</summary>
internal static class Scenes
{
    public static readonly IReadOnlyList<SmokeAgent> Agents =
    [
        new("k8s-m0", "agent-22q6k", "10.233.64.7", "10.86.0.10"),
        new("k8s-n0", "agent-987xg", "10.233.65.13", "10.86.0.20"),
        new("k8s-n1", "agent-ng22v", "10.233.66.10", "10.86.0.21"),
    ];

    private static readonly (string Name, string Node)[] Backends =
        [("web-l4285", "k8s-n0"), ("web-2ngqk", "k8s-n1"), ("web-889p9", "k8s-n0")];

    public static NamespaceSnapshot Scene(IReadOnlyList<SmokeAgent>? agents = null, IReadOnlyList<string>? missing = null) => new(
        "kubelab-smoke-test",
        agents ?? Agents,
        missing ?? [],
        [
            .. (agents ?? Agents).Select(agent => Pod(agent.Pod, "agent", agent.Node)),
            .. Backends.Select(backend => Pod(backend.Name, "web", backend.Node)),
        ],
        new Dictionary<string, KubeService>(StringComparer.Ordinal)
        {
            ["web"] = Service("web", "10.233.10.242", 0),
            ["web-node-port"] = Service("web-node-port", "10.233.10.243", 32559),
            ["rollout"] = Service("rollout", "10.233.10.244", 0),
        },
        []);

    /// <summary>What healthy agents print, with some of it changed: a line of one node's report at a time.</summary>
    public static AgentReports Reports(Func<string, string, string?>? change = null, NamespaceSnapshot? scene = null)
    {
        var stage = scene ?? Scene();
        return new AgentReports(stage, [.. stage.Agents.Select(agent => Report(agent, stage, change ?? ((_, line) => line)))]);
    }

    public static AgentReport Broken(SmokeAgent agent, string error, bool timedOut = false) => AgentReport.Read(
        agent, new KubectlResult("kubectl exec", 1, "", error, TimeSpan.FromSeconds(45)) { TimedOut = timedOut });

    public static KubePod Pod(string name, string part, string? node, bool ready = true) => new()
    {
        Name = name,
        Namespace = "kubelab-smoke-test",
        Labels = new Dictionary<string, string>(StringComparer.Ordinal) { [NamespaceSnapshot.PartLabel] = part },
        Node = node,
        Address = "10.233.65.99",
        Phase = ready ? "Running" : "Pending",
        Conditions = [new("Ready", ready ? "True" : "False", "", "")],
    };

    /// <summary>What the agent tells of a page that came at once.</summary>
    public static string Answered(string of, string text, int bytes = 10) => $"{of} answered 2 2 1 0 0 0 2 {bytes} {text}";

    /// <summary>What it tells of a page that did not come, as recorded: refused 26 times, or silent three times.</summary>
    public static string Refused(string of) => $"{of} refused 0 2573 0 26 0 0 1 0 wget: can't connect to remote host (10.233.66.10): Connection refused";

    public static string Silent(string of, int bytes = 0) => $"{of} silent 1001 3205 0 0 3 0 1002 {bytes} ";

    private static AgentReport Report(SmokeAgent agent, NamespaceSnapshot scene, Func<string, string, string?> change)
    {
        var lines = Lines(agent, scene).Select(line => change(agent.Node, line)).OfType<string>().Append("end|");
        return AgentReport.Read(agent, new KubectlResult("kubectl exec", 0, string.Join('\n', lines), "", TimeSpan.FromSeconds(1)));
    }

    private static IEnumerable<string> Lines(SmokeAgent agent, NamespaceSnapshot scene)
    {
        foreach (var peer in scene.Agents)
        {
            yield return $"node-port|{Answered(peer.Node, "web-l4285")}";
            if (peer.Node == agent.Node)
                continue;
            yield return $"pod-network|{Answered(peer.Node, peer.Node)}";
            yield return $"packet-size|{Answered(peer.Node, "", 262144)}";
        }

        yield return "packet-size|mtu 1500";
        yield return $"service|{Answered("web", "web-889p9")}";
        foreach (var (name, _) in Backends)
            yield return $"service|hit {name}";
        yield return "dns|server 10.233.0.10";
        yield return "dns|domain cluster.local";
        yield return "dns|answer 10.233.10.242";
        yield return "configuration|ConfigMap as a file=w2ahf6h7vykd";
        yield return "configuration|ConfigMap in the environment=w2ahf6h7vykd";
        yield return "configuration|Secret as a file=secret-w2ahf6h7vykd";
        yield return "configuration|Secret in the environment=secret-w2ahf6h7vykd";
        if (agent.Node != scene.Agents[0].Node)
            yield return "node-clocks|1795371776.492167 1795371776.503785 1795371776.509625";
    }

    private static KubeService Service(string name, string address, int port) =>
        new(name, "kubelab-smoke-test", address, true, port, new Dictionary<string, string>(StringComparer.Ordinal));
}
