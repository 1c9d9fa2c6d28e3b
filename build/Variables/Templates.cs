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
