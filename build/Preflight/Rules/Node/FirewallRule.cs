namespace KubeLab.Preflight;

/// <summary>No firewall of the node's own is in the way: Kubespray manages none and advises to turn them off.</summary>
internal sealed class FirewallRule() : NodeRule("firewall", "Firewall")
{
    public override IEnumerable<Finding> Judge(ProbedNode node, NodeFacts facts, PreflightContext scene)
    {
        if ((facts.Services.Contains("firewalld") ? "firewalld" : facts.UfwEnabled ? "ufw" : null) is not { } firewall)
            return [Pass("neither firewalld nor ufw is on")];
        var ports = RolePorts.Of(node.Node, scene.Variables).Where(port => !port.IsLocal).Select(port => $"{port.Number}/tcp");
        return [Warn(
            $"{node.Name}: {firewall} is on, and the playbook opens no ports in it",
            $"Turn it off (systemctl disable --now {firewall}), or allow what the roles need: {string.Join(", ", ports)}.")
                .Compared(firewall, "off, or open for the cluster", "Kubespray's README, Requirements")];
    }
}
