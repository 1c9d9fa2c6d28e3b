namespace KubeLab.Kubernetes;

/// <summary>A request for a certificate.</summary>
/// <param name="Requestor">Who asks: <c>system:node:k8s-n1</c>, <c>system:bootstrap:abcdef</c>.</param>
/// <param name="Signer">Who is to sign: <c>kubernetes.io/kubelet-serving</c>.</param>
/// <param name="State"><c>Pending</c>, <c>Approved</c>, <c>Denied</c> or <c>Failed</c>.</param>
public sealed record CertificateSigningRequest(string Name, string Requestor, string Signer, string State, DateTimeOffset? Created)
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
        if (conditions.Contains("Denied"))
            return "Denied";
        if (conditions.Contains("Failed"))
            return "Failed";
        return conditions.Contains("Approved") ? "Approved" : "Pending";
    }
}
