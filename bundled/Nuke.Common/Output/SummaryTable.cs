using Nuke.Common.Execution;

namespace Nuke.Common.Output;

/// <summary>What every run ends with: each target with its status, its time and what it has to say.</summary>
internal static class SummaryTable
{
    private const int LeastNameWidth = 19;
    private const int OtherWidth = 10;

    public static void Write(BuildOutput output, NukeBuild build)
    {
        var width = Math.Max(LeastNameWidth, build.ExecutionPlan.Max(target => target.Name.Length) + 4);
        var fullWidth = width + 2 * OtherWidth;
        output.WriteLine();
        output.WriteLine(new string('═', fullWidth), Tone.Dim);
        output.WriteLine(Row("Target", "Status", "Duration"));
        output.WriteLine(new string('─', fullWidth), Tone.Dim);
        foreach (var target in build.ExecutionPlan.Where(target => target.Status != ExecutionStatus.Collective))
            output.WriteLine(Row(target.Name, $"{target.Status}", DurationOf(target)) + RemarksOn(target), ToneOf(target.Status));
        output.WriteLine(new string('─', fullWidth), Tone.Dim);
        var total = build.ExecutionPlan.Aggregate(TimeSpan.Zero, (sum, target) => sum + target.Duration);
        output.WriteLine(Row("Total", "", Format(total)));
        output.WriteLine(new string('═', fullWidth), Tone.Dim);

        output.WriteLine();
        if (build.IsSucceeding)
            output.WriteLine($"Build succeeded on {DateTime.Now}.", Tone.Success);
        else
            output.WriteLine($"Build failed on {DateTime.Now}.", Tone.Error);

        string Row(string name, string status, string duration) =>
            name.PadRight(width) + status.PadRight(OtherWidth) + duration.PadLeft(OtherWidth);
    }

    private static string DurationOf(ExecutableTarget target) =>
        target.Status is ExecutionStatus.Succeeded or ExecutionStatus.Failed or ExecutionStatus.Aborted
            ? Format(target.Duration)
            : "";

    private static string Format(TimeSpan duration) =>
        duration < TimeSpan.FromSeconds(1) ? "< 1sec" : $"{(int)duration.TotalMinutes}:{duration.Seconds:00}";

    private static string RemarksOn(ExecutableTarget target) => target.SummaryInformation.Count == 0
        ? ""
        : $"   // {string.Join(", ", target.SummaryInformation.Select(remark => $"{remark.Key}: {remark.Value}"))}";

    private static Tone ToneOf(ExecutionStatus status) => status switch
    {
        ExecutionStatus.Succeeded => Tone.Success,
        ExecutionStatus.Failed => Tone.Error,
        ExecutionStatus.Aborted or ExecutionStatus.NotRun => Tone.Warning,
        _ => Tone.Dim,
    };
}
