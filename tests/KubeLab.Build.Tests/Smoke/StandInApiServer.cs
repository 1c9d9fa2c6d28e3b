using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using KubeLab.Kubernetes;
using KubeLab.Tests.Machines;

namespace KubeLab.Tests.Smoke;

/// <summary>
/// Stands where an API server stands, on the loopback, and answers a real kubectl from recorded text: what kubectl makes of refusals
/// and silence is its own.
/// </summary>
internal sealed class StandInApiServer : IDisposable
{
    private readonly TemporaryDirectory directory = new();
    private readonly HttpListener listener = new();
    private readonly ConcurrentDictionary<string, (HttpStatusCode Status, string Body)> _answers = new(StringComparer.Ordinal);
    private readonly TaskCompletionSource over = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool isSilent;

    private StandInApiServer(string kubectl)
    {
        var address = $"http://127.0.0.1:{FreePort()}";
        listener.Prefixes.Add($"{address}/");
        listener.Start();
        _ = ServeAsync();
        var kubeconfig = directory.Write("config", $$"""
            {"apiVersion":"v1","kind":"Config","current-context":"it","contexts":[{"name":"it","context":{"cluster":"it","user":"it"} }],
             "clusters":[{"name":"it","cluster":{"server":"{{address}}"} }],"users":[{"name":"it","user":{"token":"a-token"} }]}
            """);
        Kubectl = new LocalKubectl(new CommandRunner(), kubectl, kubeconfig);
    }

    /// <summary>A real kubectl whose kubeconfig names this server.</summary>
    public IKubectl Kubectl { get; }

    public ConcurrentQueue<string> Requests { get; } = [];

    /// <summary>The lab's cluster as it was recorded when nothing was wrong with it; skips the test where there is no kubectl.</summary>
    public static StandInApiServer Healthy()
    {
        var beside = Path.Combine(Repository.Root, "inventory", "lab", "artifacts", "kubectl");
        var server = new StandInApiServer(File.Exists(beside) ? beside : Programs.Require("kubectl"));
        server.Answers("/version", Recorded.Text("version")).Answers("/readyz", "ok").Answers("/livez", "ok");
        server.Answers("/api/v1/nodes", Recorded.Text("nodes"));
        server.Answers("/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases", Recorded.Text("node-leases"));
        server.Answers("/apis/coordination.k8s.io/v1/namespaces/kube-system/leases", Recorded.Text("system-leases"));
        server.Answers("/api/v1/namespaces/kube-system/pods", Recorded.Text("system-pods"));
        server.Answers("/apis/certificates.k8s.io/v1/certificatesigningrequests", Recorded.Text("certificate-requests"));
        server.Answers("/api/v1/componentstatuses", Recorded.Text("component-statuses"));
        server.Answers("/metrics", Recorded.Metrics).Answers("/apis/apps/v1/daemonsets", """{"items":[]}""");
        foreach (var empty in new[] { "/apis/apiregistration.k8s.io/v1/apiservices", "/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations", "/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations", "/api/v1/services", "/api/v1/persistentvolumes", "/api/v1/persistentvolumeclaims", "/api/v1/namespaces/kube-system/services", "/api/v1/namespaces/kube-system/endpoints", "/apis/apps/v1/namespaces/kube-system/deployments", "/apis/apps/v1/namespaces/kube-system/daemonsets" })
            server.Answers(empty, """{"items":[]}""");
        return server;
    }

    public StandInApiServer Answers(string path, string body, HttpStatusCode status = HttpStatusCode.OK)
    {
        _answers[path] = (status, body);
        return this;
    }

    /// <summary>Refuses a path as the API does, with its own kind of answer.</summary>
    public StandInApiServer Refuses(string path, HttpStatusCode status, string reason, string message) => Answers(
        path, $$"""{"kind":"Status","apiVersion":"v1","status":"Failure","message":"{{message}}","reason":"{{reason}}","code":{{(int)status}}}""", status);

    /// <summary>Takes requests from here on and never answers.</summary>
    public StandInApiServer FallsSilent()
    {
        isSilent = true;
        return this;
    }

    public void Stop() => listener.Stop();

    public void Dispose()
    {
        over.TrySetResult();
        listener.Close();
        directory.Dispose();
    }

    private async Task ServeAsync()
    {
        while (listener.IsListening)
        {
            try
            {
                _ = AnswerAsync(await listener.GetContextAsync());
            }
            catch (Exception exception) when (exception is HttpListenerException or ObjectDisposedException or InvalidOperationException)
            {
                return;
            }
        }
    }

    private async Task AnswerAsync(HttpListenerContext context)
    {
        var path = context.Request.Url!.AbsolutePath;
        Requests.Enqueue($"{context.Request.HttpMethod} {path}");
        if (isSilent)
            await over.Task;
        var proxied = path.Contains("/proxy/", StringComparison.Ordinal);
        var (status, body) = _answers.TryGetValue(path, out var found) ? found
            : proxied ? (HttpStatusCode.OK, "ok")
            : (HttpStatusCode.NotFound, """{"kind":"Status","status":"Failure","message":"the server could not find the requested resource","reason":"NotFound","code":404}""");
        var bytes = Encoding.UTF8.GetBytes(body);
        try
        {
            context.Response.StatusCode = (int)status;
            context.Response.ContentType = body.StartsWith('{') ? "application/json" : "text/plain";
            await context.Response.OutputStream.WriteAsync(bytes);
            context.Response.Close();
        }
        catch (Exception exception) when (exception is HttpListenerException or ObjectDisposedException or InvalidOperationException)
        {
            // kubectl has gone, or the test is over.
        }
    }

    private static int FreePort()
    {
        using var free = new TcpListener(IPAddress.Loopback, 0);
        free.Start();
        return ((IPEndPoint)free.LocalEndpoint).Port;
    }
}
