namespace KubeLab.Lab;

/// <summary>Reads the lab's nodes from an inventory: <c>ansible_host</c>, <c>lab_memory_mb</c>, <c>lab_cpus</c> if set.</summary>
public static class LabInventory
{
    /// <summary>The memory of a node that says nothing, in MB.</summary>
    public static int DefaultMemoryMb => 2048;

    private static readonly string[] GroupsOfAll = ["all", "ungrouped"];

    /// <summary>The nodes that the inventory asks for, and those without any group: they wait until one is replaced.</summary>
    /// <exception cref="UserError">A node's address or size can't be read; it names the node and the inventory.</exception>
    public static IReadOnlyList<LabNode> Read(Inventory inventory) =>
        [.. inventory.Nodes.Concat(inventory.Others.Where(node => node.Groups.All(GroupsOfAll.Contains)))
            .Select(node => Read(node, inventory.Source))];

    /// <summary>Whether the inventory gives the nodes a way to the Internet: <c>lab_internet</c>, of all together.</summary>
    /// <exception cref="UserError">It is no yes or no.</exception>
    public static bool HasWayOut(Inventory inventory) =>
        inventory.Nodes.Select(node => Flag(node, inventory.Source)).Contains(true);

    // What YAML and Ansible take for one (ansible.module_utils.parsing.convert_bool), in an INI file too.
    private static bool Flag(Node node, string source) => node.Text("lab_internet")?.ToLowerInvariant() switch
    {
        "true" or "yes" or "on" or "1" => true,
        null or "false" or "no" or "off" or "0" => false,
        var other => throw new UserError(
            $"{node.Name}: lab_internet is \"{other}\", but it takes true or false.", $"Correct lab_internet in {source}."),
    };

    private static LabNode Read(Node node, string source)
    {
        if (!IPAddress.TryParse(node.Address, out var address))
            throw new UserError(
                $"{node.Name}: {node.Address} is no IP address.",
                $"Set ansible_host of {node.Name} to an address of the lab's network in {source}.");
        return new LabNode(node.Name, address, Number(node, "lab_memory_mb", source) ?? DefaultMemoryMb)
        { Cpus = Number(node, "lab_cpus", source) };
    }

    private static int? Number(Node node, string variable, string source)
    {
        if (node.Text(variable) is not { } text)
            return null;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0
            ? number
            : throw new UserError(
                $"{node.Name}: {variable} is \"{text}\", but it takes a whole number above 0.",
                $"Correct {variable} of {node.Name} in {source}.");
    }
}
