namespace KubeLab.Kubernetes;

/// <summary>Reads of the API through kubectl. Each path is read once and shared by all checks of a round, so that they judge the
/// same moment and kubectl starts as rarely as it can.</summary>
public sealed class KubeApi(IKubectl kubectl, TimeSpan limit, CancellationToken cancellationToken)
{
    private readonly ConcurrentDictionary<string, Lazy<Task<string>>> answers = new();
    private readonly ConcurrentDictionary<string, Lazy<Task<JsonElement>>> documents = new();

    /// <summary>The text at a path, from the round's cache.</summary>
    /// <exception cref="ApiProblem">There is no answer.</exception>
    public Task<string> TextAsync(string path) =>
        answers.GetOrAdd(path, key => new Lazy<Task<string>>(() => FreshTextAsync(key))).Value;

    /// <summary>Why there is no text at a path; null where there is. From the round's cache.</summary>
    public async Task<ApiProblem?> ProblemAsync(string path)
    {
        try
        {
            await TextAsync(path);
            return null;
        }
        catch (ApiProblem problem)
        {
            return problem;
        }
    }

    /// <summary>The JSON document at a path, from the round's cache.</summary>
    /// <exception cref="ApiProblem">There is no answer, or it is no JSON.</exception>
    public Task<JsonElement> ReadAsync(string path) =>
        documents.GetOrAdd(path, key => new Lazy<Task<JsonElement>>(async () => Parse(key, await TextAsync(key)))).Value;

    /// <summary>The items of a list, each read by a function; from the round's cache.</summary>
    /// <exception cref="ApiProblem">There is no answer, or it is no JSON.</exception>
    public async Task<IReadOnlyList<T>> ListAsync<T>(string path, Func<JsonElement, T> read) =>
        [.. (await ReadAsync(path)).Items("items").Select(read)];

    /// <summary>The items of a list as they are now.</summary>
    /// <exception cref="ApiProblem">There is no answer, or it is no JSON.</exception>
    public async Task<IReadOnlyList<T>> FreshListAsync<T>(string path, Func<JsonElement, T> read) =>
        [.. Parse(path, await FreshTextAsync(path)).Items("items").Select(read)];

    /// <summary>The text at a path as it is now.</summary>
    /// <exception cref="ApiProblem">There is no answer.</exception>
    public Task<string> FreshTextAsync(string path) =>
        kubectl.OutputAsync(KubectlCall.Read(path, limit), $"GET {path}", cancellationToken);

    private static JsonElement Parse(string path, string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            return document.RootElement.Clone();
        }
        catch (JsonException exception)
        {
            throw new ApiProblem(ApiProblemKind.Other, $"GET {path}", $"the answer is no JSON: {exception.Message}");
        }
    }
}

/// <summary>The paths of the API that the checks read; all of them exist from Kubernetes 1.20 to 1.36.</summary>
public static class ApiPaths
{
    public static string Version => "/version";
    public static string Ready => "/readyz?verbose";
    public static string Live => "/livez?verbose";
    public static string Nodes => "/api/v1/nodes";
    public static string NodeLeases => "/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases";
    public static string SystemLeases => "/apis/coordination.k8s.io/v1/namespaces/kube-system/leases";
    public static string SystemPods => "/api/v1/namespaces/kube-system/pods";
    public static string SystemServices => "/api/v1/namespaces/kube-system/services";
    public static string SystemEndpoints => "/api/v1/namespaces/kube-system/endpoints";
    public static string SystemDeployments => "/apis/apps/v1/namespaces/kube-system/deployments";
    public static string SystemDaemonSets => "/apis/apps/v1/namespaces/kube-system/daemonsets";
    public static string SigningRequests => "/apis/certificates.k8s.io/v1/certificatesigningrequests";
    public static string ComponentStatuses => "/api/v1/componentstatuses";
    public static string StorageClasses => "/apis/storage.k8s.io/v1/storageclasses";
    public static string Namespaces => "/api/v1/namespaces";
    public static string AllDaemonSets => "/apis/apps/v1/daemonsets";

    public static string PodsOf(string space) => $"/api/v1/namespaces/{space}/pods";
}
