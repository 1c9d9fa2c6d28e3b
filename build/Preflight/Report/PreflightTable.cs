namespace KubeLab.Preflight;

/// <summary>Shows a preflight on the console: a line a node, then failures, warnings and what to do, in 100 columns.</summary>
public sealed class PreflightTable(ConsoleLog log)
{
    // With more nodes, those without a finding would only hide the others.
    private const int MaxQuietRows = 40;
    private const string Indent = "      ";

    /// <summary>Writes the report.</summary>
    /// <param name="goOnWith">The command to go on with once the failures are mended; null for none.</param>
    public void Show(PreflightReport report, string? goOnWith = null)
    {
        var rows = PreflightRow.All(report);
        if (rows.Count > 0)
            ShowNodes(report, rows);
        var inTable = rows.Select(row => row.Memory).ToHashSet(ReferenceEqualityComparer.Instance);
        ShowFindings(report, report.Findings.Where(finding => !inTable.Contains(finding) && !IsOfTheSameRow(finding, rows)));
        if (!report.Succeeded && goOnWith is not null)
            log.Info($"{Indent}Then go on with: {goOnWith}");
    }

    private void ShowNodes(PreflightReport report, IReadOnlyList<PreflightRow> rows)
    {
        var shown = rows.Count <= MaxQuietRows ? [.. rows] : rows.Where(row => !row.IsQuiet).ToList();
        var columns = PreflightColumns.Fitting(shown);
        if (shown.Count > 0)
            log.Info($"  {columns.Header}");
        foreach (var row in shown)
        {
            if (report.Fails(row.Memory))
                log.Failure(columns.Line(row));
            else
                log.Info($"  {columns.Line(row)}");
            if (report.Fails(row.Memory) && row.Memory.Remedy is { } remedy)
                ShowRemedy(remedy);
        }

        if (shown.Count < rows.Count)
            log.Info($"  and {rows.Count - shown.Count} more nodes, of which nothing is to be said");

        // A node whose memory wasn't judged looks like one that has enough; those that gave no answer are named below.
        var unjudged = rows.Where(row => row.Memory.Status == FindingStatus.Skipped
            && row.Memory is { Observed: not null } or { Source: not null });
        foreach (var skipped in unjudged.GroupBy(row => row.Memory.Message, row => row.Node))
        {
            var sentence = $"The memory of {string.Join(", ", skipped)} was not judged: {skipped.Key}.";
            foreach (var line in TextLines.Wrapped(TextLines.Printable(sentence), ConsoleTable.FullWidth - 2))
                log.Info($"  {line}");
        }
    }

    private void ShowFindings(PreflightReport report, IEnumerable<Finding> findings)
    {
        // What is said of many nodes in the same words is said once, with all their names.
        var alike = findings.Where(finding => finding.Status is FindingStatus.Failed or FindingStatus.Warning)
            .GroupBy(InSameWords).OrderByDescending(group => group.First().Status);
        foreach (var nodes in alike.Select(group => group.ToList()))
        {
            var finding = nodes[0];
            var source = finding.Source is not { } named || finding.Message.Contains($"{named}") ? "" : $" ({finding.Source})";
            var lines = TextLines.Wrapped(TextLines.Printable($"{finding.Message}{source}"), ConsoleTable.FullWidth - 2).ToList();
            log.Say(report.Mark(finding), lines[0]);
            foreach (var line in lines.Skip(1))
                log.Info($"  {line}");
            if (nodes.Select(each => each.Node).OfType<string>().Distinct().Skip(1).ToList() is { Count: > 0 } others)
                ShowRemedy($"The same of {string.Join(", ", others)}.");
            if (finding.Remedy is { } remedy)
                ShowRemedy(remedy);
        }
    }

    private static (string Rule, FindingStatus Status, string Message, string? Remedy, FindingSource? Source) InSameWords(
        Finding finding)
    {
        var name = finding.Node is { Length: > 0 } node ? node : null;
        return (finding.Check, finding.Status, Unnamed(finding.Message)!, Unnamed(finding.Remedy), finding.Source);

        string? Unnamed(string? text) => name is null ? text : text?.Replace(name, "\0");
    }

    private void ShowRemedy(string remedy)
    {
        foreach (var line in TextLines.Wrapped(TextLines.Printable(remedy), ConsoleTable.FullWidth - Indent.Length))
            log.Info($"{Indent}{line}");
    }

    // A node may miss several memory thresholds: its row shows the highest, and the others say no more.
    private static bool IsOfTheSameRow(Finding finding, IReadOnlyList<PreflightRow> rows) =>
        finding.Check == PreflightRow.MemoryRule
            && rows.Any(row => row.Node == finding.Node && row.Memory.Status >= finding.Status);
}

/// <summary>The columns of the table of nodes, as wide as their content, together no wider than a CI log or a terminal.</summary>
internal sealed class PreflightColumns
{
    private const int Gap = 2;
    private const int Gutter = 2;
    private static readonly string[] Titles = ["node", "memory", "required", "from", "other checks"];

    private readonly int[] widths;

    private PreflightColumns(int[] widths) => this.widths = widths;

    public string Header => Joined(Titles, isHeader: true);

    /// <summary>Columns that fit the rows. Where all together are too wide, the source gives way, then the name.</summary>
    public static PreflightColumns Fitting(IReadOnlyList<PreflightRow> rows)
    {
        // A column without content has no title either.
        var needed = Titles.Select((title, column) =>
            rows.Select(row => Cells(row)[column].Length).DefaultIfEmpty().Max() is > 0 and var widest
                ? Math.Max(widest, title.Length) : 0).ToArray();
        var room = ConsoleTable.FullWidth - Gutter - (Gap * (Titles.Length - 1));
        foreach (var (column, least) in new[] { (3, 20), (0, 12) })
            needed[column] = Math.Max(Math.Min(needed[column], least), needed[column] - Math.Max(0, needed.Sum() - room));
        return new PreflightColumns(needed);
    }

    public string Line(PreflightRow row) => Joined(Cells(row), isHeader: false);

    // The figures of memory are compared down the column, so they stand to the right.
    private string Joined(string[] cells, bool isHeader) => string.Join(
        new string(' ', Gap),
        cells.Select((cell, column) => TextLines.Fitted(cell, widths[column])).Select((cell, column) =>
            column == 1 && !isHeader ? cell.PadLeft(widths[column]) : cell.PadRight(widths[column]))).TrimEnd();

    private static string[] Cells(PreflightRow row) => [
        row.Node,
        row.Memory.Observed?.Text ?? "?",
        row.Memory.Required?.Text ?? "-",
        row.Memory.Source?.ToString() ?? (row.Memory.Status == FindingStatus.Skipped ? "not judged" : ""),
        row.Others,
    ];
}
