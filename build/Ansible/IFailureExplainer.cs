namespace KubeLab.Ansible;

/// <summary>Says why a playbook failed, and what to do.</summary>
public interface IFailureExplainer
{
    /// <summary>Explains a failed run: shows it, and leaves it in the run's record.</summary>
    /// <param name="failure">The run that failed.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    /// <returns>A line a cause, with its nodes.</returns>
    Task<IReadOnlyList<string>> ExplainAsync(PlaybookFailure failure, CancellationToken cancellationToken = default);
}
