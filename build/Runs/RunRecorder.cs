using KubeLab.Ansible;
using KubeLab.Distributions;
using KubeLab.Records;

namespace KubeLab.Runs;

/// <summary>Keeps a run's record: when each target began, what a failed one said, and in the end how the run ended.</summary>
/// <param name="cluster">Finds the cluster; not before a target asks for it, as some targets need none.</param>
/// <param name="interruption">Is cancelled where a person or a signal ends the run.</param>
public sealed class RunRecorder(Func<Cluster> cluster, SecretMask secrets, TimeProvider time, CancellationToken interruption)
{
    private readonly ConcurrentDictionary<string, DateTimeOffset> begun = new();
    private readonly ConcurrentDictionary<string, TargetFailure> failures = new();
    private readonly DateTimeOffset started = time.GetUtcNow();
    private readonly Lock sealing = new();
    private Task running = Task.CompletedTask;
    private string? interruptedTarget;
    private bool isSealed;

    /// <summary>The run's record.</summary>
    public RunRecord Record => field ??= new RunRecord(cluster(), started)
    {
        Mask = text => Completed(secrets.Mask(text)),
    };

    /// <summary>Completes the commands that a text tells people to type.</summary>
    public Func<string, string> Completed { get; init; } = text => text;

    /// <summary>KubeLab's own folder, whose owner may do all that the run may; null where it plays no part.</summary>
    public string? Checkout { get; init; }

    /// <summary>Whether the run may have left something in the cluster's folder of artifacts.</summary>
    public bool MayHaveWritten { get; private set; }

    /// <summary>Notes that a target begins.</summary>
    public void Begin(string target) => begun[target] = time.GetUtcNow();

    /// <summary>Notes what a target said when it failed.</summary>
    public void Fail(string target, Exception error) => failures[target] = error is UserError user
        ? new TargetFailure(target, user.Problem, user.Remedy)
        : new TargetFailure(target, $"{error.GetType().Name}: {error.Message}", null);

    /// <summary>Makes sure, once a run, that it may write, before it leaves anything.</summary>
    /// <exception cref="UserError">It may not; the error says how that is mended.</exception>
    public void RequireWritable()
    {
        if (MayHaveWritten)
            return;
        ArtifactsFolder.RequireWritable(cluster(), Checkout);
        MayHaveWritten = true;
    }

    /// <summary>Does a target's work, and notes how it fails.</summary>
    /// <exception cref="UserError">What the work has thrown, without secrets; or it was interrupted.</exception>
    public Task RunAsync(string target, Func<Task> work) => running = RunRecordedAsync(target, work);

    /// <summary>Waits until what a target still does has come to its end, or for as long as may be.</summary>
    public void WaitForTarget(TimeSpan limit) => Task.WaitAny([running], limit);

    /// <summary>Seals what the run leaves behind, once. Who comes second, on whatever thread, waits until that is done: on
    /// Ctrl+C, NUKE ends a run twice at once, by interrupt and by itself, and then the process is gone.</summary>
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
    public TargetOutcome Target(string name, string status, TimeSpan duration, string? note) => new(
        name,
        // One that was cancelled has failed for the build engine, but said nothing of its own.
        name == interruptedTarget || (IsInterrupted && status == "failed" && !failures.ContainsKey(name))
            ? "interrupted"
            : status,
        begun.TryGetValue(name, out var at) ? at : null,
        Math.Round(duration.TotalSeconds, 3),
        note);

    /// <summary>How the run ended.</summary>
    public RunOutcome Outcome(string asked, IReadOnlyList<TargetOutcome> targets, int exitCode, string resumeCommand) => new()
    {
        Cluster = cluster().Name,
        RequestedTargets = asked,
        Started = started,
        Seconds = Math.Round((time.GetUtcNow() - started).TotalSeconds, 3),
        ExitCode = exitCode,
        Interrupted = IsInterrupted,
        ResumeCommand = exitCode == 0 ? null : secrets.Mask(resumeCommand),
        Targets = targets,
        Failures = [.. failures.Values.OrderBy(failure => begun.GetValueOrDefault(failure.Target))],
    };

    /// <summary>What a run was made with, as far as it came to know it.</summary>
    public static RunVersions Versions(Distribution? distribution, AnsibleToolchain? ansible, Deployment? deployment) => new(
        typeof(RunRecorder).Assembly.GetName().Version?.ToString(3) ?? "",
        distribution?.Name,
        distribution?.Commit,
        ansible is null ? null : $"{ansible.Version} ({ansible.Origin})",
        (deployment is null ? distribution?.KubernetesVersions.WrittenDefault : deployment.ConfiguredKubernetes) is { } version
            && !Template.IsIn(version) ? version : null);

    private bool IsInterrupted => interruption.IsCancellationRequested;

    private async Task RunRecordedAsync(string target, Func<Task> work)
    {
        RequireWritable();
        try
        {
            await work();
        }
        catch (UserError error)
        {
            Note(target, error);
            throw secrets.Mask(error);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            var error = new UserError(
                $"{target}: {secrets.Inert(exception.Message)}",
                "Free some space there (df -h shows how much there is), and make sure that you may write to it.", exception);
            Note(target, error);
            throw error;
        }
        catch (OperationCanceledException exception) when (IsInterrupted)
        {
            interruptedTarget = target;
            // The command to go on with ends the run's report.
            var interrupted = new UserError($"{target} was interrupted, and what it had started was ended.", null, exception);
            Note(target, interrupted);
            throw interrupted;
        }
        catch (Exception exception)
        {
            // A fault of KubeLab's own: whoever mends it needs to see where, but no secret that the message has.
            Note(target, exception);
            throw new UnexpectedException(secrets.Inert(exception.ToString()), exception);
        }
    }

    // A target that fails leaves a record, whatever it had left until then.
    private void Note(string target, Exception error)
    {
        Fail(target, error);
        try
        {
            Record.Begin();
        }
        catch (Exception exception) when (exception is UserError or IOException or UnauthorizedAccessException)
        {
            // What there is to say is said on the console.
        }
    }
}

/// <summary>A fault of KubeLab's own, told without secrets.</summary>
/// <param name="told">What was thrown and where.</param>
public sealed class UnexpectedException(string told, Exception innerException)
    : Exception(told.ReplaceLineEndings("\n").Split('\n')[0], innerException)
{
    /// <inheritdoc />
    public override string ToString() => told;
}
