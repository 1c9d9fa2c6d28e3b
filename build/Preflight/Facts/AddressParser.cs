namespace KubeLab.Preflight;

/// <summary>Reads <c>ip -o addr show</c>: one address a line, such as <c>2: eth0    inet 192.0.2.10/24 brd 192.0.2.255 scope global eth0</c>.</summary>
internal static class AddressParser
{
    /// <summary>Reads the lines; those without an address are left out.</summary>
    public static IReadOnlyList<InterfaceAddress> Parse(IReadOnlyList<string> lines) =>
        [.. lines.Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Select(Address).OfType<InterfaceAddress>()];

    private static InterfaceAddress? Address(string[] words)
    {
        if (words is not [_, var name, "inet" or "inet6", var text, ..])
            return null;

        // A point-to-point address has no prefix length: it stands alone.
        var parts = text.Split('/');
        if (!Subnet.TryParseAddress(parts[0], out var address))
            return null;
        var bits = Subnet.Bits(address);
        var length = parts.Length == 2 && int.TryParse(parts[1], out var prefix) && prefix >= 0 && prefix <= bits ? prefix : bits;
        return new InterfaceAddress(name.Split('@')[0], address, length);
    }
}
