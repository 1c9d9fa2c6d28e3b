namespace KubeLab.Preflight;

/// <summary>No two machines of the inventory are the same one: no address, to log in to or a node's, comes twice.</summary>
internal sealed class UniqueAddressesRule() : ClusterRule("unique-addresses", "Addresses in the inventory", RuleStage.Inventory)
{
    public override IReadOnlyList<string> Variables => ["ansible_host", "ansible_port", "ip", "access_ip"];

    public override IEnumerable<Finding> Judge(PreflightContext scene) =>
        Repeated(scene, "ansible_host", node => Login(node, scene))
        .Concat(Repeated(scene, "ip", node => Value(node, "ip", scene)))
        .Concat(Repeated(scene, "access_ip", node => Value(node, "access_ip", scene)))
        .DefaultIfEmpty(Pass("every machine has addresses of its own"));

    private IEnumerable<Finding> Repeated(PreflightContext scene, string variable, Func<Node, string?> key) =>
        scene.Inventory.Nodes
        .Select(node => (node, key: key(node))).Where(pair => pair.key is not null)
        .GroupBy(pair => pair.key, pair => pair.node, StringComparer.OrdinalIgnoreCase).Where(group => group.Count() > 1)
        .Select(group => Fail(
            $"{string.Join(", ", group.Select(node => node.Name))} have the same {variable}: {Value(group.First(), variable, scene) ?? group.First().Address}",
            $"Give each machine one name and its own {variable} in {scene.Inventory.Source}.")
                .Compared(group.Key, $"one {variable} a machine", scene.Inventory.Source));

    // Behind one address may be several machines, by port or by the way there.
    private static string? Login(Node node, PreflightContext scene) => node.IsLocal
        ? null
        : $"{Value(node, "ansible_host", scene) ?? node.Name}:{Value(node, "ansible_port", scene) ?? "22"}{Way(node)}";

    private static string Way(Node node) => node.Text("ansible_ssh_common_args") is { } words ? $" {words}" : "";

    private static string? Value(Node node, string variable, PreflightContext scene) =>
        scene.Variables.Of(node, variable) is { Unresolved: null } value ? value.Text : null;
}
