namespace KubeLab.Smoke;

/// <summary>
/// One thing that a working cluster does. A check lives in a file of its own below <c>Checks/</c> and is found there by the
/// runner; what else it may have is an interface that it implements only if it does: <see cref="IStagedCheck"/>,
/// <see cref="IAgentCheck"/>, <see cref="IClosingCheck"/>.
/// </summary>
public interface ISmokeCheck
{
    /// <summary>Its id, by which it is selected, skipped and reported: <c>node-set</c>.</summary>
    string Id { get; }

    /// <summary>What holds when it passes, in a few words.</summary>
    string Title { get; }

    /// <summary>0 reads only; 1 works in a namespace of its own.</summary>
    int Tier { get; }

    /// <summary>What it looks at.</summary>
    SmokeArea Area { get; }

    /// <summary>What it needs beyond the API, in words; empty for nothing. Where that is missing, the check is skipped.</summary>
    string Needs => "";

    /// <summary>How long it may take.</summary>
    TimeSpan Limit => TimeSpan.FromSeconds(30);

    /// <summary>Looks and judges.</summary>
    /// <param name="context">The cluster, what is expected of it, and what this round has read of it.</param>
    /// <param name="cancellationToken">Is cancelled at the check's limit and with the test.</param>
    /// <exception cref="Api.ApiProblem">The API gave no answer; the runner turns that into a result.</exception>
    Task<SmokeVerdict> RunAsync(SmokeContext context, CancellationToken cancellationToken);
}
