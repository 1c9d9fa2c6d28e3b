namespace KubeLab.Preflight;

/// <summary>No firewall of the node's own stands between the nodes: Kubespray manages none and advises to turn them off.</summary>
internal sealed class FirewallRule() : NodeRule("firewall", "Firewall")
{
    public override IEnumerable<Finding> Judge(ProbedNode node, NodeFacts facts, PreflightContext scene)
    {
        var firewall = facts.Services.Contains("firewalld") ? "firewalld" : facts.UfwEnabled ? "ufw" : null;
        yield return firewall is null
            ? Pass(node.Node, "neither firewalld nor ufw is on")
            : Warn(
                node.Node,
                $"{node.Node.Name}: {firewall} is on, and the playbook opens no ports in it",
                $"Turn it off (systemctl disable --now {firewall}), or allow what the roles need: {Ports(node, scene)}.")
                    .Compared(firewall, "off, or open for the cluster", "Kubespray's README, Requirements");
    }

    private static string Ports(ProbedNode node, PreflightContext scene) =>
        string.Join(", ", RolePorts.Of(node.Node, scene.Variables).Where(port => !port.IsLocal).Select(port => $"{port.Number}/tcp"));
}
