using KubeLab.Kubernetes;

namespace KubeLab.Smoke;

/// <summary>Collects what explains a failed check: blamed objects' descriptions with events, and a pod's last words.</summary>
internal sealed class SmokeEvidenceCollector(IKubectl kubectl)
{
    private const int MaxObjects = 3;
    private const int MaxLines = 120;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    /// <summary>The evidence of one result; what can't be had is left out.</summary>
    public async Task<IReadOnlyList<SmokeEvidence>> CollectAsync(SmokeVerdict verdict, CancellationToken cancellationToken)
    {
        var blamed = verdict.Findings.OfType<ObjectFinding>().Select(finding => finding.About).Distinct().Take(MaxObjects);
        var calls = blamed.SelectMany(Calls).ToList();
        var found = await Task.WhenAll(calls.Select(call => RunAsync(call, cancellationToken)));
        return [.. verdict.Evidence, .. found.OfType<SmokeEvidence>()];
    }

    private static IEnumerable<KubectlCall> Calls(ObjectReference about)
    {
        IReadOnlyList<string> space = about.Namespace is null ? [] : ["--namespace", about.Namespace];
        yield return new(["describe", about.Kind, about.Name, .. space]) { Limit = Limit };
        if (about.Kind == "pod")
            yield return new(["logs", about.Name, .. space, "--all-containers", "--tail", "40"]) { Limit = Limit };
    }

    private async Task<SmokeEvidence?> RunAsync(KubectlCall call, CancellationToken cancellationToken)
    {
        var result = await kubectl.RunAsync(call, cancellationToken);
        var text = result.Succeeded ? result.Output : result.Error;
        if (string.IsNullOrWhiteSpace(text))
            return null;
        // The events stand at the end of a description, the reason of a crash at the end of a log.
        var last = string.Join('\n', text.TrimEnd().Split('\n').TakeLast(MaxLines));
        return new SmokeEvidence($"kubectl {string.Join(' ', call.Arguments)}", last);
    }
}
