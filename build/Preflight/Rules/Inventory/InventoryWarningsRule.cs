namespace KubeLab.Preflight;

/// <summary>Ansible has nothing to complain of in the inventory: it warns of what it passes over, and goes on.</summary>
internal sealed class InventoryWarningsRule() : ClusterRule(
    "inventory-warnings", "Warnings of Ansible", RuleStage.Inventory, FindingStatus.Warning)
{
    // What other rules say with the lines, and what isn't about the inventory.
    private static readonly string[] SaidElsewhere =
    [
        "found a duplicate dict key", "both group and host with same name", "vault format error", "world writable directory",
        "does not support Ansible version", "Platform", "Deprecated", "deprecated",
    ];

    public override IEnumerable<Finding> Judge(PreflightContext scene) => scene.Inventory.Warnings
        .Where(warning => !SaidElsewhere.Any(warning.Contains))
        .Select(warning => Warn($"Ansible warns: {warning}", "Correct the inventory where Ansible names it.")
            .Compared("a warning", "none", "ansible-inventory"))
        .Concat(Unjudged(scene))
        .DefaultIfEmpty(Pass("Ansible read the inventory without a warning"));

    private IEnumerable<Finding> Unjudged(PreflightContext scene) =>
        scene.Deployment.Ansible is { ExtraVariables: not null, JudgesExtraVariables: false } ansible
        ? [Warn($"What --extra-vars says isn't judged: ansible-inventory {ansible.Toolchain.Version} takes none",
            "Compare it with the inventory yourself, or use an Ansible from 2.11 on.")
            .Compared($"{ansible.Toolchain.Version}", "2.11", "ansible-inventory")]
        : [];
}
