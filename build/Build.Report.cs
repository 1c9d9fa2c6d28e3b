using KubeLab.Records;
using KubeLab.Reports;
using KubeLab.Runs;
using KubeLab.Smoke;
using Nuke.Common;
using Nuke.Common.Execution;

// What a run leaves behind, for people who would rather look than read.
sealed partial class Build
{
    [Parameter("Report: the run to render again, by the name of its record or the beginning of it. Default: the latest")]
    readonly string? Run;

    [Parameter("Report: another run to put beside it, by the name of its record. Default: none")]
    readonly string? Compare;

    Target Report => _ => _
        .Description("Renders the record of a run again; with --compare, says what got slower, what is new and what is fixed")
        .Executes(() =>
        {
            var report = RecordRendering.Render(Archive.Find(Run), Secrets);
            if (Compare is null)
                new ReportTable(Console).Show(report);
            else
                new ComparisonTable(Console).Show(RunComparison.Of(report, RunReportReader.Read(Archive.Find(Compare))));
        });

    Target Runs => _ => _
        .Description("Lists the runs that have left a record, with verdict, duration and versions")
        .Executes(() => new RunList(Console).Show(Archive.Directories().Select(RunReportReader.Read)));

    RunArchive Archive => field ??= new RunArchive(Cluster);

    static readonly TimeSpan LongestEnd = TimeSpan.FromSeconds(30);

    RunJournal Journal { get; } = new(TimeProvider.System);

    // Also after a failure and an interrupt. What has left no record, such as a list of runs, leaves no report.
    protected override void OnBuildFinished() => Journal.Seal(() =>
    {
        // NUKE calls this on Ctrl+C too, at once, while the target that runs still lets what it started come to its end.
        if (interruption.IsCancellationRequested)
            Task.WaitAny([recorded], LongestEnd);
        if (record is { HasBegun: true })
            WriteReport(record);
        if (mayHaveWritten && ArtifactsFolder.HandOverAsync(new CommandRunner(), RootDirectory, ArtifactsOfAll).GetAwaiter().GetResult() is { } problem)
            Console.Warning($"The artifacts stay {Environment.UserName}'s: {problem}");
    });

    // Beside KubeLab's own artifacts there are the distribution's: kubectl and the kubeconfig (kubeconfig_localhost).
    IReadOnlyList<string> ArtifactsOfAll => [RootDirectory / "artifacts", .. Locator.Names().Select(name => Path.Combine(RootDirectory, "inventory", name, "artifacts"))];

    // What is known so far, so that a run that is killed leaves a summary too.
    void Summarize(SmokeReport? smoke = null) => Record.Write(RecordRendering.SummaryFile, ReportMarkdown.Write(
        new RunReport { Directory = Record.Directory, Cluster = Cluster.Name, Preflight = preflightSoFar, Smoke = smoke }));

    void WriteReport(RunRecord record)
    {
        try
        {
            // The record has it, and with a thousand nodes it is large.
            preflightSoFar = null;
            record.Write(RunOutcome.FileName, RecordJson.Write(Outcome));
            var report = RecordRendering.Render(record.Directory, Secrets);
            new StepSummary(RootDirectory, System.Console.Out).Show(report, Environment.GetEnvironmentVariable);
            new ReportTable(Console).ShowVerdict(report);
            new ReportTable(Console).ShowPlace(report);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or UserError)
        {
            Console.Warning($"The report could not be written: {exception.Message}");
        }
    }

    RunOutcome Outcome => Journal.Outcome(
        Cluster.Name,
        string.Join(" and ", InvokedTargets.Select(target => target.Name).DefaultIfEmpty(nameof(Deploy))),
        // Deploy does nothing of its own: it has failed where one of the others has.
        [.. ExecutionPlan.Where(target => target.Status != ExecutionStatus.Collective && target.Name != nameof(Deploy)).Select(target => Journal.Target(
            target.Name, target.Name == interruptedTarget ? "interrupted" : Word(target.Status), target.Duration, target.SummaryInformation.Select(each => each.Value).FirstOrDefault()))],
        ExitCode ?? (IsSucceeding ? 0 : 255),
        interruption.IsCancellationRequested,
        Secrets.Mask(ResumeCommand));

    static string Word(ExecutionStatus status) => status switch
    {
        ExecutionStatus.Succeeded => "succeeded",
        ExecutionStatus.Failed => "failed",
        ExecutionStatus.Skipped => "skipped",
        ExecutionStatus.Aborted or ExecutionStatus.Running => "interrupted",
        _ => "not run",
    };
}
