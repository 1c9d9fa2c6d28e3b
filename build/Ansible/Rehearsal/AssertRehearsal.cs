using KubeLab.Variables;

namespace KubeLab.Ansible;

/// <summary>
/// Rehearses a release's own asserts with the release's own Ansible: its text, its variables, its templates, and facts that
/// KubeLab has already. Nothing is done on any machine: tasks that would do something are not carried out
/// (<c>kubelab_rehearsal.py</c>), no node can be reached, and where KubeLab runs as root, Ansible may read and not write.
/// </summary>
/// <param name="begun">The process for it, which may have been begun long before; asked for once.</param>
public sealed class AssertRehearsal(AnsibleEnvironment ansible, Inventory inventory, Func<Task<RehearsingAnsible>> begun)
{
    /// <summary>A rehearsal that nothing was begun for.</summary>
    /// <param name="extraVariables">The text of <c>--extra-vars</c>; null for none.</param>
    public AssertRehearsal(
        CommandRunner commands, AnsibleEnvironment ansible, Inventory inventory, string? extraVariables)
        : this(ansible, inventory, () => RehearsingAnsible.BeginAsync(commands, ansible, extraVariables))
    {
    }

    /// <summary>Renders the files that the release would write on the nodes now. Nothing is written anywhere but in a folder that
    /// is removed.</summary>
    /// <param name="facts">What is known of each node, once it is known.</param>
    /// <returns>What they would be; what can't be told is said in it.</returns>
    public async Task<ReleaseFiles> RenderAsync(
        Task<IReadOnlyDictionary<string, RehearsalFacts>> facts, CancellationToken cancellationToken = default)
    {
        if ((ansible.Distribution.Configuration.Problem ?? ansible.Distribution.Asserts.Problem) is { } problem)
            return ReleaseFiles.Unknown($"the release's roles can't be read: {problem}");
        if (ansible.Distribution.Configuration.Files.Count == 0)
            return ReleaseFiles.Unknown($"{ansible.Distribution.Name} has none of the roles that are known to write them");
        try
        {
            await using var process = await begun();
            var (output, _, reason) = await process.RunAsync(inventory, facts, rendersFiles: true, cancellationToken);
            return ReleaseFiles.Parse(output, reason);
        }
        catch (Exception exception) when (exception is UserError or IOException or UnauthorizedAccessException)
        {
            return ReleaseFiles.Unknown(exception.Message);
        }
    }

    /// <summary>Rehearses the asserts. It starts at once, and waits for the facts where it needs them.</summary>
    /// <param name="facts">What is known of each node, once it is known.</param>
    /// <returns>What was found; what could not be judged is said in it.</returns>
    public async Task<Rehearsal> RunAsync(
        Task<IReadOnlyDictionary<string, RehearsalFacts>> facts, CancellationToken cancellationToken = default)
    {
        var asserts = ansible.Distribution.Asserts;
        if (asserts.Problem is { } problem)
            return new Rehearsal([], $"the release's asserts can't be read: {problem}");
        if (!asserts.BeforeFacts.Concat(asserts.WithFacts).Any(file => file.IsJudged))
            return new Rehearsal([], null) { NothingToJudge = $"{ansible.Distribution.Name} has none of the files with asserts" };
        try
        {
            await using var process = await begun();
            var (output, plays, reason) = await process.RunAsync(inventory, facts, rendersFiles: false, cancellationToken);
            return Rehearsal.Parse(output, plays, reason);
        }
        catch (Exception exception) when (exception is UserError or IOException or UnauthorizedAccessException)
        {
            return new Rehearsal([], exception.Message);
        }
    }
}
