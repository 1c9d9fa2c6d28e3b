namespace KubeLab.Lab;

/// <summary>What the lab keeps of one node.</summary>
public sealed record NodeFolder(string Path)
{
    /// <summary>LXC's configuration.</summary>
    public string Configuration => $"{Path}/config";

    /// <summary>The identity of the image of <see cref="Changes"/>. Written last: without it a node is half made.</summary>
    public string ImageId => $"{Path}/image";

    /// <summary>What differs from the image: the overlay's upper layer.</summary>
    public string Changes => $"{Path}/changes";

    /// <summary>The node's <c>/var/lib/containerd</c>: containerd's own overlays can't lie on one.</summary>
    public string Containerd => $"{Path}/containerd";

    /// <summary>The node's <c>/var/lib/kubelet</c>: the kubelet mounts into it, and pods have to see that.</summary>
    public string Kubelet => $"{Path}/kubelet";

    /// <summary>Files that stand in for kernel settings of this machine; see <see cref="KernelSettings"/>.</summary>
    public string Kernel => $"{Path}/kernel";

    /// <summary>The file that stands in for one of them: <c>vm/panic_on_oom</c>.</summary>
    public string KernelFile(string setting) => $"{Kernel}/{setting.Replace('/', '.')}";

    /// <summary>The private host key; the public one beside it has <c>.pub</c>.</summary>
    public string HostKey => $"{Path}/ssh_host_ed25519_key";

    /// <summary>What LXC says.</summary>
    public string Log => $"{Path}/lxc.log";

    /// <summary>What the node's init says while it starts.</summary>
    public string Console => $"{Path}/console.log";
}

/// <summary>What a node has of its own before it starts for the first time, laid over the image.</summary>
internal sealed class NodeFiles(LabFolder lab)
{
    /// <summary>Writes a node's folder; its host key and the login key must be there.</summary>
    public void Write(LabNode node)
    {
        var folder = lab.Of(node.Name);
        foreach (var directory in new[] { folder.Containerd, folder.Kubelet, folder.Kernel, folder.Changes })
            UnixFile.MakeDirectory(directory);
        foreach (var setting in KernelSettings.Shadowed.Where(setting => File.Exists($"/proc/sys/{setting}")))
            UnixFile.Write(folder.KernelFile(setting), File.ReadAllText($"/proc/sys/{setting}"), UnixFile.Readable);

        var etc = UnixFile.MakeDirectory($"{folder.Changes}/etc");
        UnixFile.Write($"{etc}/hostname", $"{node.Name}\n", UnixFile.Readable);
        UnixFile.Write($"{etc}/hosts", $"127.0.0.1 localhost\n127.0.1.1 {node.Name}\n", UnixFile.Readable);
        // machine-id(5): 32 lower-case hexadecimal digits, its own on every node.
        UnixFile.Write($"{etc}/machine-id", $"{Guid.NewGuid():N}\n", UnixFile.Readable);

        var ssh = UnixFile.MakeDirectory($"{etc}/ssh");
        var hostKey = $"{ssh}/{Path.GetFileName(folder.HostKey)}";
        UnixFile.Write(hostKey, File.ReadAllText(folder.HostKey), UnixFile.Private);
        UnixFile.Write($"{hostKey}.pub", File.ReadAllText($"{folder.HostKey}.pub"), UnixFile.Readable);
        UnixFile.MakeDirectory($"{ssh}/authorized_keys.d");
        UnixFile.Write($"{ssh}/authorized_keys.d/kubelab", File.ReadAllText($"{lab.PrivateKey}.pub"), UnixFile.Readable);
    }
}
