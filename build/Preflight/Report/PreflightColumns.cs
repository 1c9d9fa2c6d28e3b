namespace KubeLab.Preflight;

/// <summary>The columns of the table of nodes, as wide as their content, and together no wider than a CI log or a terminal shows.</summary>
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

    private static string[] Cells(PreflightRow row) =>
    [
        row.Node,
        row.Memory.Observed?.Text ?? "?",
        row.Memory.Required?.Text ?? "-",
        row.Memory.Source?.ToString() ?? (row.Memory.Status == FindingStatus.Skipped ? "not judged" : ""),
        row.Others,
    ];
}
