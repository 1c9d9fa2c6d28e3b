namespace KubeLab.Smoke;

/// <summary>The test's pod on one node.</summary>
/// <param name="Node">The node's name.</param>
/// <param name="Pod">The pod's name.</param>
/// <param name="Address">The pod's address.</param>
/// <param name="NodeAddress">The node's internal address; null where it isn't known.</param>
public sealed record SmokeAgent(string Node, string Pod, string Address, string? NodeAddress)
{
    /// <summary>The port on which agents and backends answer.</summary>
    public const int Port = 8080;

    /// <summary>The address as the host of a URL; version 6 takes brackets.</summary>
    public static string Host(string address) => address.Contains(':', StringComparison.Ordinal) ? $"[{address}]" : address;

    /// <summary>A page of the agent.</summary>
    public string Page(string path) => $"http://{Host(Address)}:{Port}/{path}";
}
