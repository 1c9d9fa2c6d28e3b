using System.Net;

namespace KubeLab.Preflight;

/// <summary>An address on a node's interface.</summary>
/// <param name="Interface">The interface's name.</param>
/// <param name="Address">The address.</param>
/// <param name="PrefixLength">The length of its network's prefix, in bits.</param>
public sealed record InterfaceAddress(string Interface, IPAddress Address, int PrefixLength)
{
    /// <summary>The network that the address is in.</summary>
    public IPNetwork Network => Subnet.Around(Address, PrefixLength);
}
