using System.Security.Cryptography.X509Certificates;
using KubeLab.Kubernetes;

namespace KubeLab.Smoke;

/// <summary>The API server's certificate is for the kubeconfig's server, comes from its authority and stays valid.</summary>
public sealed class ServerCertificateCheck : ISmokeCheck
{
    public string Id => "server-certificate";
    public string Title => "The API server's certificate fits and stays valid";
    public SmokeArea Area => SmokeArea.Api;
    public string Needs => "a direct way to the API server from this machine";

    public async Task<SmokeVerdict> RunAsync(SmokeContext context, CancellationToken cancellationToken)
    {
        var problem = await context.Api.ProblemAsync(ApiPaths.Version);
        var refusal = problem?.Kind == ApiProblemKind.ServerCertificate ? problem : null;
        var shown = await LookAsync(context, cancellationToken);
        if (shown.Certificate is { } certificate)
            return Judge(
                context.Access, certificate, refusal, context.Time.GetUtcNow(), context.Options.Settings.CertificateReserve);
        return refusal is null
            ? SmokeVerdict.Skip($"the certificate can't be looked at: {shown.Problem}")
            : SmokeVerdict.Fail($"kubectl doesn't accept it: {refusal.Reason}");
    }

    /// <summary>Judges a certificate.</summary>
    /// <param name="refusal">kubectl's own refusal; null where it accepts the certificate.</param>
    internal static SmokeVerdict Judge(
        KubeAccess access, X509Certificate2 certificate, ApiProblem? refusal, DateTimeOffset now, TimeSpan reserve)
    {
        var host = access.ServerName ?? access.Server.IdnHost;
        List<Finding> findings = [];
        if (CertificateLife.Trouble(certificate, now, reserve) is { } trouble)
            findings.Add(Finding.Fail(
                null, $"the API server's certificate {trouble}. Renew it on the control plane: kubeadm certs renew apiserver"));
        if (access.IsVerified && !certificate.MatchesHostname(host))
            findings.Add(Finding.Fail(null, $"the API server's certificate isn't for {host}, but for {Names(certificate)}"));
        if (access.IsVerified && access.Authorities.Count > 0 && !IsIssuedBy(access.Authorities, certificate))
            findings.Add(Finding.Fail(
                null, $"the API server's certificate isn't from the kubeconfig's authority, but from {certificate.Issuer}"));
        if (findings.Count == 0 && refusal is not null)
            findings.Add(Finding.Fail(null, $"kubectl doesn't accept it: {refusal.Reason}"));
        return SmokeVerdict.From($"for {host}, valid until {CertificateLife.Ends(certificate)}", findings);
    }

    private static async Task<(X509Certificate2? Certificate, string? Problem)> LookAsync(
        SmokeContext context, CancellationToken cancellationToken)
    {
        if (context.Access.Server.Scheme != Uri.UriSchemeHttps)
            return (null, $"{context.Access.Server} has none");
        if (context.Access.Proxy is not null)
            return (null, "there is a proxy on the way");
        return context.Kubectl.IsLocal
            ? await ServerCertificates.LookAsync(context.Access.Server, context.Access.ServerName, cancellationToken)
            : (null, "kubectl runs on the control plane, and the server's address is one that holds there");
    }

    private static bool IsIssuedBy(IReadOnlyList<X509Certificate2> authorities, X509Certificate2 certificate)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(authorities.ToArray());
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.VerificationFlags = X509VerificationFlags.IgnoreNotTimeValid;
        return chain.Build(certificate);
    }

    private static string Names(X509Certificate2 certificate)
    {
        var names = certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>().SelectMany(extension =>
            extension.EnumerateDnsNames().Concat(extension.EnumerateIPAddresses().Select(address => $"{address}"))).ToList();
        return names.Count == 0 ? certificate.Subject : string.Join(", ", names);
    }
}
