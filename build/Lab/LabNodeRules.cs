namespace KubeLab.Lab;

/// <summary>What a list of nodes has to be, before anything is made.</summary>
public static partial class LabNodeRules
{
    // Below that systemd and sshd alone don't come up.
    private const int LeastMemoryMb = 64;

    /// <summary>All that is wrong with a list of nodes, each naming the node; empty if nothing is.</summary>
    public static IReadOnlyList<string> Check(IReadOnlyList<LabNode> nodes, LabNetwork network)
    {
        var problems = new List<string>();
        if (nodes.Count == 0)
            problems.Add("The inventory has no nodes.");
        foreach (var node in nodes)
        {
            if (!HostName().IsMatch(node.Name))
                problems.Add($"{node.Name} is no host name: letters a to z, digits and dashes, at most 63, no dash at an end.");
            if (!network.Subnet.Contains(node.Address) || node.HostPart is 0 or 255)
                problems.Add($"{node.Name}: {node.Address} is no address for a node in {network.Subnet}.");
            if (node.Address.Equals(network.Gateway))
                problems.Add($"{node.Name}: {node.Address} is this machine's own address on {network.Bridge}.");
            if (node.MemoryMb < LeastMemoryMb)
                problems.Add($"{node.Name}: {node.MemoryMb} MB of memory is not enough to start at all ({LeastMemoryMb} MB).");
            if (node.Cpus < 1)
                problems.Add($"{node.Name}: {node.Cpus} processors are none.");
        }

        problems.AddRange(Twins(nodes, node => node.Name, "the name"));
        problems.AddRange(Twins(nodes, node => node.Address.ToString(), "the address"));
        return problems;
    }

    private static IEnumerable<string> Twins(IEnumerable<LabNode> nodes, Func<LabNode, string> key, string what) =>
        nodes.GroupBy(key).Where(group => group.Count() > 1).Select(group => $"{group.Count()} nodes have {what} {group.Key}.");

    [GeneratedRegex("^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?\\z", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 60_000)]
    private static partial Regex HostName();
}
