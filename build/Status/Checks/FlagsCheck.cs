using KubeLab.Kubernetes;

namespace KubeLab.Status;

/// <summary>The control plane runs with the flags of kubeadm's configuration as the release would write it now, and no
/// other.</summary>
internal sealed class FlagsCheck : IStatusCheck
{
    private static readonly (string Component, string Section)[] Components =
        [("kube-apiserver", "apiServer"), ("kube-controller-manager", "controllerManager"), ("kube-scheduler", "scheduler")];

    // What kubeadm gives by itself (kubeadm, app/phases/controlplane/manifests.go, v1.20 to v1.36): only the values that follow
    // from the configuration are compared.
    private static readonly string[] OfKubeadm =
    [
        "advertise-address", "allow-privileged", "authorization-mode", "client-ca-file", "enable-admission-plugins",
        "enable-bootstrap-token-auth", "etcd-cafile", "etcd-certfile", "etcd-keyfile", "etcd-servers", "insecure-port",
        "kubelet-client-certificate", "kubelet-client-key", "kubelet-preferred-address-types", "proxy-client-cert-file",
        "proxy-client-key-file", "requestheader-allowed-names", "requestheader-client-ca-file",
        "requestheader-extra-headers-prefix", "requestheader-group-headers", "requestheader-username-headers", "secure-port",
        "service-account-issuer", "service-account-key-file", "service-account-signing-key-file", "service-cluster-ip-range",
        "tls-cert-file", "tls-private-key-file", "allocate-node-cidrs", "authentication-kubeconfig", "authorization-kubeconfig",
        "bind-address", "cluster-cidr", "cluster-name", "cluster-signing-cert-file", "cluster-signing-key-file", "controllers",
        "kubeconfig", "leader-elect", "node-cidr-mask-size", "port", "root-ca-file", "service-account-private-key-file",
        "use-service-account-credentials", "feature-gates",
    ];

    // What it gives every component in the same way: another value here opens a cluster.
    private static readonly (string Component, string Flag, string Value)[] Fixed =
    [
        ("kube-apiserver", "authorization-mode", "Node,RBAC"), ("kube-apiserver", "allow-privileged", "true"),
        ("kube-apiserver", "enable-bootstrap-token-auth", "true"), ("kube-apiserver", "insecure-port", "0"),
        ("kube-controller-manager", "leader-elect", "true"), ("kube-controller-manager", "port", "0"),
        ("kube-controller-manager", "use-service-account-credentials", "true"),
        ("kube-scheduler", "leader-elect", "true"), ("kube-scheduler", "port", "0"),
    ];

    private static readonly (string Component, string Flag, string Entry)[] FromConfiguration =
    [
        ("kube-apiserver", "service-cluster-ip-range", "networking.serviceSubnet"),
        ("kube-controller-manager", "cluster-cidr", "networking.podSubnet"),
        ("kube-controller-manager", "cluster-name", "clusterName"),
        ("kube-controller-manager", "service-cluster-ip-range", "networking.serviceSubnet"),
    ];

    public string Id => "flags";
    public string Title => "The control plane runs with the flags that were asked for";
    public int Rank => 120;

    public async Task<IReadOnlyList<Finding>> JudgeAsync(StatusScene scene, CancellationToken cancellationToken)
    {
        if (scene.Release.Written
            .FirstOrDefault(file => file.Dest.EndsWith("/kubeadm-config.yaml", StringComparison.Ordinal)) is not { } file)
            return [Finding.NotCompared(null, "kubeadm's configuration could not be rendered: see configuration")];
        if (YamlEntries.OfKind(file.Content, "ClusterConfiguration") is not { } wanted)
            return [Finding.NotCompared(null, "kubeadm's configuration that was rendered has no ClusterConfiguration")];
        var pods = await scene.Api.ListAsync(ApiPaths.SystemPods, KubePod.Read);
        List<Finding> other = [];
        var compared = 0;
        foreach (var pod in pods.Where(pod => pod.OwnerKind == "Node"))
        {
            var component = Array.Find(Components, each => each.Component == pod.Labels.GetValueOrDefault("component"));
            if (component.Component is null)
                continue;
            compared++;
            other.AddRange(Judge(pod, component.Component, component.Section, wanted, scene));
        }

        if (compared == 0)
            return [Finding.NotCompared(null, "the control plane is not made of static pods")];
        return other.Count > 0 ? other
            : [Finding.Same($"{compared} components of the control plane run with the flags that were asked for")];
    }

    private static IEnumerable<Finding> Judge(
        KubePod pod, string component, string section, IReadOnlyDictionary<string, string> wanted, StatusScene scene)
    {
        var flags = new Dictionary<string, string>();
        foreach (var word in pod.Command.Where(word => word.StartsWith("--", StringComparison.Ordinal)))
        {
            var parts = word[2..].Split('=', 2);
            flags[parts[0]] = parts.Length > 1 ? parts[1] : "true";
        }

        var extra = Extra(wanted, section);
        foreach (var (_, flag, entry) in FromConfiguration.Where(each => each.Component == component))
        {
            if (wanted.TryGetValue(entry, out var value))
                extra.TryAdd(flag, value);
        }

        // Later versions of Kubernetes have no port that isn't secure, and no flag for it.
        foreach (var (_, flag, value) in Fixed.Where(each => each.Component == component && flags.ContainsKey(each.Flag)))
            extra.TryAdd(flag, value);

        const string Remedy = "A Deploy alone doesn't: kubeadm writes the manifests when a cluster is made or upgraded. "
            + "./build.sh Upgrade to the same version would, or correct /etc/kubernetes/manifests/";
        foreach (var (flag, value) in extra.Where(each => flags.GetValueOrDefault(each.Key) != each.Value))
            yield return Finding.Drift(pod.Node,
                flags.TryGetValue(flag, out var found)
                    ? scene.Mask($"{component} runs with --{flag}={found}, asked for is {value}")
                    : scene.Mask($"{component} runs without --{flag}={value}"),
                $"{Remedy}{component}.yaml there.");
        foreach (var (flag, value) in flags.Where(each => !extra.ContainsKey(each.Key) && !OfKubeadm.Contains(each.Key)))
            yield return Finding.Drift(pod.Node, scene.Mask($"{component} runs with --{flag}={value}, which nobody asked for"),
                $"{Remedy}{component}.yaml there.");
    }

    // A mapping up to v1beta3, a list of names and values from v1beta4 on.
    private static Dictionary<string, string> Extra(IReadOnlyDictionary<string, string> wanted, string section)
    {
        var prefix = $"{section}.extraArgs.";
        var found = new Dictionary<string, string>();
        foreach (var (key, value) in wanted.Where(each => each.Key.StartsWith(prefix, StringComparison.Ordinal)))
        {
            var rest = key[prefix.Length..];
            if (rest.StartsWith('[') && rest.EndsWith("].name", StringComparison.Ordinal))
                found[value] = wanted.GetValueOrDefault($"{key[..^".name".Length]}.value", "");
            else if (!rest.StartsWith('['))
                found[rest] = value;
        }

        return found;
    }
}
