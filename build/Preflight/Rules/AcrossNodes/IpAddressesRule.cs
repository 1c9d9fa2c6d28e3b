namespace KubeLab.Preflight;

/// <summary>No two nodes have the same address in the cluster.</summary>
internal sealed class IpAddressesRule() : TwinsRule("ip-addresses", "The nodes' own addresses")
{
    public override IReadOnlyList<string> Variables => ["ip"];

    public override IEnumerable<Finding> Judge(PreflightContext scene) => Judge(
        scene,
        (node, facts) => NodeAddress.Of(node, facts, scene)?.Address.ToString(),
        "Kubespray's main_ip: ip, else ansible_default_ipv4.address",
        twins => Fail(
            $"{twins.Nodes} would join with the same address {twins.Value}",
            "Set ip of each in the inventory to the address that the other nodes reach it by (behind VirtualBox's NAT every machine is 10.0.2.15)."));
}
