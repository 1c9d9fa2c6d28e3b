using KubeLab.Variables;

namespace KubeLab.Preflight;

/// <summary>No node's address lies in the networks of Services or of pods: what is sent to it there would not leave the
/// cluster.</summary>
internal sealed class AddressesApartRule() : ClusterRule("addresses-apart", "Nodes outside the networks of Services and pods",
    RuleStage.Inventory, FindingStatus.Warning)
{
    private static readonly string[] OfNode = ["ip", "access_ip", "ansible_host"];

    public override IReadOnlyList<string> Variables => [.. ClusterSubnets.Variables, .. OfNode];

    public override IEnumerable<Finding> Judge(PreflightContext scene)
    {
        var networks = ClusterSubnets.Pairs(scene.Variables).SelectMany(pair => new[] { pair.Services, pair.Pods })
            .Where(each => each.Network is not null).ToList();
        return scene.Inventory.Nodes.SelectMany(node => Judge(node, networks, scene))
            .DefaultIfEmpty(Pass("no node's address lies in them"));
    }

    private IEnumerable<Finding> Judge(Node node, IReadOnlyList<ClusterSubnet> networks, PreflightContext scene)
    {
        foreach (var variable in OfNode.Select(name => scene.Variables.Of(node, name)).OfType<EffectiveVariable>())
        {
            if (variable.Unresolved is null && Subnet.TryParseAddress(variable.Text, out var address)
                && networks.FirstOrDefault(each => each.Network!.Value.Contains(address)) is { } within)
            {
                yield return Warn(
                    $"{variable.Source}: {variable.Name} of {node.Name} is {variable.Text}, which lies in {within.Name} {within.Network}",
                    $"Give {node.Name} another address, or the cluster another {within.Name} ({scene.Variables.WhereToChange(within.Variable!)}).",
                    node).Compared(variable.Text, $"outside {within.Network}", within.Variable!.Source);
                yield break;
            }
        }
    }
}
