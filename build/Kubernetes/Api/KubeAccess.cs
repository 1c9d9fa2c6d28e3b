using System.Security.Cryptography.X509Certificates;

namespace KubeLab.Kubernetes;

/// <summary>How the kubeconfig's current context reaches the API: what can be judged of it without asking the API.</summary>
/// <param name="ServerName">The name that the server's certificate must bear, where that isn't the URL's host.</param>
/// <param name="Authorities">The authorities that the server's certificate is checked against; empty for the system's.</param>
/// <param name="IsVerified">Whether the server's certificate is checked at all.</param>
/// <param name="ClientCertificate">The certificate of the kubeconfig's user, without its key; null where it has none.</param>
public sealed record KubeAccess(
    Uri Server, string? ServerName, IReadOnlyList<X509Certificate2> Authorities, bool IsVerified, string? Proxy,
    X509Certificate2? ClientCertificate)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    /// <summary>Asks kubectl for its configuration, with files, contexts and <c>KUBECONFIG</c> resolved as it does.</summary>
    /// <exception cref="UserError">There is no usable kubeconfig.</exception>
    public static async Task<KubeAccess> ReadAsync(IKubectl kubectl, CancellationToken cancellationToken)
    {
        var call = KubectlCall.Of("config", "view", "--raw", "--minify", "--flatten", "--output", "json") with { Limit = Limit };
        var result = await kubectl.RunAsync(call, cancellationToken);
        // Only kubectl's own words go into the message: its output holds the keys.
        return result.Succeeded ? Parse(result.Output) : throw new UserError(
            $"The kubeconfig can't be read: {ApiProblem.From("kubectl config view", result).Reason}",
            "Run FetchKubeconfig, or name another file with --kubeconfig.");
    }

    /// <summary>Reads what <c>kubectl config view --raw --minify --flatten -o json</c> prints.</summary>
    /// <exception cref="UserError">It names no API server, or holds a certificate that is none.</exception>
    public static KubeAccess Parse(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            var cluster = document.RootElement.Items("clusters").Select(item => item.At("cluster")).FirstOrDefault();
            var user = document.RootElement.Items("users").Select(item => item.At("user")).FirstOrDefault();
            if (cluster is not { } found || !Uri.TryCreate(found.Text("server"), UriKind.Absolute, out var server))
                throw new UserError(
                    "The kubeconfig names no API server.", "Run FetchKubeconfig, or name another file with --kubeconfig.");
            return new KubeAccess(
                server,
                found.Text("tls-server-name"),
                [.. Certificates(found.Text("certificate-authority-data"))],
                !found.Flag("insecure-skip-tls-verify"),
                found.Text("proxy-url"),
                Certificates(user?.Text("client-certificate-data")).FirstOrDefault());
        }
        catch (Exception exception) when (exception is JsonException or CryptographicException or FormatException)
        {
            throw new UserError(
                "The kubeconfig holds a certificate that can't be read.",
                "Run FetchKubeconfig, or name another file with --kubeconfig.", exception);
        }
    }

    private static X509Certificate2Collection Certificates(string? base64)
    {
        var certificates = new X509Certificate2Collection();
        if (base64 is not null)
            certificates.ImportFromPem(Encoding.UTF8.GetString(Convert.FromBase64String(base64)));
        return certificates;
    }
}
