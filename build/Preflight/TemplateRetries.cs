namespace KubeLab.Preflight;

/// <summary>Keeps templates that have no value from the others.</summary>
public static class TemplateRetries
{
    /// <summary>
    /// Resolves templates. One that Ansible chokes on spoils the call for the others of its node: those are asked for again, one variable
    /// at a time, so that it costs only what needs it.
    /// </summary>
    /// <param name="resolver">Ansible.</param>
    /// <param name="requests">What to resolve.</param>
    /// <param name="cancellationToken">Ends the calls.</param>
    /// <returns>One result a request, in the same order.</returns>
    public static async Task<IReadOnlyList<TemplateResult>> EachAsync(
        this TemplateResolver resolver, IReadOnlyList<TemplateRequest> requests, CancellationToken cancellationToken)
    {
        var results = (await AskAsync(resolver, requests, cancellationToken)).ToArray();
        var failed = Enumerable.Range(0, requests.Count).Where(i => results[i].Value is null).GroupBy(i => requests[i].Variable, StringComparer.Ordinal);
        foreach (var variable in failed.Select(each => each.ToList()).ToList())
        {
            var again = await AskAsync(resolver, [.. variable.Select(i => requests[i])], cancellationToken);
            foreach (var (i, result) in variable.Zip(again))
                results[i] = result;
        }

        return results;
    }

    private static async Task<IReadOnlyList<TemplateResult>> AskAsync(
        TemplateResolver resolver, IReadOnlyList<TemplateRequest> requests, CancellationToken cancellationToken)
    {
        var results = await resolver(requests, cancellationToken);
        return [.. requests.Select((_, i) => i < results.Count ? results[i] : new TemplateResult(null, "Ansible gave no answer"))];
    }
}
