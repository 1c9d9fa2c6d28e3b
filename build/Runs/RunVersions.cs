namespace KubeLab.Runs;

/// <summary>What a run was made with; null for what the run never came to know.</summary>
/// <param name="KubeLab">KubeLab's own version.</param>
/// <param name="Distribution">The distribution with its version: <c>kubespray v2.31.0</c>.</param>
/// <param name="Commit">The distribution's commit, where it is a git tree.</param>
/// <param name="Ansible">The version of Ansible, and where it comes from.</param>
/// <param name="Kubernetes">The version of Kubernetes that the distribution installs.</param>
public sealed record RunVersions(string KubeLab, string? Distribution, string? Commit, string? Ansible, string? Kubernetes);
