namespace KubeLab.Clusters;

/// <summary>Which machine has which role in a new cluster.</summary>
public sealed partial record NewClusterPlan(string Name, IReadOnlyList<NewNode> Nodes, int ControlPlaneCount)
{
    /// <summary>The control plane nodes.</summary>
    public IReadOnlyList<NewNode> ControlPlane => [.. Nodes.Take(ControlPlaneCount)];

    /// <summary>The etcd members: on the control plane, and an odd number, as an even one survives no more failures.</summary>
    public IReadOnlyList<NewNode> EtcdMembers =>
        [.. Nodes.Take(ControlPlaneCount % 2 == 1 ? ControlPlaneCount : ControlPlaneCount - 1)];

    /// <summary>The workers: the rest, or, where there is none, the control plane too.</summary>
    public IReadOnlyList<NewNode> Workers => Nodes.Count > ControlPlaneCount ? [.. Nodes.Skip(ControlPlaneCount)] : Nodes;

    /// <summary>Reads what was given on the command line.</summary>
    /// <param name="nodes">An address each, or <c>name=address</c>; the control plane first.</param>
    /// <exception cref="UserError">A name or an address is none, comes twice, or there are too few.</exception>
    public static NewClusterPlan Parse(string? name, IReadOnlyList<string> nodes, int controlPlaneCount)
    {
        if (name is null || !ClusterName().IsMatch(name))
            throw new UserError(
                name is null ? "The new cluster has no name." : $"{name} is no name for a cluster, which is a folder's too.",
                "Name it with letters, digits and dashes: --name mycluster.");
        if (nodes.Count == 0)
            throw new UserError(
                "The new cluster has no nodes.",
                "Give their addresses, the control plane first: --nodes 192.0.2.10,192.0.2.20 or --nodes k8s-m0=192.0.2.10,k8s-n0=192.0.2.20.");
        if (controlPlaneCount < 1 || controlPlaneCount > nodes.Count)
            throw new UserError(
                $"{controlPlaneCount} control plane nodes of {nodes.Count} nodes is not possible.",
                $"Give --control-planes from 1 to {nodes.Count}: 1, or 3.");
        var read = nodes.Select((node, position) => Read(node.Trim(), position, controlPlaneCount)).ToList();
        RequireUnique(read, node => node.Name, "The name");
        RequireUnique(read, node => node.Address, "The address");
        return new NewClusterPlan(name, read, controlPlaneCount);
    }

    private static NewNode Read(string text, int position, int controlPlaneCount)
    {
        var usual = position < controlPlaneCount ? $"k8s-m{position}" : $"k8s-n{position - controlPlaneCount}";
        var node = text.Split('=', 2) is [var given, var at] ? new NewNode(given, at) : new NewNode(usual, text);
        if (!NodeName().IsMatch(node.Name))
            throw new UserError(
                $"{node.Name} is no name for a node: it becomes the machine's host name.",
                "Use lower-case letters, digits and dashes, as k8s-m0.");
        return Address().IsMatch(node.Address) ? node : throw new UserError(
            $"\"{node.Address}\" is no address of a node.", "Give an IP address or a host name, as k8s-m0=192.0.2.10.");
    }

    private static void RequireUnique(List<NewNode> nodes, Func<NewNode, string> key, string what)
    {
        if (nodes.GroupBy(key).FirstOrDefault(group => group.Count() > 1) is { } twice)
            throw new UserError(
                $"{what} {twice.Key} comes {twice.Count()} times among the nodes.",
                "Give each machine once, with a name and an address of its own.");
    }

    [GeneratedRegex("^[A-Za-z0-9][A-Za-z0-9._-]*$", RegexOptions.None, matchTimeoutMilliseconds: 60_000)]
    private static partial Regex ClusterName();

    // As Kubespray's own assert on host names.
    [GeneratedRegex(@"^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$",
        RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 60_000)]
    private static partial Regex NodeName();

    [GeneratedRegex("^[A-Za-z0-9][A-Za-z0-9.:_-]*$", RegexOptions.None, matchTimeoutMilliseconds: 60_000)]
    private static partial Regex Address();
}

/// <summary>A machine of a cluster that is about to be written down.</summary>
/// <param name="Name">Its name in the inventory, which becomes its host name.</param>
public sealed record NewNode(string Name, string Address);
