using KubeLab.Kubernetes;

namespace KubeLab.Smoke;

/// <summary>No container of kube-system restarts while the test looks.</summary>
public sealed class RestartCountsCheck : ISmokeCheck
{
    public string Id => "restarts";
    public string Title => "Nothing in kube-system restarts";
    public SmokeArea Area => SmokeArea.System;

    public async Task<SmokeVerdict> RunAsync(SmokeContext context, CancellationToken cancellationToken)
    {
        var before = await context.SystemPodsAsync();
        await Task.Delay(context.Options.RestartWindow, context.Time, cancellationToken);
        var after = await context.Api.FreshListAsync(ApiPaths.SystemPods, KubePod.Read);
        return Judge(before, after, context.Options.RestartWindow);
    }

    internal static SmokeVerdict Judge(IReadOnlyList<KubePod> before, IReadOnlyList<KubePod> after, TimeSpan window)
    {
        var seconds = window.TotalSeconds;
        var counts = before.ToDictionary(pod => pod.Name, pod => pod.Restarts);
        var findings = after
            .Where(pod => counts.TryGetValue(pod.Name, out var count) && pod.Restarts > count)
            .Select(pod => Finding.Fail(
                pod.Node, $"{pod.Reference} restarted within {seconds:0.#} s, {pod.Restarts} times so far", pod.Reference));
        return SmokeVerdict.From($"no restart of {after.Count} pods within {seconds:0.#} s", [.. findings]);
    }
}
