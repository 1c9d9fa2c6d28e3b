namespace KubeLab.Preflight;

/// <summary>The ports that the node's roles need are free, or held by the very component on a repeated run.</summary>
internal sealed class PortsRule() : NodeRule("ports", "Ports that the roles need")
{
    public override IReadOnlyList<string> Variables => [RolePorts.ApiServerPort, RolePorts.EtcdDeployment];

    public override IEnumerable<Finding> Judge(ProbedNode node, NodeFacts facts, PreflightContext scene)
    {
        if (facts.ListeningPorts is not { } listening)
            return [Skip("the node's /proc/net/tcp can't be read")];

        var needed = RolePorts.Of(node.Node, scene.Variables);
        return needed.Select(port => Judge(node, facts, port, listening.FirstOrDefault(held => held.Port == port.Number)))
            .OfType<Finding>()
            .DefaultIfEmpty(Pass(needed.Count == 0 ? "its roles need none"
                : string.Join(", ", needed.Select(port => port.Number))));
    }

    private Finding? Judge(ProbedNode node, NodeFacts facts, RolePort port, ListeningPort? held)
    {
        if (held is null
            || (held.Owner is { } owner && port.Owners.Any(name => owner.StartsWith(name, StringComparison.Ordinal))))
            return null;
        if (held.Owner is null && facts.HasJoinedCluster)
            return Skip($"port {port.Number} is held, and the node does not say by whom");
        return Fail(
            $"{node.Name}: port {port.Number} is held by {held.Owner ?? "a process that can't be seen"}, and {port.Owners[0]} needs it",
            $"Stop what listens there: ss -ltnp 'sport = :{port.Number}' on {node.Name} shows it.")
                .Compared(held.Owner ?? "held", $"{port.Number} free for {port.Owners[0]}", "kubernetes.io, Ports and Protocols");
    }
}
