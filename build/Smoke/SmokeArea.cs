namespace KubeLab.Smoke;

/// <summary>What a check looks at; the report lists the checks in this order.</summary>
public enum SmokeArea
{
    /// <summary>The API and the way to it.</summary>
    Api,

    /// <summary>The nodes.</summary>
    Nodes,

    /// <summary>The control plane and etcd.</summary>
    ControlPlane,

    /// <summary>What the cluster itself runs in kube-system.</summary>
    System,

    /// <summary>Pods and the controllers that make them.</summary>
    Workloads,

    /// <summary>The pod network and Services.</summary>
    Network,

    /// <summary>ConfigMaps, Secrets and volumes.</summary>
    Data,

    /// <summary>Who may do what.</summary>
    Access,

    /// <summary>What the test itself leaves behind.</summary>
    Cleanup,
}
