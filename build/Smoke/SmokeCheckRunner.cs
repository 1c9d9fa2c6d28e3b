using KubeLab.Kubernetes;

namespace KubeLab.Smoke;

/// <summary>Runs checks side by side, each within its limit; a check that can't get an answer is a result like any other.</summary>
internal static class SmokeCheckRunner
{
    /// <summary>Runs checks at once and says what became of each.</summary>
    public static async Task<IReadOnlyList<SmokeCheckResult>> RunAsync(
        IReadOnlyList<ISmokeCheck> checks, SmokeContext context, CancellationToken cancellationToken)
    {
        return Explain(await Task.WhenAll(checks.Select(check => RunAsync(check, context, cancellationToken))));
    }

    /// <summary>
    /// A check that got no answer blames nobody where another one already says why there is none; else the silence itself is
    /// the failure, of the first check that met it.
    /// </summary>
    internal static IReadOnlyList<SmokeCheckResult> Explain(IReadOnlyList<SmokeCheckResult> results)
    {
        var cause = results.FirstOrDefault(result => result.Failed && !result.HadNoAnswer && result.Area == SmokeArea.Api)
            ?? results.FirstOrDefault(result => result.HadNoAnswer);
        return [.. results.Select(result => result.HadNoAnswer && result != cause ? Excuse(result, cause!.Id) : result)];
    }

    private static SmokeCheckResult Excuse(SmokeCheckResult result, string cause) =>
        result with { Status = FindingStatus.Skipped, Message = $"the API gives no answer: see {cause}", Findings = [] };

    private static async Task<SmokeCheckResult> RunAsync(
        ISmokeCheck check, SmokeContext context, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(check.Limit);
        var started = context.Time.GetTimestamp();
        SmokeCheckResult Result(SmokeVerdict verdict) => SmokeCheckResult.Of(check, verdict, context.Time.GetElapsedTime(started));
        try
        {
            return Result(await check.RunAsync(context, limit.Token).WaitAsync(limit.Token));
        }
        catch (ApiProblem problem) when (problem.Kind == ApiProblemKind.Forbidden)
        {
            return Result(SmokeVerdict.Skip($"the kubeconfig's user lacks the right: {problem.Reason}"));
        }
        catch (ApiProblem problem)
        {
            return Result(SmokeVerdict.Fail(problem.Message)) with { HadNoAnswer = problem.NoAnswer };
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return Result(SmokeVerdict.Fail($"no end after {check.Limit.TotalSeconds:0} s"));
        }
    }
}
