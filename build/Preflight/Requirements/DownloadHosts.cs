using KubeLab.Variables;

namespace KubeLab.Preflight;

/// <summary>Where the playbook downloads from: the hosts in Kubespray's variables. Offline settings (group_vars/all/offline.yml)
/// lead these variables to mirrors, and then it is the mirrors.</summary>
public static class DownloadHosts
{
    /// <summary>The variables of what every cluster needs: Kubernetes' programs and images, container engine, add-ons.</summary>
    public static IReadOnlyList<string> Variables { get; } =
        ["dl_k8s_io_url", "github_url", "kube_image_repo", "quay_image_repo", "docker_image_repo"];

    /// <summary>The hosts that a node downloads from; none where the distribution has no such variables.</summary>
    public static IEnumerable<(ConnectivityTarget Target, EffectiveVariable Variable)> Of(
        Node node, ClusterVariables variables) => Variables
        .Select(name => variables.Of(node, name)).OfType<EffectiveVariable>().Where(variable => variable.Unresolved is null)
        .Select(variable => (Target: Parse(variable.Text), variable)).Where(pair => pair.Target is not null)
        .Select(pair => (pair.Target!, pair.variable)).DistinctBy(pair => pair.Item1);

    /// <summary>Reads a URL, or a registry's name as images have it (<c>HOST[:PORT][/PATH]</c>).</summary>
    /// <returns>The host and port; null where it is neither.</returns>
    public static ConnectivityTarget? Parse(string text)
    {
        var url = text.Contains("://") ? text : $"https://{text}";
        if (!Uri.TryCreate(url.Trim(), UriKind.Absolute, out var parsed)
            || parsed.Host.Length == 0 || parsed.Port <= 0 || parsed.Host.Contains(' '))
            return null;
        // The registry of images without a host is at another name (distribution/reference, DefaultRegistry).
        return new ConnectivityTarget(
            parsed.Host == "docker.io" ? "registry-1.docker.io" : parsed.Host.Trim('[', ']'), parsed.Port);
    }
}
