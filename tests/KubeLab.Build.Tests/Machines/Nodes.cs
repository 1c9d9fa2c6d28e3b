using System.Text.Json;
using KubeLab.Clusters;

namespace KubeLab.Tests.Machines;

/// <summary>Nodes as an inventory would give them.</summary>
internal static class Nodes
{
    public static Node On(string name, string address, int port, params (string Name, string Value)[] variables) => Node(
        name, ["kube_node"], [("ansible_host", address), ("ansible_port", $"{port}"), .. variables]);

    public static Node Node(string name, string[] groups, params (string Name, string Value)[] variables) => new(
        name,
        groups.ToHashSet(StringComparer.Ordinal),
        variables.ToDictionary(each => each.Name, each => JsonSerializer.SerializeToElement(each.Value), StringComparer.Ordinal));
}
