using KubeLab.Clusters;

namespace KubeLab.Distributions;

/// <summary>A kubelet that a distribution knows: a row of its <c>kubelet_checksums</c>.</summary>
/// <param name="Architecture">The architecture, as Go names it.</param>
/// <param name="Version">The version as it is written there, with or without a leading v.</param>
/// <param name="Source">Where it stands.</param>
public sealed record KubernetesChecksum(string Architecture, string Version, VariableSource Source);
