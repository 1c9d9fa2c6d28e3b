using KubeLab.Records;

namespace KubeLab.Preflight;

/// <summary>Shows what the preflight finds, and keeps it in a run's record, which holds what all targets of the run found.</summary>
/// <param name="mask">Takes secrets out of what is kept.</param>
public sealed class PreflightRecord(RunRecord record, Func<string, string> mask, ConsoleLog log)
{
    private PreflightReport? soFar;

    /// <summary>Keeps and shows a report.</summary>
    /// <param name="resumeCommand">What a person types once a failure is mended.</param>
    /// <exception cref="UserError">The preflight has failed.</exception>
    public void Conclude(PreflightReport report, string resumeCommand)
    {
        soFar = soFar is null ? report : report.After(soFar);
        var masked = soFar.With(mask);
        record.Write("preflight.json", file => PreflightJson.Write(file, masked));
        new RunSummary(record).Add(PreflightMarkdown.Write(report));
        new PreflightTable(log).Show(report, resumeCommand);
        if (!report.Succeeded)
            throw new UserError(report.Summary);
        log.Done(report.Summary);
    }

    /// <summary>Lets go of what the record has: with a thousand nodes it is large.</summary>
    public void Release() => soFar = null;
}
