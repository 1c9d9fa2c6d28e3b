using System.Text.RegularExpressions;

namespace KubeLab.Distributions;

/// <summary>What a distribution's playbooks make of an inventory's groups.</summary>
/// <param name="AcceptsOldNames">Whether <c>kube-master</c>, <c>kube-node</c> and <c>k8s-cluster</c> stand for today's names.</param>
/// <param name="DerivesCluster">Whether <c>k8s_cluster</c> is made up at run time (v2.27), so that an inventory needs not name it.</param>
public sealed partial record InventoryGroups(bool AcceptsOldNames, bool DerivesCluster)
{
    // Where groups are mapped: v2.29, v2.23, v2.22, and before.
    private static readonly string[] Files =
        ["roles/dynamic_groups/tasks/main.yml", "playbooks/boilerplate.yml", "playbooks/legacy_groups.yml", "legacy_groups.yml"];

    /// <summary>Reads it from a distribution's tree.</summary>
    public static InventoryGroups Read(string directory)
    {
        var texts = Files.Select(file => Path.Combine(directory, file)).Where(File.Exists).Select(File.ReadAllText).ToList();
        return new InventoryGroups(
            texts.Exists(text => text.Contains("kube-master", StringComparison.Ordinal)),
            File.Exists(Path.Combine(directory, Files[0])) || texts.Exists(text => Derived().IsMatch(text)));
    }

    [GeneratedRegex(@"^\s+k8s_cluster:\s*\n\s+- kube_", RegexOptions.Multiline, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Derived();
}
