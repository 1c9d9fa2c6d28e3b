using KubeLab.Kubernetes;

namespace KubeLab.Smoke;

/// <summary>No request for a certificate waits or was refused.</summary>
public sealed class CertificateRequestsCheck : ISmokeCheck
{
    // The controller that approves a joining kubelet's request needs a moment.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public string Id => "certificate-requests";
    public string Title => "No certificate request is pending or denied";
    public SmokeArea Area => SmokeArea.ControlPlane;

    public async Task<SmokeVerdict> RunAsync(SmokeContext context, CancellationToken cancellationToken) =>
        Judge(await context.Api.ListAsync(ApiPaths.SigningRequests, CertificateSigningRequest.Read), context.Time.GetUtcNow());

    internal static SmokeVerdict Judge(IReadOnlyList<CertificateSigningRequest> requests, DateTimeOffset now)
    {
        var findings = requests.Where(request => request.State != "Approved").Select(request => Judge(request, now));
        return SmokeVerdict.From($"{requests.Count} requests, all of them approved or just made", [.. findings]);
    }

    private static Finding Judge(CertificateSigningRequest request, DateTimeOffset now)
    {
        var about = new ObjectReference("certificatesigningrequest", request.Name);
        var what = $"the request {request.Name} of {request.Requestor} to {request.Signer}";
        if (request.State != "Pending")
            return Finding.Fail(request.Node, $"{what} is {request.State.ToLowerInvariant()}", about);
        return now - request.Created < Patience
            ? Finding.Pass(request.Node, $"{what} was just made")
            : Finding.Fail(request.Node, $"{what} waits for approval: kubectl certificate approve {request.Name}", about);
    }
}
