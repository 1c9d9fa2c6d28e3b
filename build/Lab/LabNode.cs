using System.Net;

namespace KubeLab.Lab;

/// <summary>A node as the lab makes it: an LXC system container on this machine.</summary>
/// <param name="Name">Its host name, which is also the container's name.</param>
/// <param name="Address">Its IPv4 address, inside <see cref="LabNetwork.Subnet"/>.</param>
/// <param name="MemoryMb">Its memory in MB (1024 × 1024 bytes); what <c>/proc/meminfo</c> shows on the node.</param>
public sealed record LabNode(string Name, IPAddress Address, int MemoryMb)
{
    /// <summary>How many of this machine's processors it may use; null for all.</summary>
    public int? Cpus { get; init; }

    /// <summary>The last part of the address, which names the node's end of the bridge.</summary>
    internal byte HostPart => Address.GetAddressBytes()[^1];
}
