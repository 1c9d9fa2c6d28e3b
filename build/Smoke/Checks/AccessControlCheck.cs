using KubeLab.Kubernetes;

namespace KubeLab.Smoke;

/// <summary>An account without rights gets 403 for what isn't its own: authorization is on.</summary>
public sealed class AccessControlCheck : IStagedCheck
{
    public string Id => "access-control";
    public string Title => "An account without rights is refused (403)";
    public SmokeArea Area => SmokeArea.Access;
    public string Needs => "the right to impersonate an account";
    public IReadOnlyList<string> Manifests => ["account"];

    public async Task<SmokeVerdict> RunAsync(SmokeContext context, CancellationToken cancellationToken)
    {
        var account = $"system:serviceaccount:{context.RequiredStage.Name}:unprivileged";
        string[] paths =
            ["/api/v1/namespaces/kube-system/secrets", ApiPaths.Nodes, $"{ApiPaths.PodsOf(context.RequiredStage.Name)}"];
        var results = await Task.WhenAll(paths.Select(async path =>
        {
            var call = KubectlCall.Of("get", "--raw", path, "--as", account);
            return (Path: path, Result: await context.Kubectl.RunAsync(call, cancellationToken));
        }));
        return Judge(account, results);
    }

    internal static SmokeVerdict Judge(string account, IReadOnlyList<(string Path, KubectlResult Result)> answers)
    {
        if (answers.Any(answer => answer.Result.Error.Contains("cannot impersonate")))
            return SmokeVerdict.Skip("the kubeconfig's user may not act as another account");
        return SmokeVerdict.From(
            $"{account} is refused {answers.Count} times",
            [.. answers.Select(answer => Judge(account, answer.Path, answer.Result))]);
    }

    private static Finding Judge(string account, string path, KubectlResult result)
    {
        if (result.Succeeded)
            return Finding.Fail(
                null, $"{account} may read {path} without any right: is the API server's authorization mode RBAC?");
        return ApiProblem.Classify(result.Error) == ApiProblemKind.Forbidden
            ? Finding.Pass(null, $"{path} is refused")
            : Finding.Fail(null, $"{path} is not refused with 403: {ApiProblem.From(path, result).Reason}");
    }
}
