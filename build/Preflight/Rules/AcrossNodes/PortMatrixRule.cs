namespace KubeLab.Preflight;

/// <summary>Every node reaches the ports of the others that its role needs, past firewalls and security groups.</summary>
internal sealed class PortMatrixRule() : ClusterRule("port-matrix", "Ports from node to node", RuleStage.Nodes)
{
    private sealed record Attempt(Node From, Node To, RolePort Port, string Outcome);

    public override IReadOnlyList<string> Variables => [RolePorts.ApiServerPort, RolePorts.EtcdDeployment];

    public override IEnumerable<Finding> Judge(PreflightContext scene)
    {
        if (scene.Reach is not { } reach)
            return [Skip("only tried with --deep")];
        var nodes = scene.Nodes.Select(each => each.Node).Where(node => reach.ContainsKey(node.Name)).ToList();
        // Where nobody listened, a refusal says nothing.
        var tried = (
            from sender in nodes
            from to in nodes
            from port in PortMatrix.Needed(sender, to, scene.Variables)
            where reach[to.Name].Listening.Contains(port.Number)
            let outcome = reach[sender.Name].Outcomes.GetValueOrDefault(new ConnectivityTarget(to.AccessAddress, port.Number))
            where outcome is not null
            select new Attempt(sender, to, port, outcome)).ToList();
        var blocked = tried.Where(each => each.Outcome != ConnectivityResult.Open)
            .GroupBy(each => (each.To.Name, each.Port.Number, each.Outcome)).Select(Fail).ToList();
        var silent = nodes.Where(node => reach[node.Name].Failure is not null)
            .Select(node => Skip($"{node.Name} was not tried: {reach[node.Name].Failure}", node));
        if (blocked.Count > 0)
            return [.. blocked, .. silent];
        var answered = scene.Answered.Count();
        var sample = nodes.Count < answered ? $", a sample of {nodes.Count} of {answered} nodes" : "";
        return [
            .. silent,
            tried.Count > 0
                ? Pass($"{tried.Count} ways from node to node are open{sample}")
                : Skip("no two nodes need each other, or none could try"),
        ];
    }

    private Finding Fail(IGrouping<(string Node, int Port, string Outcome), Attempt> group)
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
