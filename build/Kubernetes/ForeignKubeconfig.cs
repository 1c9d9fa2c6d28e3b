using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace KubeLab.Kubernetes;

/// <summary>A kubeconfig from a node. Whoever has the node may have written into it what kubectl would do on this machine: start
/// a program (exec), hand over a file of one's own (tokenFile), or speak to somebody else unseen. So only what the kubeconfig of
/// an administrator needs is taken (clusters, contexts, users with certificates or tokens, https); the rest is refused by name.
/// </summary>
public static class ForeignKubeconfig
{
    private static readonly string[] OfRoot = [
        "apiVersion", "kind", "clusters", "contexts", "users", "current-context", "preferences",
    ];
    private static readonly string[] OfCluster = ["server", "certificate-authority-data", "tls-server-name"];
    private static readonly string[] OfContext = ["cluster", "user", "namespace"];
    private static readonly string[] OfUser = ["client-certificate-data", "client-key-data", "token"];

    /// <summary>Makes sure that a kubeconfig holds nothing else.</summary>
    /// <param name="source">Where it came from: <c>/etc/kubernetes/admin.conf on k8s-m0</c>.</param>
    /// <exception cref="UserError">It does, or it can't be read; the error names each key.</exception>
    public static void Check(string yaml, string source)
    {
        var refused = Refused(yaml, source);
        if (refused.Count > 0)
            throw new UserError(
                $"{source} asks for more than a kubeconfig of an administrator needs, and was not taken: {string.Join("; ", refused)}",
                "Find out who wrote it there: kubeadm makes it anew with kubeadm init phase kubeconfig admin.");
    }

    private static List<string> Refused(string yaml, string source)
    {
        try
        {
            var documents = YamlText.Load(new StringReader(yaml)).Documents;
            var root = documents.Count == 1 && documents[0].RootNode is YamlMappingNode map ? map
                : throw new YamlException("it is not one map of keys and values");
            return [
                .. Unknown(root, OfRoot, ""),
                .. Of(root, "preferences").SelectMany(each => Unknown(each, [], "preferences.")),
                .. Entries(root, "clusters", "cluster", OfCluster).Concat(Entries(root, "contexts", "context", OfContext)),
                .. Entries(root, "users", "user", OfUser),
                .. Named(root, "clusters", "cluster").Select(cluster => Value(cluster.Body, "server"))
                    .Where(server => !server.StartsWith("https://", StringComparison.OrdinalIgnoreCase))
                    .Select(server => $"server {PlainText.Line(server, 100)}, which is no https"),
            ];
        }
        catch (Exception exception) when (exception is YamlException or InvalidCastException)
        {
            throw new UserError(
                $"{source} holds no kubeconfig: {exception.Message}",
                "Run InstallCluster first, or look at the file there.", exception);
        }
    }

    private static IEnumerable<string> Entries(YamlMappingNode root, string list, string kind, string[] known) =>
        Named(root, list, kind).SelectMany(each =>
            Unknown(each.Entry, ["name", kind], $"{list}.").Concat(Unknown(each.Body, known, $"{kind}.")));

    private static IEnumerable<(YamlMappingNode Entry, YamlMappingNode Body)> Named(
        YamlMappingNode root, string list, string kind) =>
        root.Children.TryGetValue(list, out var entries) && entries is not YamlScalarNode { Value: "" or "null" or "~" }
            ? from entry in ((YamlSequenceNode)entries).Cast<YamlMappingNode>() from body in Of(entry, kind) select (entry, body)
            : [];

    private static IEnumerable<YamlMappingNode> Of(YamlMappingNode map, string key) =>
        map.Children.TryGetValue(key, out var value) ? [(YamlMappingNode)value] : [];

    private static IEnumerable<string> Unknown(YamlMappingNode map, string[] known, string where) => map.Children.Keys
        .Select(key => $"{key}").Where(key => !known.Contains(key)).Select(key => PlainText.Line($"{where}{key}", 100));

    private static string Value(YamlMappingNode map, string key) =>
        map.Children.TryGetValue(key, out var value) ? ((YamlScalarNode)value).Value ?? "" : "";
}
