using KubeLab.Kubernetes;

namespace KubeLab.Smoke;

/// <summary>The API knows the kubeconfig's user, whose certificate, where it has one, stays valid.</summary>
public sealed class KubeconfigUserCheck : ISmokeCheck
{
    public string Id => "kubeconfig";
    public string Title => "The kubeconfig's user is known and stays so";
    public SmokeArea Area => SmokeArea.Api;

    public async Task<SmokeVerdict> RunAsync(SmokeContext context, CancellationToken cancellationToken)
    {
        var problem = await context.Api.ProblemAsync(ApiPaths.Version);
        var refusal = problem?.Kind == ApiProblemKind.Unauthorized ? problem : null;
        // An expired certificate is worth naming even where the API itself is silent.
        var now = context.Time.GetUtcNow();
        var own = context.Access.ClientCertificate;
        var hasExpired = own is not null && CertificateLife.Trouble(own, now, TimeSpan.Zero) is not null;
        if (problem is { NoAnswer: true } && refusal is null && !hasExpired)
            throw problem;
        return Judge(context.Access, refusal, now, context.Options.Settings.CertificateReserve);
    }

    /// <summary>Judges the user.</summary>
    /// <param name="refusal">The API's refusal; null where it didn't refuse.</param>
    /// <param name="reserve">How long the certificate must still be valid.</param>
    internal static SmokeVerdict Judge(KubeAccess access, ApiProblem? refusal, DateTimeOffset now, TimeSpan reserve)
    {
        if (access.ClientCertificate is { } certificate && CertificateLife.Trouble(certificate, now, reserve) is { } trouble)
        {
            return SmokeVerdict.Fail($"the certificate of the kubeconfig's user ({certificate.Subject}) {trouble}. "
                + "Renew the certificates (kubeadm certs renew all), then run FetchKubeconfig");
        }

        if (refusal is not null)
            return SmokeVerdict.Fail($"the API server doesn't know the kubeconfig's user: {refusal.Reason}. Run FetchKubeconfig");
        return SmokeVerdict.Pass(access.ClientCertificate is { } valid
            ? $"known to the API; its certificate is valid until {CertificateLife.Ends(valid)}"
            : "known to the API, by a token or a command instead of a certificate");
    }
}
