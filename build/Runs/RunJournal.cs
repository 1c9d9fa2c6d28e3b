using System.Collections.Concurrent;
using KubeLab.Ansible;
using KubeLab.Clusters;
using KubeLab.Distributions;
using KubeLab.Records;
using KubeLab.Variables;

namespace KubeLab.Runs;

/// <summary>What a run notes of its targets while they run: when each began, and what a failed one said.</summary>
public sealed class RunJournal(TimeProvider time)
{
    private readonly ConcurrentDictionary<string, DateTimeOffset> begun = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, TargetFailure> failures = new(StringComparer.Ordinal);
    private readonly Lock sealing = new();
    private bool isSealed;

    /// <summary>When the run began.</summary>
    public DateTimeOffset Started { get; } = time.GetUtcNow();

    /// <summary>The distribution, once it is there.</summary>
    public Distribution? Distribution { get; set; }

    /// <summary>The Ansible, once it is there.</summary>
    public AnsibleToolchain? Ansible { get; set; }

    /// <summary>The inventory, once it is read.</summary>
    public Inventory? Inventory { get; set; }

    /// <summary>Notes that a target begins.</summary>
    public void Begin(string target) => begun[target] = time.GetUtcNow();

    /// <summary>Notes what a target said when it failed.</summary>
    public void Fail(string target, Exception error) => failures[target] = error is UserError user
        ? new TargetFailure(target, user.Problem, user.Remedy)
        : new TargetFailure(target, $"{error.GetType().Name}: {error.Message}", null);

    /// <summary>
    /// Seals what the run leaves behind, once. Who comes second, on whatever thread, waits until that is done: on Ctrl+C, NUKE
    /// ends a run twice at once, from the interrupt and from the end itself, and the process is gone after the latter.
    /// </summary>
    public void Seal(Action write)
    {
        lock (sealing)
        {
            if (isSealed)
                return;
            isSealed = true;
            write();
        }
    }

    /// <summary>What became of a target.</summary>
    /// <param name="note">Why it was left out, or the first line of its error.</param>
    public TargetOutcome Target(string name, string status, TimeSpan duration, string? note) =>
        new(name, status, begun.TryGetValue(name, out var at) ? at : null, Math.Round(duration.TotalSeconds, 3), note);

    /// <summary>How the run ended.</summary>
    /// <param name="asked">The targets that were asked for, in words.</param>
    /// <param name="exitCode">The exit code of the process.</param>
    /// <param name="interrupted">Whether a person or a signal ended it.</param>
    /// <param name="goOnWith">The command line to go on with after a failure.</param>
    public RunOutcome Outcome(
        string cluster, string asked, IReadOnlyList<TargetOutcome> targets, int exitCode, bool interrupted, string goOnWith) => new()
        {
            Cluster = cluster,
            RequestedTargets = asked,
            Started = Started,
            Seconds = Math.Round((time.GetUtcNow() - Started).TotalSeconds, 3),
            ExitCode = exitCode,
            Interrupted = interrupted,
            ResumeCommand = exitCode == 0 ? null : goOnWith,
            Targets = interrupted ? [.. targets.Select(target => IsCancelled(target) ? target with { Status = "interrupted" } : target)] : targets,
            Failures = [.. failures.Values.OrderBy(failure => begun.GetValueOrDefault(failure.Target))],
            Versions = Versions,
            Nodes = [.. (Inventory?.Nodes ?? []).Select(RunNode.Of)],
        };

    private RunVersions Versions => new(
        typeof(RunJournal).Assembly.GetName().Version?.ToString(3) ?? "",
        Distribution?.Name,
        Distribution?.Commit,
        Ansible is null ? null : $"{Ansible.Version} ({Ansible.Origin})",
        Kubernetes);

    private string? Kubernetes => Inventory is { ControlPlane: [var first, ..] } && first.Text("kube_version") is { } set && !Template.IsIn(set)
        ? set
        : Distribution is null ? null : new DistributionDefaults(Distribution).Find("kube_version")?.Value is { } value && !Template.IsIn(value) ? value : null;

    // A target that was cancelled has failed for the build engine, but said nothing of its own.
    private bool IsCancelled(TargetOutcome target) => target.Status == "failed" && !failures.ContainsKey(target.Name);
}
