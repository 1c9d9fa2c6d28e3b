namespace KubeLab.Preflight;

/// <summary>Inventory names are names that Kubernetes accepts for a node (a DNS-1123 subdomain), as Kubespray asserts.</summary>
internal sealed partial class HostNamesRule() : ClusterRule("host-names", "Names of the machines", RuleStage.Inventory)
{
    // The kubelet puts the name into the label kubernetes.io/hostname, whose value may have 63 characters; Linux allows 64.
    private const int MaxName = 63;

    public override IEnumerable<Finding> Judge(PreflightContext scene) => scene.Inventory.Nodes
        .Where(node => node.Name.Length > MaxName || !Name().IsMatch(node.Name))
        .Select(node => Fail(
            $"{node.Name} is no name that Kubernetes accepts for a node",
            $"Rename it in {scene.Inventory.Source}: at most {MaxName} lower case letters, digits, '-' and '.', with a letter or digit at both ends.",
            node)
                .Compared(node.Name, "a DNS-1123 subdomain", "Kubespray's assert on inventory_hostname"))
        .DefaultIfEmpty(Pass("all names are valid"));

    [GeneratedRegex(@"^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\z",
        RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Name();
}
