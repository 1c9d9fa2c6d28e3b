using KubeLab.Preflight;
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

    [Parameter("Runs: of all clusters that have left records here. Default: of the inventory's")]
    readonly bool All;

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
        .Executes(() =>
        {
            var list = new RunList(Console);
            if (All)
                list.ShowAll(RunArchive.All(RootDirectory / "artifacts")
                    .Select(each => (each.Artifacts, RunReportReader.Read(each.Directory))));
            else
                list.Show(Archive.Directories().Select(RunReportReader.Read));
        });

    RunArchive Archive => new(Cluster);

    static readonly TimeSpan LongestEnd = TimeSpan.FromSeconds(30);

    // Also after a failure and an interrupt. What has left no record, such as a list of runs, leaves no report.
    protected override void OnBuildFinished() => Recorder.Seal(() =>
    {
        // NUKE calls this on Ctrl+C too, at once, while the target that runs still lets what it started come to its end.
        if (Interruption.IsCancellationRequested)
            Recorder.WaitForTarget(LongestEnd);
        EndRehearsalAsync().GetAwaiter().GetResult();
        if (!Recorder.MayHaveWritten)
            return;
        if (Recorder.Record.HasBegun)
            WriteReport(Recorder.Record);
        var handingOver = ArtifactsFolder.HandOverAsync(new CommandRunner(), RootDirectory, ArtifactsOfAll);
        if (handingOver.GetAwaiter().GetResult() is { } problem)
            Console.Warning($"The artifacts stay {Environment.UserName}'s: {problem}");
    });

    // Beside KubeLab's own artifacts there are the distribution's: kubectl and the kubeconfig (kubeconfig_localhost).
    IReadOnlyList<string> ArtifactsOfAll => [
        RootDirectory / "artifacts",
        .. Locator.Names().Select(name => Path.Combine(RootDirectory, "inventory", name, "artifacts")),
    ];

    // What is known so far, so that a run that is killed leaves a summary too.
    void Summarize(PreflightReport? preflight, SmokeReport? smoke = null) => Recorder.Record.Write(
        RecordRendering.SummaryFile,
        ReportMarkdown.Write(new RunReport
        { Directory = Recorder.Record.Directory, Cluster = Cluster.Name, Preflight = preflight, Smoke = smoke }));

    void WriteReport(RunRecord record)
    {
        try
        {
            PreflightRecord.Release();
            record.ReleaseReserve();
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

    RunOutcome Outcome => Recorder.Outcome(
        string.Join(" and ", InvokedTargets.Select(target => target.Name).DefaultIfEmpty(nameof(Deploy))),
        // Deploy does nothing of its own: it has failed where one of the others has.
        [.. ExecutionPlan.Where(target => target.Status != ExecutionStatus.Collective && target.Name != nameof(Deploy))
            .Select(target => Recorder.Target(
                target.Name, Word(target.Status), target.Duration,
                target.SummaryInformation.Select(each => each.Value).FirstOrDefault()))],
        ExitCode ?? (IsSucceeding ? 0 : 255),
        NextCommand) with
    {
        Versions = RunRecorder.Versions(Known(fetchedDistribution), Known(ansible)?.Toolchain, Known(deployment)),
        Nodes = [.. (Known(deployment)?.NodesAtFirst ?? []).Select(RunNode.Of)],
    };

    static T? Known<T>(Task<T>? task)
        where T : class => task is { IsCompletedSuccessfully: true } ? task.Result : null;

    static string Word(ExecutionStatus status) => status switch
    {
        ExecutionStatus.Succeeded => "succeeded",
        ExecutionStatus.Failed => "failed",
        ExecutionStatus.Skipped => "skipped",
        ExecutionStatus.Aborted or ExecutionStatus.Running => "interrupted",
        _ => "not run",
    };
}
