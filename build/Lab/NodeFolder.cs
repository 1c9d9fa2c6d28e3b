namespace KubeLab.Lab;

/// <summary>What the lab keeps of one node.</summary>
/// <param name="Path">The folder, in LXC's container path.</param>
public sealed record NodeFolder(string Path)
{
    /// <summary>LXC's configuration.</summary>
    public string Configuration => $"{Path}/config";

    /// <summary>The identity of the image that <see cref="Changes"/> belongs to. Written last: a node without it is half made.</summary>
    public string ImageId => $"{Path}/image";

    /// <summary>What differs from the image: the overlay's upper layer.</summary>
    public string Changes => $"{Path}/changes";

    /// <summary>The overlay's working directory, which LXC makes beside <see cref="Changes"/>.</summary>
    public string Work => $"{Path}/work";

    /// <summary>The node's <c>/var/lib/containerd</c>: containerd's own overlays can't lie on one.</summary>
    public string Containerd => $"{Path}/containerd";

    /// <summary>The node's <c>/var/lib/kubelet</c>: the kubelet mounts into it, and pods have to see that.</summary>
    public string Kubelet => $"{Path}/kubelet";

    /// <summary>Files that stand in for kernel settings of this machine; see <see cref="KernelSettings"/>.</summary>
    public string Kernel => $"{Path}/kernel";

    /// <summary>The private host key; the public one beside it has <c>.pub</c>.</summary>
    public string HostKey => $"{Path}/ssh_host_ed25519_key";

    /// <summary>What LXC says.</summary>
    public string Log => $"{Path}/lxc.log";

    /// <summary>What the node's init says while it starts.</summary>
    public string Console => $"{Path}/console.log";
}
