namespace KubeLab.Variables;

/// <summary>A variable whose value is a template that Ansible has to resolve.</summary>
/// <param name="IsDefault">Whether it is the distribution's default, which only its role's tasks see.</param>
public sealed record TemplateRequest(Node Node, string Variable, JsonElement Expression, bool IsDefault);

/// <summary>What became of a template.</summary>
/// <param name="Value">Its value; null where it could not be resolved.</param>
/// <param name="Error">Why it could not be resolved; null where it could.</param>
public sealed record TemplateResult(JsonElement? Value, string? Error);

/// <summary>Resolves templates with Ansible, in one call for all of them.</summary>
/// <returns>One result a request, in the same order.</returns>
public delegate Task<IReadOnlyList<TemplateResult>> TemplateResolver(
    IReadOnlyList<TemplateRequest> requests, CancellationToken cancellationToken);

/// <summary>Keeps templates that have no value from the others.</summary>
public static class TemplateRetries
{
    /// <summary>Resolves templates. One that Ansible chokes on spoils the call for the others of its node: those are asked for
    /// again, one variable at a time, so that it costs only what needs it.</summary>
    /// <returns>One result a request, in the same order.</returns>
    public static async Task<IReadOnlyList<TemplateResult>> EachAsync(
        this TemplateResolver resolver, IReadOnlyList<TemplateRequest> requests, CancellationToken cancellationToken)
    {
        var results = (await AskAsync(resolver, requests, cancellationToken)).ToArray();
        var failed = Enumerable.Range(0, requests.Count).Where(i => results[i].Value is null).GroupBy(i => requests[i].Variable);
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
        return [.. requests.Select(
            (_, i) => i < results.Count ? results[i] : new TemplateResult(null, "Ansible gave no answer"))];
    }
}
