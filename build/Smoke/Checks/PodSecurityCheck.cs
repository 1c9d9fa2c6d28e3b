using KubeLab.Kubernetes;

namespace KubeLab.Smoke;

/// <summary>A namespace that takes restricted pods alone refuses one with all rights. The API server only judges it: nothing is
/// made.</summary>
public sealed class PodSecurityCheck : IStagedCheck
{
    // On by default since then (v1.23, beta); before, what is written in a namespace's labels binds nobody.
    private static readonly Version First = new(1, 23);

    public string Id => "pod-security";
    public string Title => "A namespace for restricted pods refuses one with all rights";
    public SmokeArea Area => SmokeArea.Access;
    public string Needs => "Kubernetes 1.23 or newer";
    public IReadOnlyList<string> Manifests => [];

    public async Task<SmokeVerdict> RunAsync(SmokeContext context, CancellationToken cancellationToken)
    {
        if (await context.RunningVersionAsync() is { } running && running < First)
            return SmokeVerdict.Skip($"Kubernetes {running} has no admission by pods' security, which comes with {First}");
        var call = KubectlCall.Of("create", "--dry-run=server", "--output", "name", "--filename", "-") with
        { StandardInput = context.RequiredStage.Render("privileged"), Limit = context.Options.ReadLimit };
        return Judge(await context.Kubectl.RunAsync(call, cancellationToken), context.RequiredStage.Name);
    }

    internal static SmokeVerdict Judge(KubectlResult result, string space) => result switch
    {
        { Succeeded: true } => SmokeVerdict.Fail(
            $"a pod with all rights was let into {space}, which takes restricted ones alone: is the admission plugin PodSecurity disabled?"),
        _ when result.Error.Contains("violates PodSecurity", StringComparison.Ordinal) =>
            SmokeVerdict.Pass("a pod with all rights is refused"),
        _ when ApiProblem.From("create", result).Kind == ApiProblemKind.Forbidden =>
            SmokeVerdict.Pass($"a pod with all rights is refused by another admission: {ApiProblem.From("create", result).Reason}"),
        _ => throw ApiProblem.From("a pod with all rights, as a dry run", result),
    };
}
