using KubeLab.Variables;

namespace KubeLab.Preflight;

/// <summary>In a cluster of several nodes none is known to the others by a loopback address, by which each would reach
/// itself.</summary>
internal sealed class LoopbackAddressesRule() : ClusterRule("loopback-addresses", "Loopback addresses", RuleStage.Inventory)
{
    private static readonly string[] OfNode = ["ip", "access_ip", "ip6", "access_ip6"];

    public override IReadOnlyList<string> Variables => [.. OfNode, "ansible_host", "ansible_port"];

    public override IEnumerable<Finding> Judge(PreflightContext scene) => scene.Inventory.Nodes.Count < 2
        ? [Pass("a cluster of one node reaches itself")]
        : scene.Inventory.Nodes.SelectMany(node => Judge(node, scene)).DefaultIfEmpty(Pass("no node goes by a loopback address"));

    private IEnumerable<Finding> Judge(Node node, PreflightContext scene)
    {
        foreach (var variable in OfNode.Select(name => scene.Variables.Of(node, name)).OfType<EffectiveVariable>()
            .Where(IsLoopback))
        {
            yield return Fail(
                $"{variable.Source}: {variable.Name} of {node.Name} is {variable.Text}, a loopback address: the other nodes would reach themselves by it",
                $"Set {variable.Name} to the address that the other nodes reach {node.Name} by.",
                node).Compared(variable.Text, "an address in the nodes' network", variable.Source);
        }

        // Behind a port of its own may be a machine elsewhere.
        if (!node.IsLocal && scene.Variables.Of(node, "ansible_host") is { } login && IsLoopback(login)
            && scene.Variables.Of(node, "ansible_port") is not { IsDefault: false })
        {
            yield return Warn(
                $"{login.Source}: ansible_host of {node.Name} is {login.Text}, which is the control machine itself",
                $"Set ansible_host to the address of {node.Name}, or ansible_connection=local where it is this machine.",
                node).Compared(login.Text, "the node's address", login.Source);
        }
    }

    private static bool IsLoopback(EffectiveVariable variable) => variable.Unresolved is null
        && (variable.Text == "localhost" || (Subnet.TryParseAddress(variable.Text, out var address) && IPAddress
            .IsLoopback(address)));
}
