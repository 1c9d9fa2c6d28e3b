namespace KubeLab.Ansible;

/// <summary>A playbook run that failed, with all that tells why.</summary>
/// <param name="Playbook">The playbook's file, relative to the distribution.</param>
/// <param name="Problems">What is wrong, as <see cref="PlaybookVerdict"/> judges it.</param>
public sealed record PlaybookFailure(
    string Playbook, int ExitCode, IReadOnlyList<PlaybookEvent> Events,
    IReadOnlyList<string> Output, IReadOnlyList<string> Problems, Inventory Inventory)
{
    /// <summary>What the run was given.</summary>
    public PlaybookOptions Options { get; init; } = new();
}

/// <summary>Says why a playbook failed, and what to do.</summary>
public interface IFailureExplainer
{
    /// <summary>Explains a failed run: shows it, and leaves it in the run's record.</summary>
    /// <returns>A line a cause, with its nodes.</returns>
    Task<IReadOnlyList<string>> ExplainAsync(PlaybookFailure failure, CancellationToken cancellationToken = default);
}
