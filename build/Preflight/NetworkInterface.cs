namespace KubeLab.Preflight;

/// <summary>A network interface of a node.</summary>
/// <param name="Name">Its name.</param>
/// <param name="MacAddress">Its hardware address, lower case; null where it has none.</param>
/// <param name="Mtu">The largest packet that it sends, in bytes.</param>
public sealed record NetworkInterface(string Name, string? MacAddress, int? Mtu);
