using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace KubeLab.Kubernetes;

/// <summary>The text of a kubeconfig, read and changed where KubeLab has to.</summary>
public static class Kubeconfig
{
    /// <summary>The API server's URL of the first cluster.</summary>
    /// <exception cref="UserError">The text is no kubeconfig.</exception>
    public static Uri ServerOf(string yaml, string source)
    {
        try
        {
            var stream = YamlText.Load(new StringReader(yaml));
            var clusters = (YamlSequenceNode)stream.Documents[0].RootNode["clusters"];
            return new Uri(((YamlScalarNode)clusters[0]["cluster"]["server"]).Value!);
        }
        catch (Exception exception) when (exception is YamlException or InvalidCastException or KeyNotFoundException
            or ArgumentException or UriFormatException or InvalidOperationException)
        {
            throw new UserError(
                $"{source} holds no kubeconfig: {exception.Message}",
                "Run InstallCluster first, or look at the file there.", exception);
        }
    }

    /// <summary>The same kubeconfig with another server; everything else stays as it is.</summary>
    public static string WithServer(string yaml, Uri from, Uri to) =>
        yaml.Replace($"server: {Written(from)}", $"server: {Written(to)}");

    // A kubeconfig writes its server without the final slash that Uri adds.
    private static string Written(Uri server) => server.OriginalString.TrimEnd('/');
}
