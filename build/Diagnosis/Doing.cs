namespace KubeLab.Diagnosis;

/// <summary>What a task was doing when it failed; perhaps several: <c>kubeadm join</c> is Kubeadm and KubeadmJoin.</summary>
public enum Doing
{
    /// <summary>A condition, a template or an assertion was evaluated, always on the control machine.</summary>
    Evaluate,

    /// <summary>Settings or facts were judged.</summary>
    Assert,

    /// <summary>A connection to the machine was being made, or ended.</summary>
    Connect,

    /// <summary>Facts were gathered.</summary>
    Facts,

    /// <summary>A file was fetched by HTTP.</summary>
    Download,

    /// <summary>A URL was asked that is no download, such as a health check.</summary>
    AskUrl,

    /// <summary>An image was pulled, or looked up in a registry.</summary>
    ImagePull,

    /// <summary>An image was loaded, saved or tagged.</summary>
    Image,

    /// <summary>kubectl, Helm, calicoctl or a module talked with the cluster's API.</summary>
    Kubectl,

    /// <summary>Helm was at work.</summary>
    Helm,

    /// <summary>kubeadm was at work.</summary>
    Kubeadm,

    /// <summary>kubeadm init.</summary>
    KubeadmInit,

    /// <summary>kubeadm join.</summary>
    KubeadmJoin,

    /// <summary>kubeadm upgrade.</summary>
    KubeadmUpgrade,

    /// <summary>etcdctl or etcdutl was at work.</summary>
    Etcdctl,

    /// <summary>Packages were installed, removed or listed.</summary>
    Packages,

    /// <summary>Packages, by apt or dpkg.</summary>
    Apt,

    /// <summary>Packages, by dnf or yum.</summary>
    Dnf,

    /// <summary>A port was waited for.</summary>
    WaitPort,

    /// <summary>A text in a file, or in what a port says, was waited for.</summary>
    WaitText,

    /// <summary>A file was waited for.</summary>
    WaitFile,

    /// <summary>Something in the cluster was waited for: pods, nodes, a rollout.</summary>
    WaitCluster,

    /// <summary>A service was started, stopped or switched on.</summary>
    Service,

    /// <summary>A file or folder was made, copied, changed or unpacked.</summary>
    File,

    /// <summary>A file or folder was copied with rsync.</summary>
    Rsync,

    /// <summary>A kernel module was loaded.</summary>
    KernelModule,

    /// <summary>A kernel setting was made.</summary>
    KernelSetting,

    /// <summary>A file system was mounted.</summary>
    Mount,

    /// <summary>The machine was rebooted.</summary>
    Reboot,
}

/// <summary>Where a task ran.</summary>
public enum Place
{
    /// <summary>On the node that it was for.</summary>
    Node,

    /// <summary>On another node, to which it was delegated.</summary>
    OtherNode,

    /// <summary>On the machine that Ansible runs on.</summary>
    Control,
}
