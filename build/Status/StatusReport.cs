using KubeLab.Ansible;

namespace KubeLab.Status;

/// <summary>How far a cluster is what was asked for. It is kept as <c>status.json</c>.</summary>
/// <param name="At">When it was looked at.</param>
/// <param name="Files">The files that are not as the release would write them now.</param>
/// <param name="NotCompared">The files that could not be compared.</param>
public sealed record StatusReport(
    string Cluster, DateTimeOffset At, IReadOnlyList<FileDifference> Files, IReadOnlyList<FileNotCompared> NotCompared)
{
    /// <summary>The file's name in the run's record.</summary>
    public static string FileName => "status.json";

    /// <summary>The exit code where something differs, and all of it works.</summary>
    public static int DriftExitCode => 3;

    /// <summary>The exit code where something doesn't work, or gives no answer.</summary>
    public static int BrokenExitCode => 2;

    private const int CurrentVersion = 1;

    /// <summary>The version of the format: it rises when a reader of an older one could misread a newer one.</summary>
    public int Version => CurrentVersion;

    /// <summary>What a scene shows.</summary>
    public static StatusReport Of(string cluster, StatusScene scene) => new(
        cluster, scene.At, FileDifference.All(scene),
        [.. scene.Release.Unwritten.Select(file => new FileNotCompared(file.Host, file.Dest, file.Reason)).Distinct()]);

    /// <summary>0 where all is as it was asked for, 3 where something differs, 2 where something doesn't work.</summary>
    public static int ExitCode(IReadOnlyList<Finding> findings) =>
        findings.Any(finding => finding.Status == FindingStatus.Failed) ? BrokenExitCode
        : findings.Any(finding => finding.Status == FindingStatus.Warning) ? DriftExitCode : 0;

    /// <summary>What follows from the findings, in a sentence.</summary>
    public static string Verdict(IReadOnlyList<Finding> findings)
    {
        var (broken, drift) = (Count(FindingStatus.Failed), Count(FindingStatus.Warning));
        return (broken, drift) switch
        {
            (0, 0) => "The cluster is what was asked for.",
            (0, _) => $"The cluster works, and differs from what was asked for in {drift} {(drift == 1 ? "place" : "places")}.",
            _ => $"The cluster is broken in {broken} {(broken == 1 ? "place" : "places")}{(drift > 0 ? $", and differs in {drift} more" : "")}.",
        };

        int Count(FindingStatus status) => findings.Count(finding => finding.Status == status);
    }

    /// <summary>Reads a file of this format.</summary>
    /// <exception cref="JsonException">The text is no such JSON, or of a newer version.</exception>
    public static StatusReport Read(ReadOnlySpan<byte> file) => RecordJson.Read<StatusReport>(file, CurrentVersion);

    /// <summary>This report with each of its texts changed.</summary>
    public StatusReport With(Func<string, string> change) => this with
    {
        Files = [.. Files.Select(file => file with
        { Node = change(file.Node), Path = change(file.Path), Lines = [.. file.Lines.Select(change)] })],
        NotCompared = [.. NotCompared
            .Select(file => new FileNotCompared(change(file.Node), change(file.Path), change(file.Reason)))],
    };
}

/// <summary>A file that could not be compared, and why.</summary>
public sealed record FileNotCompared(string Node, string Path, string Reason);

/// <summary>Shows on the console what of the files differs.</summary>
public sealed class StatusTable(ConsoleLog log)
{
    // What is longer is in the record.
    private const int Most = 20;

    /// <summary>Shows them.</summary>
    public void Show(StatusReport report)
    {
        foreach (var file in report.Files.Where(file => !file.IsMissing))
        {
            log.Info($"  {file.Node}: {file.Path} (- is there, + a Deploy would write)");
            foreach (var line in file.Lines.Take(Most))
                log.Info($"    {TextLines.Fitted(TextLines.Printable(line), ConsoleTable.FullWidth - 4)}");
            if (file.Changed > Most)
                log.Info($"    and {file.Changed - Most} more lines; {StatusReport.FileName} has them");
        }

        foreach (var file in report.NotCompared.GroupBy(file => (file.Path, file.Reason)))
            log.Detail($"  not compared: {file.Key.Path} of {string.Join(", ", file.Select(each => each.Node))}: {file.Key.Reason}");
    }
}
