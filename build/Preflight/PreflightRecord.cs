using KubeLab.Records;

namespace KubeLab.Preflight;

/// <summary>Shows what the preflight finds, and keeps it in a run's record, which holds what all targets of the run found.</summary>
/// <param name="summarize">Writes what people read of all that was found so far.</param>
public sealed class PreflightRecord(RunRecord record, Func<string, string> mask, Action<PreflightReport> summarize, ConsoleLog log)
{
    /// <summary>What all targets of the run found; null for nothing, or once it was let go of.</summary>
    public PreflightReport? SoFar { get; private set; }

    /// <summary>Keeps and shows a report.</summary>
    /// <param name="resumeCommand">What a person types once a failure is mended.</param>
    /// <exception cref="UserError">The preflight has failed.</exception>
    public void Conclude(PreflightReport report, string resumeCommand)
    {
        SoFar = SoFar is null ? report : report.After(SoFar);
        var masked = SoFar.With(mask);
        record.Write(PreflightReport.FileName, file => RecordJson.Write(file, masked));
        summarize(masked);
        new PreflightTable(log).Show(report, resumeCommand);
        if (!report.Succeeded)
            throw new UserError(report.Summary);
        log.Done(report.Summary);
    }

    /// <summary>Lets go of what the record has: with a thousand nodes it is large.</summary>
    public void Release() => SoFar = null;
}
