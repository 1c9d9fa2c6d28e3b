using System.Numerics;

namespace KubeLab.Lab;

/// <summary>A route of this machine.</summary>
/// <param name="IsDirect">Whether those addresses are neighbours, reached through no gateway.</param>
public sealed record Route(string Interface, IPNetwork Destination, bool IsDirect)
{
    /// <summary>Parses <c>/proc/net/route</c>, which has IPv4 routes; lines that aren't of its form are left out.</summary>
    public static IReadOnlyList<Route> Parse(string text) => [.. text.Split('\n').Select(ParseLine).OfType<Route>()];

    /// <summary>Whether two networks have an address in common.</summary>
    public static bool Overlap(IPNetwork left, IPNetwork right) =>
        left.Contains(right.BaseAddress) || right.Contains(left.BaseAddress);

    // Iface Destination Gateway Flags RefCnt Use Metric Mask …, addresses as the hexadecimal of the kernel's own byte order.
    private static Route? ParseLine(string line)
    {
        var fields = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        return fields.Length >= 8 && Hex(fields[1]) is { } destination && Hex(fields[2]) is { } gateway
            && Hex(fields[7]) is { } mask
            && Network(destination, BitOperations.PopCount(mask)) is { } network
            ? new Route(fields[0], network, gateway == 0)
            : null;
    }

    private static uint? Hex(string field) =>
        uint.TryParse(field, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static IPNetwork? Network(uint destination, int prefixLength) =>
        IPNetwork.TryParse($"{new IPAddress(destination)}/{prefixLength}", out var network) ? network : null;
}
