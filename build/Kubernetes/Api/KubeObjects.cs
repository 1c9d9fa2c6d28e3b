namespace KubeLab.Kubernetes;

/// <summary>A condition of a node or a workload.</summary>
/// <param name="Status">Its status: <c>True</c>, <c>False</c> or <c>Unknown</c>.</param>
public sealed record KubeCondition(string Type, string Status, string Reason, string Message)
{
    /// <summary>Reads a condition of the API.</summary>
    public static KubeCondition Read(JsonElement condition) => new(
        condition.Text("type") ?? "", condition.Text("status") ?? "",
        condition.Text("reason") ?? "", condition.Text("message") ?? "");
}

/// <summary>An event.</summary>
/// <param name="Type"><c>Normal</c> or <c>Warning</c>.</param>
/// <param name="About">What it is about, as <c>Kind/name</c>.</param>
public sealed record KubeEvent(string Type, string About, string Message)
{
    /// <summary>Reads an event of the API.</summary>
    public static KubeEvent Read(JsonElement item) => new(
        item.Text("type") ?? "",
        $"{item.Text("involvedObject", "kind")}/{item.Text("involvedObject", "name")}",
        item.Text("message") ?? "");
}

/// <summary>A taint of a node.</summary>
/// <param name="Effect"><c>NoSchedule</c>, <c>PreferNoSchedule</c> or <c>NoExecute</c>.</param>
public sealed record KubeTaint(string Key, string Value, string Effect)
{
    /// <summary>Whether pods without a toleration are kept away.</summary>
    public bool Repels => Effect is "NoSchedule" or "NoExecute";

    /// <summary>The taint as kubectl takes it: <c>dedicated=gpu:NoSchedule</c>.</summary>
    public override string ToString() => Value.Length == 0 ? $"{Key}:{Effect}" : $"{Key}={Value}:{Effect}";

    /// <summary>Reads a taint of the API.</summary>
    public static KubeTaint Read(JsonElement taint) =>
        new(taint.Text("key") ?? "", taint.Text("value") ?? "", taint.Text("effect") ?? "");
}

/// <summary>A lease: for a node, the sign of life that its kubelet renews every 10 seconds.</summary>
/// <param name="Renewed">When it was renewed, by the clock of the one who holds it; null where it never was.</param>
/// <param name="ResourceVersion">The place of its last write among all writes to the store.</param>
public sealed record KubeLease(string Name, DateTimeOffset? Renewed, long ResourceVersion)
{
    /// <summary>Reads a lease of the API.</summary>
    public static KubeLease Read(JsonElement lease) => new(
        lease.Text("metadata", "name") ?? "",
        lease.Time("spec", "renewTime"),
        long.TryParse(lease.Text("metadata", "resourceVersion"), out var version) ? version : 0);
}

/// <summary>What the API server finds when it asks a component for its health (<c>componentstatuses</c>).</summary>
public sealed record KubeComponent(string Name, bool IsHealthy, string Message)
{
    /// <summary>Reads a ComponentStatus of the API.</summary>
    public static KubeComponent Read(JsonElement item)
    {
        var healthy = item.Items("conditions").FirstOrDefault(condition => condition.Text("type") == "Healthy");
        return new KubeComponent(
            item.Text("metadata", "name") ?? "",
            healthy.Text("status") == "True",
            healthy.Text("error") is { Length: > 0 } error ? error : healthy.Text("message") ?? "");
    }
}

/// <summary>One address behind a Service.</summary>
/// <param name="Node">The node that its pod runs on; null where that isn't known.</param>
public sealed record KubeEndpoint(string Address, string? Node);

/// <summary>The addresses behind a Service.</summary>
/// <param name="Ready">The addresses that take requests, each with the node it lies on where that is known.</param>
/// <param name="NotReady">How many addresses wait for their pod to be ready.</param>
public sealed record KubeEndpoints(string Name, IReadOnlyList<KubeEndpoint> Ready, int NotReady)
{
    /// <summary>Reads an Endpoints object of the API.</summary>
    public static KubeEndpoints Read(JsonElement endpoints) => new(
        endpoints.Text("metadata", "name") ?? "",
        [.. endpoints.Items("subsets").SelectMany(subset => subset.Items("addresses"))
            .Select(address => new KubeEndpoint(address.Text("ip") ?? "", address.Text("nodeName")))],
        endpoints.Items("subsets").Sum(subset => subset.Items("notReadyAddresses").Count()));
}

/// <summary>A StorageClass.</summary>
public sealed record KubeStorageClass(string Name, bool IsDefault)
{
    /// <summary>Reads a StorageClass of the API.</summary>
    public static KubeStorageClass Read(JsonElement item)
    {
        var annotations = item.Texts("metadata", "annotations");
        return new KubeStorageClass(
            item.Text("metadata", "name") ?? "",
            annotations.GetValueOrDefault("storageclass.kubernetes.io/is-default-class") == "true"
                || annotations.GetValueOrDefault("storageclass.beta.kubernetes.io/is-default-class") == "true");
    }
}

/// <summary>A namespace.</summary>
public sealed record KubeNamespace(
    string Name, IReadOnlyDictionary<string, string> Annotations, bool IsDeleted, IReadOnlyList<KubeCondition> Conditions)
{
    /// <summary>Reads a namespace of the API.</summary>
    public static KubeNamespace Read(JsonElement item) => new(
        item.Text("metadata", "name") ?? "",
        item.Texts("metadata", "annotations"),
        item.Text("metadata", "deletionTimestamp") is not null,
        [.. item.Items("status", "conditions").Select(KubeCondition.Read)]);

    /// <summary>Reads a namespace from its JSON.</summary>
    public static KubeNamespace Parse(string json)
    {
        using var document = JsonDocument.Parse(json);
        return Read(document.RootElement);
    }
}

/// <summary>A Service.</summary>
/// <param name="ClusterAddress">Its cluster address; null for a headless one.</param>
/// <param name="HasSelector">Whether it selects pods by labels, so that an empty one is a fault.</param>
/// <param name="NodePort">The port on every node of its first port; 0 for none.</param>
public sealed record KubeService(
    string Name, string Namespace, string? ClusterAddress, bool HasSelector, int NodePort,
    IReadOnlyDictionary<string, string> Labels)
{
    /// <summary>The Service as a reference for evidence.</summary>
    public ObjectReference Reference => new("service", Name, Namespace);

    /// <summary>Reads a Service of the API.</summary>
    public static KubeService Read(JsonElement service) => new(
        service.Text("metadata", "name") ?? "",
        service.Text("metadata", "namespace") ?? "",
        service.Text("spec", "clusterIP") is { Length: > 0 } address and not "None" ? address : null,
        service.Properties("spec", "selector").Any(),
        service.Items("spec", "ports").Select(port => port.Number("nodePort")).FirstOrDefault(),
        service.Texts("metadata", "labels"));
}

/// <summary>A request for a certificate.</summary>
/// <param name="Requestor">Who asks: <c>system:node:k8s-n1</c>, <c>system:bootstrap:abcdef</c>.</param>
/// <param name="Signer">Who is to sign: <c>kubernetes.io/kubelet-serving</c>.</param>
/// <param name="State"><c>Pending</c>, <c>Approved</c>, <c>Denied</c> or <c>Failed</c>.</param>
public sealed record CertificateSigningRequest(
    string Name, string Requestor, string Signer, string State, DateTimeOffset? Created)
{
    private const string NodeUser = "system:node:";

    /// <summary>The node that asks; null where it is someone else.</summary>
    public string? Node => Requestor.StartsWith(NodeUser, StringComparison.Ordinal) ? Requestor[NodeUser.Length..] : null;

    /// <summary>Reads a CertificateSigningRequest of the API.</summary>
    public static CertificateSigningRequest Read(JsonElement request) => new(
        request.Text("metadata", "name") ?? "",
        request.Text("spec", "username") ?? "",
        request.Text("spec", "signerName") ?? "",
        ReadState(request),
        request.Time("metadata", "creationTimestamp"));

    private static string ReadState(JsonElement request)
    {
        var conditions = request.Items("status", "conditions").Select(condition => condition.Text("type")).ToList();
        return new[] { "Denied", "Failed", "Approved" }.FirstOrDefault(conditions.Contains) ?? "Pending";
    }
}
