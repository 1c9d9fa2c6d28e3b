using KubeLab.Kubernetes;

namespace KubeLab.Smoke;

/// <summary>Removes the test's namespaces: this run's, and those that killed runs left behind.</summary>
internal sealed class SmokeNamespaces(IKubectl kubectl, TimeProvider time)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    /// <summary>Asks for the removal of a namespace with all that is in it, and doesn't wait for it.</summary>
    /// <exception cref="ApiProblem">The API did not accept it; a namespace that is gone is fine.</exception>
    public async Task RemoveAsync(string name, CancellationToken cancellationToken)
    {
        var result = await kubectl.RunAsync(
            KubectlCall.Of("delete", "--raw", $"{ApiPaths.Namespaces}/{name}") with { Limit = Limit }, cancellationToken);
        if (!result.Succeeded && ApiProblem.Classify(result.Error) != ApiProblemKind.NotFound)
            throw ApiProblem.From($"Removing the namespace {name}", result);
    }

    /// <summary>Waits until a namespace is gone. Pods whose containers have ended are then removed by force: a kubelet may take
    /// over a minute to confirm a pod's end, until it next collects sandboxes (Kubernetes 1.20).</summary>
    /// <returns>Null once it is gone; after the limit, what still holds it.</returns>
    public async Task<string?> WaitUntilGoneAsync(string name, TimeSpan limit, CancellationToken cancellationToken)
    {
        var end = time.GetUtcNow() + limit;
        while (true)
        {
            var result = await kubectl.RunAsync(KubectlCall.Read($"{ApiPaths.Namespaces}/{name}", Limit), cancellationToken);
            if (!result.Succeeded && ApiProblem.Classify(result.Error) == ApiProblemKind.NotFound)
                return null;
            if (time.GetUtcNow() >= end)
                return result.Succeeded ? Holds(result.Output) : ApiProblem.From("reading the namespace", result).Reason;
            await RemoveEndedPodsAsync(name, cancellationToken);
            await Task.Delay(Interval, time, cancellationToken);
        }
    }

    private async Task RemoveEndedPodsAsync(string name, CancellationToken cancellationToken)
    {
        var list = await kubectl.RunAsync(KubectlCall.Read(ApiPaths.PodsOf(name), Limit), cancellationToken);
        if (!list.Succeeded)
            return;
        var ended = KubePod.ParseList(list.Output).Where(pod => pod.IsDeleted && pod.HasEnded);
        await Task.WhenAll(ended.Select(pod => kubectl.RunAsync(
            KubectlCall.Of("delete", "--raw", $"{ApiPaths.PodsOf(name)}/{pod.Name}?gracePeriodSeconds=0") with { Limit = Limit },
            cancellationToken)));
    }

    /// <summary>Removes the namespaces of runs that did not live to do it themselves.</summary>
    /// <returns>Their names.</returns>
    /// <exception cref="ApiProblem">The API gave no answer.</exception>
    public async Task<IReadOnlyList<string>> RemoveAbandonedAsync(KubeApi api, CancellationToken cancellationToken)
    {
        var label = Uri.EscapeDataString(TestNamespace.Label);
        var abandoned = await api.FreshListAsync($"{ApiPaths.Namespaces}?labelSelector={label}", KubeNamespace.Read);
        var names = abandoned.Where(found => !found.IsDeleted && SmokeOwner.IsAbandoned(found.Annotations, time.GetUtcNow()))
            .Select(found => found.Name).ToList();
        foreach (var name in names)
            await RemoveAsync(name, cancellationToken);
        return names;
    }

    private static string Holds(string json)
    {
        var said = KubeNamespace.Parse(json).Conditions.Where(condition => condition.Status == "True")
            .Select(condition => condition.Message).Where(message => message.Length > 0).ToList();
        return said.Count == 0 ? "it is still being deleted" : string.Join("; ", said);
    }
}
