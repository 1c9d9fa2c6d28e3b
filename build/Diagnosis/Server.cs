namespace KubeLab.Diagnosis;

/// <summary>Whose server a message speaks of.</summary>
public enum Server
{
    /// <summary>The cluster's API.</summary>
    Api,

    /// <summary>A member of etcd.</summary>
    Etcd,

    /// <summary>The kubelet, the scheduler or the controller manager.</summary>
    Component,

    /// <summary>An admission webhook, or another Service within the cluster.</summary>
    Webhook,

    /// <summary>A registry of container images.</summary>
    Registry,

    /// <summary>A repository of packages.</summary>
    Repository,

    /// <summary>A server of files.</summary>
    Download,

    /// <summary>A proxy.</summary>
    Proxy,

    /// <summary>A name server.</summary>
    Dns,

    /// <summary>A machine's sshd.</summary>
    Ssh,
}

/// <summary>An address that a message names.</summary>
/// <param name="Port">0 where none is named.</param>
public readonly record struct ServerAddress(Server? Kind, string Host, int Port);

/// <summary>Finds in a text the servers that it names. The port and the path tell whose they are.</summary>
internal static partial class ServerReader
{
    private const int Most = 20;

    /// <summary>The servers that a text names.</summary>
    public static IReadOnlyList<ServerAddress> In(string text)
    {
        var found = new List<ServerAddress>();
        foreach (var match in Url().Matches(text).Take(Most))
        {
            var groups = match.Groups;
            var port = Port(groups["port"].Value);
            var isTls = groups["scheme"].Value.EndsWith('s');
            var host = groups["host"].Value;
            found.Add(new(OfUrl(host, port, groups["path"].Value), host, port > 0 ? port : isTls ? 443 : 80));
        }

        foreach (var match in Address().Matches(text).Take(Most))
        {
            var port = Port(match.Groups["port"].Value);
            if (ByPort(port) is { } kind)
                found.Add(new(kind, match.Groups["host"].Value, port));
        }

        if (ThroughProxy().IsMatch(text))
            found.Add(new(Server.Proxy, "", 0));
        return found;
    }

    private static Server? OfUrl(string host, int port, string path)
    {
        if (host.EndsWith(".svc", StringComparison.Ordinal) || host.Contains(".svc.", StringComparison.Ordinal))
            return Server.Webhook;
        if (ByPort(port) is { } kind)
            return kind;
        if (ApiPath().IsMatch(path) || host is "kubernetes" or "lb-apiserver.kubernetes.local" or "kubernetes.default")
            return Server.Api;
        if (path.StartsWith("/v2/", StringComparison.Ordinal) || path == "/v2")
            return Server.Registry;
        return RepositoryPath().IsMatch(path) ? Server.Repository : null;
    }

    private static Server? ByPort(int port) => port switch
    {
        6443 or 8383 => Server.Api,
        2379 or 2380 or 2381 => Server.Etcd,
        10248 or 10250 or 10255 or 10257 or 10259 => Server.Component,
        53 => Server.Dns,
        22 => Server.Ssh,
        _ => null,
    };

    private static int Port(string digits) => int.TryParse(digits, out var port) ? port : 0;

    [GeneratedRegex(@"(?<scheme>https?|tcp)://(?<host>\[[0-9a-fA-F:.]+\]|[\w.-]+)(:(?<port>\d{1,5}))?(?<path>/[^\s""'<>\\]*)?",
        RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 60_000)]
    private static partial Regex Url();

    [GeneratedRegex(@"(?<host>\[[0-9a-fA-F:.]+\]|[A-Za-z0-9][\w.-]*)(:| port )(?<port>\d{2,5})\b",
        RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 60_000)]
    private static partial Regex Address();

    [GeneratedRegex(@"^/(apis?(/|\?|$)|healthz|livez|readyz|openapi/|version$)",
        RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 60_000)]
    private static partial Regex ApiPath();

    [GeneratedRegex(@"/(dists|repodata|InRelease|Packages)(/|\.|$)|/InRelease|repomd\.xml|mirrorlist",
        RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 60_000)]
    private static partial Regex RepositoryPath();

    [GeneratedRegex(@"proxyconnect tcp|Tunnel connection failed|proxy_connect|[Cc]ould not resolve proxy|Received HTTP code \d+ from proxy",
        RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 60_000)]
    private static partial Regex ThroughProxy();
}
