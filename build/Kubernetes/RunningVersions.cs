using KubeLab.Distributions;
using Version = System.Version;

namespace KubeLab.Kubernetes;

/// <summary>Asks a cluster which versions of Kubernetes it runs.</summary>
public sealed class RunningVersions(IKubectl kubectl)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    /// <summary>The API server's version and each kubelet's, by what runs it.</summary>
    /// <exception cref="UserError">The cluster doesn't answer.</exception>
    public async Task<IReadOnlyDictionary<string, Version>> ReadAsync(CancellationToken cancellationToken = default) =>
        Parse(await AskAsync("/version", cancellationToken), await AskAsync("/api/v1/nodes", cancellationToken));

    /// <summary>Reads what the API says at <c>/version</c> and <c>/api/v1/nodes</c>.</summary>
    /// <exception cref="UserError">It is nothing of the kind.</exception>
    public static IReadOnlyDictionary<string, Version> Parse(string server, string nodes)
    {
        try
        {
            using var version = JsonDocument.Parse(server);
            using var list = JsonDocument.Parse(nodes);
            var running = list.RootElement.GetProperty("items").EnumerateArray().ToDictionary(
                node => $"the kubelet of {node.GetProperty("metadata").GetProperty("name").Said()}",
                node => Read(node.GetProperty("status").GetProperty("nodeInfo").GetProperty("kubeletVersion")),
                StringComparer.Ordinal);
            running["the API server"] = Read(version.RootElement.GetProperty("gitVersion"));
            return running;
        }
        catch (Exception exception) when (
            exception is JsonException or KeyNotFoundException or InvalidOperationException or ArgumentException)
        {
            throw new UserError(
                $"What the cluster says of its versions can't be read: {exception.Message}",
                "Run ./build.sh SmokeTest --tier 0 to see what is wrong.", exception);
        }
    }

    private static Version Read(JsonElement text) =>
        KubernetesVersions.Parse(text.Said()) ?? throw new JsonException($"{text.GetRawText()} is no version");

    private async Task<string> AskAsync(string path, CancellationToken cancellationToken)
    {
        var result = await kubectl.RunAsync(KubectlCall.Read(path, Limit), cancellationToken);
        return result.Succeeded ? result.Output : throw new UserError(
            $"The cluster does not answer {path}: {ApiProblem.From(path, result).Reason}", $"Try it by hand: {result.Command}");
    }
}
