using KubeLab.Kubernetes;

namespace KubeLab.Status;

/// <summary>One thing in which a cluster may differ from what was asked for. A check lives in a file of its own below
/// <c>Checks/</c> and is found there.</summary>
public interface IStatusCheck : ICheck
{
    /// <summary>Holds what is there against what was asked for. <see cref="StatusFindings"/> has the words.</summary>
    /// <returns>What differs; what is the same is one finding, or none.</returns>
    /// <exception cref="ApiProblem">The API doesn't say.</exception>
    Task<IReadOnlyList<Finding>> JudgeAsync(StatusScene scene, CancellationToken cancellationToken);
}

/// <summary>What a check of the status says.</summary>
internal static class StatusFindings
{
    extension(Finding)
    {
        /// <summary>What was asked for doesn't work, or can't be told at all.</summary>
        /// <param name="remedy">What to do, and what a Deploy would change about it.</param>
        public static Finding Broken(string? node, string message, string remedy, bool unknown = false) =>
            new("", "", node, FindingStatus.Failed, Named(node, message)) { Remedy = remedy, Unknown = unknown };

        /// <summary>It works, and differs from what was asked for.</summary>
        /// <param name="remedy">What to do, and what a Deploy would change about it.</param>
        public static Finding Drift(string? node, string message, string remedy, bool unknown = false) =>
            new("", "", node, FindingStatus.Warning, Named(node, message)) { Remedy = remedy, Unknown = unknown };

        /// <summary>It is as it was asked for.</summary>
        public static Finding Same(string message) => new("", "", null, FindingStatus.Passed, message);

        /// <summary>It was not compared, and why.</summary>
        public static Finding NotCompared(string? node, string reason) =>
            new("", "", node, FindingStatus.Skipped, Named(node, reason));
    }

    private static string Named(string? node, string message) => node is null ? message : $"{node}: {message}";
}

/// <summary>Runs the checks of a status.</summary>
public static class StatusChecks
{
    /// <summary>Runs them all: what works no more first, then what differs, each in the order in which it hurts.</summary>
    /// <param name="checks">The checks; null for all that there are.</param>
    public static async Task<IReadOnlyList<Finding>> RunAsync(
        StatusScene scene, IReadOnlyList<IStatusCheck>? checks = null, CancellationToken cancellationToken = default)
    {
        var all = checks ?? CheckCatalog.All<IStatusCheck>();
        var findings = await Task.WhenAll(all.Select(check => JudgeAsync(check, scene, cancellationToken)));
        return [.. findings.SelectMany(each => each).OrderByDescending(finding => finding.Status)];
    }

    private static async Task<IEnumerable<Finding>> JudgeAsync(
        IStatusCheck check, StatusScene scene, CancellationToken cancellationToken)
    {
        IReadOnlyList<Finding> found;
        try
        {
            found = await check.JudgeAsync(scene, cancellationToken);
        }
        catch (ApiProblem problem)
        {
            // That the API is silent is said once, by the smoke test's own check of it.
            found = [!scene.ApiAnswers && problem.Kind != ApiProblemKind.Forbidden
                ? Finding.NotCompared(null, "the API gives no answer")
                : Finding.Drift(null, $"It can't be told: {problem.Message}",
                    problem.Kind == ApiProblemKind.Forbidden
                        ? "Use a kubeconfig whose user may read nodes, pods, Services and ConfigMaps: ./build.sh FetchKubeconfig"
                        : "./build.sh SmokeTest --tier 0 says what is wrong.", unknown: true)];
        }

        return found.Select(finding => finding with { Check = check.Id, Title = check.Title });
    }
}
