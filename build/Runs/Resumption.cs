using KubeLab.Ansible;

namespace KubeLab.Runs;

/// <summary>A step of a deployment.</summary>
/// <param name="AlwaysRuns">Why <c>--resume</c> never leaves it out; null where it may be left out.</param>
/// <param name="BeginsLate">Whether it has only begun once it says so: a run that is refused the locks changes nothing.</param>
public sealed record DeployStep(string Target, string? AlwaysRuns = null, bool BeginsLate = false);

/// <summary>The way back in after a failure: what succeeded and has read nothing that changed since need not run again.</summary>
public sealed class Resumption(Ledger ledger, IReadOnlyList<DeployStep> steps, bool isAsked, ConsoleLog log)
{
    private static readonly IReadOnlyDictionary<string, string> NothingRead = new Dictionary<string, string>();

    // What came before it was known what the steps read.
    private readonly Dictionary<string, LedgerOutcome> earlyOutcomes = new();
    private readonly HashSet<string> begun = new();
    private IReadOnlyDictionary<string, string>? read;

    /// <summary>Whether it is known what the steps read.</summary>
    public bool KnowsWhatIsRead => read is not null;

    /// <summary>Takes what the steps read, as <see cref="Fingerprint" /> has it.</summary>
    public void Take(IReadOnlyDictionary<string, string> fingerprint)
    {
        read = fingerprint;
        foreach (var (target, outcome) in earlyOutcomes)
            ledger.Note(target, read, outcome);
    }

    /// <summary>Notes that the engine starts a step.</summary>
    public void Start(string target)
    {
        var step = Step(target);
        if (isAsked && step.AlwaysRuns is not null)
            log.Info($"{target}: runs again, as {Judge(target).Reason}");
        if (!step.BeginsLate)
            Begin(target);
    }

    /// <summary>Notes that a step has begun.</summary>
    public void Begin(string target)
    {
        begun.Add(target);
        Note(target, LedgerOutcome.Begun);
    }

    /// <summary>Notes how a step ended, where it had begun.</summary>
    public void End(string target, LedgerOutcome outcome)
    {
        if (begun.Contains(target))
            Note(target, outcome);
    }

    /// <summary>Whether a step has to run. What is said here is why it runs again, or why it need not.</summary>
    public bool IsUnproven(string target)
    {
        if (!isAsked || Step(target).AlwaysRuns is not null)
            return true;
        var verdict = Judge(target);
        log.Info($"{target}: {(verdict.MaySkip ? "left out" : "runs again")}, as {verdict.Reason}");
        return !verdict.MaySkip;
    }

    /// <summary>Whether a step would run, and why.</summary>
    public LedgerVerdict Preview(string target)
    {
        var verdict = Judge(target);
        return isAsked || Step(target).AlwaysRuns is not null
            ? verdict
            : new LedgerVerdict(
                false, $"--resume is not given; with it: {(verdict.MaySkip ? "left out" : "run")}, as {verdict.Reason}");
    }

    private DeployStep Step(string target) => steps.Single(step => step.Target == target);

    private LedgerVerdict Judge(string target)
    {
        var alwaysRuns = Step(target).AlwaysRuns;
        if (read is null && alwaysRuns is null)
            return new LedgerVerdict(false, "what it reads was not looked at");
        var verdict = ledger.Judge(target, read ?? NothingRead);
        return alwaysRuns is null ? verdict
            : verdict.MaySkip || verdict == LedgerVerdict.Unknown ? new LedgerVerdict(false, alwaysRuns)
            : new LedgerVerdict(false, $"{verdict.Reason}; {alwaysRuns}");
    }

    private void Note(string target, LedgerOutcome outcome)
    {
        if (read is not null)
        {
            ledger.Note(target, read, outcome);
        }
        else if (Step(target).AlwaysRuns is not null)
        {
            ledger.Note(target, NothingRead, outcome);
            earlyOutcomes[target] = outcome;
        }
        else
        {
            // What is looked at later proves nothing for it.
            ledger.Forget(target);
        }
    }
}

/// <summary>Shows what a deployment would do.</summary>
public sealed class DeploymentPreview(ConsoleLog log)
{
    /// <summary>Writes the targets with their reasons, the hosts, the tasks by role, and the command.</summary>
    public void Show(IReadOnlyList<(string Target, LedgerVerdict Verdict)> targets, PlaybookListing listing)
    {
        var table = new ConsoleTable("target", "would").Wide("as");
        foreach (var (target, verdict) in targets)
            table.Row(target, verdict.MaySkip ? "be left out" : "run", verdict.Reason);
        table.Show(log);
        log.Info("");
        log.Info($"Hosts ({listing.Hosts.Count}): {string.Join(", ", listing.Hosts)}");
        log.Info(
            $"Tasks in {listing.Plays} plays: {listing.TasksByRole.Values.Sum()}, and those that roles include while they run");
        var roles = listing.TasksByRole.OrderByDescending(each => each.Value).ThenBy(each => each.Key, StringComparer.Ordinal);
        foreach (var (role, tasks) in roles)
            log.Info($"  {tasks,5}  {role}");
        log.Command(listing.Command);
    }
}
