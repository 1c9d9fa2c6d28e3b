using KubeLab.Variables;

namespace KubeLab.Preflight;

/// <summary>The inventory's addresses are there: <c>ip</c> as Kubespray asserts, <c>access_ip</c> unless translated.</summary>
internal sealed class OwnAddressRule() : NodeRule("own-address", "ip and access_ip")
{
    public override IReadOnlyList<string> Variables => ["ip", "access_ip"];

    public override IEnumerable<Finding> Judge(ProbedNode node, NodeFacts facts, PreflightContext scene)
    {
        if (facts.Addresses is not { } addresses)
            return [Skip("the node has no ip command")];
        return Variables.Select(name => scene.Variables.Of(node.Node, name)).OfType<EffectiveVariable>()
            .Where(variable => variable.Unresolved is null && IPAddress.TryParse(variable.Text, out var wanted)
                && !addresses.Any(address => address.Address.Equals(wanted)))
            .Select(variable => Missing(node, variable, addresses))
            .DefaultIfEmpty(Pass("what the inventory gives is on the node"));
    }

    private Finding Missing(ProbedNode node, EffectiveVariable variable, IReadOnlyList<InterfaceAddress> addresses)
    {
        var usable = addresses.Where(address => !IPAddress.IsLoopback(address.Address) && !address.Address.IsIPv6LinkLocal);
        var there = string.Join(", ", usable.Take(6).Select(address => address.Address));
        var verdict = variable.Name == "ip"
            ? Fail(
                $"{node.Name}: ip is {variable.Text}, and the node has {there}",
                $"Correct ip in {variable.Source}, or remove it there to take the address of the default route.")
            : Warn(
                $"{node.Name}: access_ip is {variable.Text}, and the node has {there}",
                $"If {variable.Text} is translated to it (a floating address), there is nothing to do. Else correct access_ip in {variable.Source}.");
        return verdict.Compared(there.Length > 0 ? there : "none", variable.Text, variable.Source);
    }
}
