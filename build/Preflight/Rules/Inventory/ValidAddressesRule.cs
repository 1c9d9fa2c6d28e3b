using System.Buffers;
using KubeLab.Variables;

namespace KubeLab.Preflight;

/// <summary>Addresses in the inventory are some: <c>ip</c> and <c>access_ip</c>, and a name or address to log in to.</summary>
internal sealed partial class ValidAddressesRule() : ClusterRule("valid-addresses", "Notation of addresses", RuleStage.Inventory)
{
    private static readonly SearchValues<char> OfAddresses = SearchValues.Create("0123456789.");
    private static readonly string[] OfNode = ["ip", "access_ip", "ip6", "access_ip6"];

    public override IReadOnlyList<string> Variables => ["ansible_host", .. OfNode];

    public override IEnumerable<Finding> Judge(PreflightContext scene) =>
        scene.Inventory.Nodes.SelectMany(node => Wrong(node, scene)).DefaultIfEmpty(Pass("every address is one"));

    private IEnumerable<Finding> Wrong(Node node, PreflightContext scene) => OfNode.Append("ansible_host")
        .Select(name => scene.Variables.Of(node, name)).OfType<EffectiveVariable>()
        .Where(variable => variable.Unresolved is null && !IsValid(variable))
        .Select(variable => Fail(
            $"{node.Name}: {variable.Name} is {Shown(variable)}, which is no {(variable.Name == "ansible_host" ? "address and no host name" : "address of a machine")}",
            $"Correct {variable.Name} in {variable.Source}.",
            node).Compared(Shown(variable), "an address", variable.Source));

    private static string Shown(EffectiveVariable variable) => variable.Text.Trim().Length > 0 ? variable.Text : "empty";

    private static bool IsValid(EffectiveVariable variable)
    {
        var text = variable.Text;
        if (Subnet.TryParseAddress(text, out var address))
            return !address.Equals(IPAddress.Any) && !address.Equals(IPAddress.IPv6Any);

        // What has only digits and dots was meant as an address; a name may also be one of ssh_config's, with an underscore.
        return variable.Name == "ansible_host" && Name().IsMatch(text) && text.AsSpan().ContainsAnyExcept(OfAddresses);
    }

    [GeneratedRegex("^[A-Za-z0-9_]([A-Za-z0-9_.-]*[A-Za-z0-9_.])?$", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Name();
}
