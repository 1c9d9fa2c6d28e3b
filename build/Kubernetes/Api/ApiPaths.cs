namespace KubeLab.Kubernetes;

/// <summary>The paths of the API that the checks read; all of them exist from Kubernetes 1.20 to 1.36.</summary>
public static class ApiPaths
{
    public const string Version = "/version";
    public const string Ready = "/readyz?verbose";
    public const string Live = "/livez?verbose";
    public const string Nodes = "/api/v1/nodes";
    public const string NodeLeases = "/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases";
    public const string SystemLeases = "/apis/coordination.k8s.io/v1/namespaces/kube-system/leases";
    public const string SystemPods = "/api/v1/namespaces/kube-system/pods";
    public const string SystemServices = "/api/v1/namespaces/kube-system/services";
    public const string SystemEndpoints = "/api/v1/namespaces/kube-system/endpoints";
    public const string SystemDeployments = "/apis/apps/v1/namespaces/kube-system/deployments";
    public const string SystemDaemonSets = "/apis/apps/v1/namespaces/kube-system/daemonsets";
    public const string SigningRequests = "/apis/certificates.k8s.io/v1/certificatesigningrequests";
    public const string ComponentStatuses = "/api/v1/componentstatuses";
    public const string StorageClasses = "/apis/storage.k8s.io/v1/storageclasses";
    public const string Namespaces = "/api/v1/namespaces";
    public const string AllDaemonSets = "/apis/apps/v1/daemonsets";

    public static string PodsOf(string space) => $"/api/v1/namespaces/{space}/pods";
}
