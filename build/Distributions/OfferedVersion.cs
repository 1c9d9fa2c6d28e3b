namespace KubeLab.Distributions;

/// <summary>A release of Kubespray that a remote offers.</summary>
/// <param name="Tag">Its tag.</param>
/// <param name="Commit">The commit that the tag stands for.</param>
/// <param name="Kubernetes">The Kubernetes that it installs where the inventory says nothing; null where its tree doesn't say.</param>
/// <param name="LowestKubernetes">The lowest Kubernetes that it installs; null where its tree doesn't say.</param>
/// <param name="Ansible">The Ansible versions that it accepts, as <c>2.18.0 - &lt;2.19.0</c>; null where its tree doesn't say.</param>
public sealed record OfferedVersion(string Tag, string Commit, string? Kubernetes, string? LowestKubernetes, string? Ansible);
