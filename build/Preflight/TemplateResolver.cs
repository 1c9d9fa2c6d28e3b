namespace KubeLab.Preflight;

/// <summary>Resolves templates with Ansible, in one call for all of them.</summary>
/// <param name="requests">What to resolve.</param>
/// <param name="cancellationToken">Ends the call.</param>
/// <returns>One result a request, in the same order.</returns>
public delegate Task<IReadOnlyList<TemplateResult>> TemplateResolver(
    IReadOnlyList<TemplateRequest> requests, CancellationToken cancellationToken);
