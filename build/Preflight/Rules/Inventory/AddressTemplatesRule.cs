using KubeLab.Variables;

namespace KubeLab.Preflight;

/// <summary>Templates in addresses have a value; those over facts get one only once the playbook has asked the nodes.</summary>
internal sealed class AddressTemplatesRule() : ClusterRule("address-templates", "Templates in addresses", RuleStage.Inventory)
{
    private static readonly string[] OfNode = ["ip", "access_ip", "ip6", "access_ip6", "ansible_host"];

    public override IReadOnlyList<string> Variables => OfNode;

    public override IEnumerable<Finding> Judge(PreflightContext scene) =>
        scene.Inventory.Nodes.SelectMany(node => OfNode.Select(name => scene.Variables.Of(node, name)).OfType<EffectiveVariable>()
            .Where(variable => variable is { IsDefault: false, Unresolved: not null } && !IsOverFacts(variable))
            .Select(variable => Without(node, variable)))
        .DefaultIfEmpty(Pass("every template of an address has a value"));

    private Finding Without(Node node, EffectiveVariable variable) => Fail(
        $"{variable.Source}: {variable.Name} of {node.Name} is {variable.Text}, which has no value: {variable.Unresolved}",
        $"Correct {variable.Name} in {variable.Source}.",
        node).Compared(variable.Text, "an address", variable.Source);

    private static bool IsOverFacts(EffectiveVariable variable) =>
        variable.Name != "ansible_host" && (variable.Text.Contains("ansible_") || variable.Text.Contains("lookup"));
}
