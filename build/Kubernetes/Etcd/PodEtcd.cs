namespace KubeLab.Kubernetes;

/// <summary>The <c>etcdctl</c> inside an etcd pod, with the certificates that its own command line names.</summary>
public sealed class PodEtcd(IKubectl kubectl, KubePod pod) : IEtcdClient
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    public Task<KubectlResult> RunAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken = default)
    {
        IReadOnlyList<string> command =
        [
            "exec", "--namespace", pod.Namespace, pod.Name, "--", "etcdctl",
            "--endpoints=https://127.0.0.1:2379",
            .. Option("cacert", "trusted-ca-file"),
            .. Option("cert", "cert-file"),
            .. Option("key", "key-file"),
            .. arguments,
        ];
        return kubectl.RunAsync(new KubectlCall(command) { Limit = Limit }, cancellationToken);
    }

    private IEnumerable<string> Option(string option, string flag) => pod.Command
        .Where(word => word.StartsWith($"--{flag}=", StringComparison.Ordinal))
        .Select(word => $"--{option}={word[(flag.Length + 3)..]}");
}
