namespace KubeLab.Lab;

/// <summary>The lab's network: a bridge that nothing is forwarded from or to, but by <see cref="WayOut"/>.</summary>
/// <param name="Bridge">The name of the bridge, at most 11 characters.</param>
/// <param name="Gateway">This machine's address on the bridge, the nodes' default gateway.</param>
/// <param name="PrefixLength">How many bits of the address name the network, at least 24.</param>
public sealed record LabNetwork(string Bridge, IPAddress Gateway, int PrefixLength)
{
    /// <summary>The network of the embedded lab.</summary>
    public static LabNetwork Default { get; } = new("kubelab0", IPAddress.Parse("10.86.0.1"), 24);

    /// <summary>The addresses of the lab.</summary>
    public IPNetwork Subnet { get; } = IPNetwork.Parse($"{NetworkAddress(Gateway, PrefixLength)}/{PrefixLength}");

    /// <summary>The gateway with its prefix length, as <c>ip address</c> writes it.</summary>
    public string GatewayWithPrefix => $"{Gateway}/{PrefixLength}";

    /// <summary>A node's end of the bridge, an interface of this machine: <c>kubelab0-10</c>, at most 15 characters.</summary>
    public string PortOf(LabNode node) => $"{Bridge}-{node.HostPart}";

    private static IPAddress NetworkAddress(IPAddress address, int prefixLength)
    {
        var bytes = address.GetAddressBytes();
        for (var i = 0; i < bytes.Length; i++)
            bytes[i] &= (byte)(0xFF << Math.Clamp((8 * (i + 1)) - prefixLength, 0, 8));
        return new IPAddress(bytes);
    }
}
