using KubeLab.Kubernetes;

namespace KubeLab.Smoke;

/// <summary>The API server and every kubelet run the version that is configured.</summary>
public sealed class VersionAsConfiguredCheck : ISmokeCheck
{
    public string Id => "version";
    public string Title => "Kubernetes has the version that is configured";
    public SmokeArea Area => SmokeArea.Api;
    public string Needs => "a configured version";

    public async Task<SmokeVerdict> RunAsync(SmokeContext context, CancellationToken cancellationToken)
    {
        var version = await context.Api.ReadAsync(ApiPaths.Version);
        var nodes = await context.NodesAsync().OrNoneIfAsync(ApiProblemKind.Forbidden);
        return Judge(context.Expected.Version, version.Text("gitVersion") ?? "", nodes);
    }

    internal static SmokeVerdict Judge(string? expected, string server, IReadOnlyList<KubeNode> nodes)
    {
        if (expected is null)
            return SmokeVerdict.Skip($"no version is configured to compare {server} with");

        List<Finding> findings = [];
        if (!IsSame(expected, server))
            findings.Add(Finding.Fail(null, $"the API server has version {server}, configured is {expected}"));
        findings.AddRange(nodes.Where(node => !IsSame(expected, node.KubeletVersion)).Select(node => Finding.Fail(
            node.Name, $"its kubelet has version {node.KubeletVersion}, configured is {expected}", new("node", node.Name))));
        return SmokeVerdict.From($"{server} on the API server and {nodes.Count} kubelets", findings);
    }

    // What follows a plus is the builder's own: v1.30.4+k3s1, v1.29.0-eks-abc are the distribution's, v1.20.2+build the same.
    private static bool IsSame(string expected, string actual) => Plain(expected) == Plain(actual);

    private static string Plain(string version) => version.Trim().TrimStart('v').Split('+')[0];
}
