using KubeLab.Distributions;

namespace KubeLab.Variables;

/// <summary>Which Kubernetes a distribution will install, and for which machines it has one.</summary>
/// <param name="Version">The version; null where it can't be told.</param>
/// <param name="Architectures">The architectures, as Go names them; none where the tree does not say.</param>
/// <param name="Source">Where that is written; null where nowhere.</param>
public sealed record KubernetesRelease(Version? Version, IReadOnlyList<string> Architectures, VariableSource? Source)
{
    /// <summary>Reads it from the inventory and the distribution's tree.</summary>
    public static KubernetesRelease Read(ClusterVariables variables, Distribution distribution)
    {
        var versions = distribution.KubernetesVersions;
        var architectures = versions.Table.Select(row => row.Architecture).Distinct().ToList();
        var set = variables.OfCluster("kube_version");
        if (set is not null && KubernetesVersions.Parse(set.Text) is { } version)
            return new KubernetesRelease(version, architectures, set.Source);
        return set is { IsDefault: true }
            ? new KubernetesRelease(versions.Default, architectures, versions.Source)
            : new KubernetesRelease(null, architectures, null);
    }
}
