using KubeLab.Ansible;
using KubeLab.Diagnosis;
using KubeLab.Lifecycle;
using KubeLab.Preflight;
using KubeLab.Records;
using KubeLab.Smoke;
using KubeLab.Status;

namespace KubeLab.Reports;

/// <summary>Reads a run's record. A record is whatever a run left behind, perhaps killed half-way: what isn't there is left out,
/// and what can't be read is named in <see cref="RunReport.Notes"/>.</summary>
public sealed class RunReportReader
{
    private readonly string directory;
    private readonly List<string> notes = [];

    private RunReportReader(string directory) => this.directory = Path.GetFullPath(directory).TrimEnd('/');

    /// <summary>Reads a record.</summary>
    /// <param name="directory">The record's folder, <c>artifacts/&lt;cluster&gt;/runs/&lt;UTC time&gt;</c>.</param>
    public static RunReport Read(string directory) => new RunReportReader(directory).Read();

    private RunReport Read()
    {
        var outcome = Part(RunOutcome.FileName, file => Clean(RunOutcome.Read(File.ReadAllBytes(file))));
        var preflight = Part(PreflightReport.FileName, file => Clean(PreflightReport.Read(File.ReadAllBytes(file))));
        var smoke = Part(SmokeReport.FileName, file => Clean(SmokeReport.Read(File.ReadAllText(file))));
        var plan = Part(UpgradePlan.FileName, file => UpgradePlan.Read(File.ReadAllBytes(file)).With(Cleaned));
        var certificates = Part(
            CertificateReport.FileName, file => CertificateReport.Read(File.ReadAllBytes(file)).With(Cleaned));
        var status = Part(StatusReport.FileName, file => StatusReport.Read(File.ReadAllBytes(file)).With(Cleaned));
        var names = (outcome?.Nodes ?? []).Select(node => node.Name).ToList();
        var events = Lines("events.jsonl").Select(PlaybookEvent.Parse).OfType<PlaybookEvent>().ToList();
        var timeline = TimelineReader.Read(events, names.Count > 0 ? names : preflight?.Nodes ?? []);
        var explanations = Explanation.ReadFrom(directory).Select(Clean).ToList();
        return new RunReport
        {
            Directory = directory,
            Cluster = outcome?.Cluster ?? preflight?.Cluster
                ?? Path.GetFileName(Path.GetDirectoryName(Path.GetDirectoryName(directory))) ?? "",
            Outcome = outcome,
            Preflight = preflight,
            Smoke = smoke,
            Certificates = certificates,
            Status = status,
            Plan = plan,
            Explanations = explanations,
            Timeline = timeline,
            Nodes = new ReportNodes(outcome, preflight, smoke, explanations, timeline, PlayRecap.From(events)).All(),
            Commands = [.. Lines("commands.txt").Take(500).Select(line => PlainText.Of(line))],
            Notes = notes,
            Files =
                [
                    .. Directory.EnumerateFiles(directory).Select(file => Path.GetFileName(file)!)
                        .Where(file => !file.StartsWith('.')).Order(StringComparer.Ordinal),
                ],
        };
    }

    private T? Part<T>(string name, Func<string, T> read)
        where T : class
    {
        var file = Path.Combine(directory, name);
        try
        {
            return File.Exists(file) ? read(file) : null;
        }
        catch (Exception exception) when (exception is JsonException or IOException)
        {
            notes.Add($"{name} can't be read: {PlainText.Line(exception.Message)}");
            return null;
        }
    }

    private IEnumerable<string> Lines(string name) =>
        Path.Combine(directory, name) is var file && File.Exists(file) ? File.ReadLines(file) : [];

    private static RunOutcome Clean(RunOutcome outcome) => outcome with
    {
        Cluster = PlainText.Line(outcome.Cluster),
        RequestedTargets = PlainText.Line(outcome.RequestedTargets),
        ResumeCommand = outcome.ResumeCommand is null ? null : PlainText.Line(outcome.ResumeCommand, 2000),
        Seconds = Bounded(outcome.Seconds),
        Targets = [.. outcome.Targets.Select(target => target with
        {
            Name = PlainText.Line(target.Name),
            Seconds = Bounded(target.Seconds),
            Note = target.Note is null ? null : PlainText.Line(target.Note),
        })],
        Failures = [.. outcome.Failures.Select(failure => failure with
        {
            Target = PlainText.Line(failure.Target),
            Message = PlainText.Of(failure.Message),
            Remedy = failure.Remedy is null ? null : PlainText.Of(failure.Remedy),
        })],
        Nodes = [.. outcome.Nodes.Select(node => node with
        {
            Name = PlainText.Line(node.Name, 200),
            Address = PlainText.Line(node.Address, 200),
        })],
    };

    private static PreflightReport Clean(PreflightReport report) =>
        report.With(Cleaned) with { Nodes = [.. report.Nodes.Select(node => PlainText.Line(node, 200))] };

    private static SmokeReport Clean(SmokeReport report) => report with
    {
        CouldNotRun = report.CouldNotRun is null ? null : Cleaned(report.CouldNotRun),
        Checks = [.. report.Checks.Select(result => result with
        {
            Message = Cleaned(result.Message),
            Findings = [.. result.Findings.Select(finding => finding.With(Cleaned))],
            Evidence = [.. result.Evidence.Select(
                evidence => new SmokeEvidence(PlainText.Line(evidence.Title), PlainText.Of(evidence.Text)))],
        })],
    };

    // No run takes thirty years, and no time can be made of what is longer than thirty thousand.
    private static double Bounded(double seconds) => seconds is > 0 and < 1e9 ? seconds : 0;

    private static string Cleaned(string text) => PlainText.Line(text, 2000);

    private static Explanation Clean(Explanation explanation) => explanation with
    {
        Title = PlainText.Line(explanation.Title),
        Nodes = [.. explanation.Nodes.Select(node => PlainText.Line(node, 200))],
        Task = explanation.Task is null ? null : PlainText.Line(explanation.Task),
        TaskFile = explanation.TaskFile is null ? null : PlainText.Line(explanation.TaskFile),
        Meaning = PlainText.Of(explanation.Meaning),
        Remedy = PlainText.Of(explanation.Remedy),
        ResumeCommand = explanation.ResumeCommand is null ? null : PlainText.Line(explanation.ResumeCommand, 2000),
        Links = [.. explanation.Links.Where(link => link.StartsWith("https://", StringComparison.Ordinal))
            .Select(link => PlainText.Line(link))],
        Evidence = PlainText.Of(explanation.Evidence),
        Source = PlainText.Line(explanation.Source),
        Because = PlainText.Of(explanation.Because),
        Occasion = explanation.Occasion is null ? null : PlainText.Line(explanation.Occasion),
        Or =
        [
            .. explanation.Or.Select(other => other with
            {
                Title = PlainText.Line(other.Title),
                Meaning = PlainText.Of(other.Meaning),
                Remedy = PlainText.Of(other.Remedy),
            }),
        ],
    };
}
