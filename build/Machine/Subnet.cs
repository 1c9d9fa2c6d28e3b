using System.Net.Sockets;

namespace KubeLab.Machine;

/// <summary>Arithmetic on networks in CIDR notation.</summary>
public static class Subnet
{
    /// <summary>Reads a network as Ansible's <c>ipaddr('net')</c>: an address with a prefix length; further bits are
    /// cut.</summary>
    public static bool TryParse(string text, out IPNetwork network)
    {
        network = default;
        var parts = text.Split('/');
        if (parts.Length != 2 || !TryParseAddress(parts[0], out var address) || !int.TryParse(parts[1], out var length)
            || length < 0 || length > Bits(address))
            return false;
        network = Around(address, length);
        return true;
    }

    /// <summary>Reads an address in full notation: <c>10.1</c> and <c>010.0.0.1</c>, read in two ways, are none.</summary>
    public static bool TryParseAddress(string text, out IPAddress address) =>
        IPAddress.TryParse(text, out address!)
        && (address.AddressFamily == AddressFamily.InterNetworkV6 || address.ToString() == text);

    /// <summary>The network of a given prefix length that an address lies in.</summary>
    public static IPNetwork Around(IPAddress address, int prefixLength)
    {
        var bytes = address.GetAddressBytes();
        for (var bit = prefixLength; bit < bytes.Length * 8; bit++)
            bytes[bit / 8] &= (byte)~(0x80 >> (bit % 8));
        return new IPNetwork(new IPAddress(bytes), prefixLength);
    }

    /// <summary>Whether two networks share an address.</summary>
    public static bool Overlap(IPNetwork one, IPNetwork other) =>
        one.BaseAddress.AddressFamily == other.BaseAddress.AddressFamily
        && (one.Contains(other.BaseAddress) || other.Contains(one.BaseAddress));

    /// <summary>The bits of an address: 32 or 128.</summary>
    public static int Bits(IPAddress address) => address.AddressFamily == AddressFamily.InterNetwork ? 32 : 128;
}
