using KubeLab.Clusters;
using KubeLab.Variables;

namespace KubeLab.Preflight;

/// <summary>Every node reaches the ports of the others that its role needs, past firewalls and security groups.</summary>
internal sealed class PortMatrixRule() : ClusterRule("port-matrix", "Ports from node to node", RuleStage.Nodes)
{
    private sealed record Blocked(Node From, Node To, RolePort Port, string Outcome);

    public override IReadOnlyList<string> Variables => [RolePorts.ApiServerPort, RolePorts.EtcdDeployment];

    public override IEnumerable<Finding> Judge(PreflightContext scene)
    {
        if (scene.Reach is not { } reach)
            return [Skip("only tried with --deep")];
        var nodes = scene.Nodes.Select(each => each.Node).Where(node => reach.ContainsKey(node.Name)).ToList();
        var blocked = new List<Blocked>();
        var tried = 0;
        foreach (var (from, to, port) in Pairs(nodes, scene.Variables))
        {
            // Where nobody listened, a refusal says nothing.
            if (!reach[to.Name].Listening.Contains(port.Number)
                || !reach[from.Name].Outcomes.TryGetValue(new ConnectivityTarget(to.AccessAddress, port.Number), out var outcome))
                continue;
            tried++;
            if (outcome != ConnectivityResult.Open)
                blocked.Add(new Blocked(from, to, port, outcome));
        }

        var silent = nodes.Where(node => reach[node.Name].Failure is not null)
            .Select(node => Skip($"{node.Name} was not tried: {reach[node.Name].Failure}", node));
        return [.. blocked.GroupBy(each => (each.To.Name, each.Port.Number, each.Outcome)).Select(Fail), .. silent, .. Passed(scene, nodes.Count, tried, blocked.Count)];
    }

    private static IEnumerable<(Node From, Node To, RolePort Port)> Pairs(List<Node> nodes, ClusterVariables variables) =>
        from @from in nodes from to in nodes from port in PortMatrix.Needed(@from, to, variables) select (@from, to, port);

    private IEnumerable<Finding> Passed(PreflightContext scene, int nodes, int tried, int blocked)
    {
        if (blocked > 0)
            return [];
        var sample = nodes < scene.Answered.Count() ? $", a sample of {nodes} of {scene.Answered.Count()} nodes" : "";
        return [tried > 0 ? Pass($"{tried} ways from node to node are open{sample}") : Skip("no two nodes need each other, or none could try")];
    }

    private Finding Fail(IGrouping<(string Node, int Port, string Outcome), Blocked> group)
    {
        var (to, port) = (group.First().To, group.First().Port);
        var sources = string.Join(", ", group.Select(each => each.From.Name));
        return Fail(
            $"{to.Name}: port {port.Number} of {port.Owners[0]} can't be reached from {sources}: {group.Key.Outcome}",
            $"Let TCP {port.Number} through to {to.AccessAddress}: look at the firewall of {to.Name}, at security groups, and at routes in between.",
            to)
                .Compared(group.Key.Outcome, $"TCP {port.Number} from {sources}", "kubernetes.io, Ports and Protocols");
    }
}
