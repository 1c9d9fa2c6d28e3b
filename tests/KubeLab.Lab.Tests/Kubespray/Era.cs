using System.Security.Cryptography;

namespace KubeLab.Lab.Tests.Kubespray;

/// <summary>A release of Kubespray with a Kubernetes whose parts can be had.</summary>
/// <param name="Tag">The release.</param>
/// <param name="Kubernetes">The version of Kubernetes.</param>
/// <param name="Next">The version that one goes to from there; parts may lack it.</param>
/// <param name="Ansible">The versions of Ansible that it takes: from this one up to, but not including, that one.</param>
public sealed record Era(string Tag, string Kubernetes, string Next, (Version From, Version Below) Ansible)
{
    // The program or archive that a variable holds the checksum of, by how the file's name begins.
    private static readonly Dictionary<string, string> Checksums = new()
    {
        ["kubelet"] = "kubelet_binary_checksum",
        ["kubectl"] = "kubectl_binary_checksum",
        ["kubeadm"] = "kubeadm_binary_checksum",
        ["etcd-"] = "etcd_binary_checksum",
        ["cni-plugins-"] = "cni_binary_checksum",
        ["crictl-"] = "crictl_binary_checksum",
        ["runc."] = "runc_binary_checksum",
        ["containerd-"] = "containerd_archive_checksum",
        ["nerdctl-"] = "nerdctl_archive_checksum",
    };

    /// <summary>The last release that takes the Kubernetes of the lab's own node image.</summary>
    public static Era Old { get; } = new("v2.18.2", "v1.20.2", "v1.20.3", (new Version(2, 9), new Version(2, 12)));

    /// <summary>What the release is told beside <c>inventory/lab-kubespray</c>.</summary>
    public string Variables => Path.Combine(LabMachine.Root, "tests", "KubeLab.Lab.Tests", "Kubespray", "eras", $"{Tag}.yml");

    /// <summary>Whether a bundle's files are there for a version of Kubernetes.</summary>
    public static bool Has(string bundle, string kubernetes) =>
        Directory.GetDirectories(Path.Combine(bundle, "files"), kubernetes, SearchOption.AllDirectories).Length > 0;

    /// <summary>The checksums of a bundle's files as the release's variables: its parts need not be those that the release knows.</summary>
    /// <param name="others">Versions of Kubernetes that are not meant, though the bundle has them.</param>
    public static string ChecksumsOf(string bundle, params string[] others) => string.Concat(
        Directory.GetFiles(Path.Combine(bundle, "files"), "*", SearchOption.AllDirectories)
            .Where(file => !others.Any(other => file.Contains($"/{other}/", StringComparison.Ordinal)))
            .Select(file => (Variable: Checksums.FirstOrDefault(each => Path.GetFileName(file).StartsWith(each.Key, StringComparison.Ordinal)).Value, file))
            .Where(each => each.Variable is not null)
            .OrderBy(each => each.Variable, StringComparer.Ordinal)
            .Select(each => $"{each.Variable}: {Sha256(each.file)}\n")
            .Prepend("---\n"));

    private static string Sha256(string file)
    {
        using var stream = File.OpenRead(file);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }
}
