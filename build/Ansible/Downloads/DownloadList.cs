namespace KubeLab.Ansible;

/// <summary>A file or an image that a deployment downloads.</summary>
/// <param name="Name">Its name among the release's <c>downloads</c>, or <c>kubeadm_…</c> for an image of Kubernetes
/// itself.</param>
/// <param name="Url">Where a file comes from, without a user and a password; null for an image.</param>
/// <param name="Checksum">What a file has to have, as <c>sha256:…</c>; null where any will do.</param>
/// <param name="Image">The image, as <c>quay.io/calico/node:v3.31.0</c> or with <c>@sha256:…</c>; null for a file.</param>
/// <param name="Hosts">The hosts that download it.</param>
public sealed record Download(string Name, string? Url, string? Checksum, string? Image, IReadOnlyList<string> Hosts)
{
    /// <summary>What is asked for.</summary>
    public string Reference => Url ?? Image!;
}

/// <summary>All that a deployment downloads.</summary>
/// <param name="Known">How many downloads the release knows, whether it uses them or not.</param>
/// <param name="Downloads">Those that it uses, and the images of Kubernetes itself.</param>
/// <param name="Packages">The packages of the operating system that it installs.</param>
/// <param name="Kubernetes">The version of Kubernetes, as the inventory or the release writes it.</param>
public sealed record DownloadList(
    int Known, IReadOnlyList<Download> Downloads, IReadOnlyList<string> Packages, string? Kubernetes);
