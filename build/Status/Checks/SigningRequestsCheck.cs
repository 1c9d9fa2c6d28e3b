using KubeLab.Kubernetes;

namespace KubeLab.Status;

/// <summary>No request for a certificate waits for somebody, or was refused.</summary>
internal sealed class SigningRequestsCheck : IStatusCheck
{
    // The controller that approves a kubelet's request needs a moment.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public string Id => "signing-requests";
    public string Title => "No request for a certificate is pending";
    public int Rank => 160;

    public async Task<IReadOnlyList<Finding>> JudgeAsync(StatusScene scene, CancellationToken cancellationToken)
    {
        var requests = await scene.Api.ListAsync(ApiPaths.SigningRequests, CertificateSigningRequest.Read);
        List<Finding> open = [.. requests.Where(request => request.State != "Approved" && scene.At - request.Created > Patience)
            .Select(request => Finding.Drift(
                request.Node, $"the request {request.Name} of {request.Requestor} to {request.Signer} is {request.State.ToLowerInvariant()}",
                $"Look at who asks, then: kubectl certificate approve {request.Name}. A Deploy leaves it."))];
        return open.Count > 0 ? open : [Finding.Same($"{requests.Count} requests for certificates, none is open")];
    }
}
