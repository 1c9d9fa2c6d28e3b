using Spectre.Console;

namespace KubeLab.Output;

/// <summary>A table on the console, without a border. It is as wide as its content, and no wider than the console.</summary>
public sealed class ConsoleTable
{
    /// <summary>How wide a table is at most that people read beside other text.</summary>
    public static int FullWidth => 100;

    private readonly Table table = new() { Border = TableBorder.None };
    private readonly List<IReadOnlyList<ConsoleCell>> rows = [];

    /// <summary>A table with columns that are never broken.</summary>
    public ConsoleTable(params IReadOnlyList<string> columns) => Columns(columns);

    /// <summary>The same table, exactly as wide as text beside it may be.</summary>
    public ConsoleTable InFull()
    {
        table.Width = FullWidth;
        return this;
    }

    /// <summary>Adds columns that are never broken.</summary>
    public ConsoleTable Columns(params IReadOnlyList<string> titles) => Added(titles, column => column.NoWrap());

    /// <summary>Adds columns of figures, which are compared down the column and so stand to the right.</summary>
    public ConsoleTable Figures(params IReadOnlyList<string> titles) => Added(titles, column => column.NoWrap().RightAligned());

    /// <summary>Adds a column of text that is broken into lines where it is too long.</summary>
    public ConsoleTable Wide(string title) => Added([title], column => column);

    /// <summary>Adds a column of marks, close to the next one.</summary>
    public ConsoleTable Marks() => Added([""], column => column.NoWrap().Width(1));

    /// <summary>Adds a column of names, with room beside them.</summary>
    public ConsoleTable Names(string title) => Added([title], column => column.NoWrap().PadRight(2));

    /// <summary>Adds a row.</summary>
    public void Row(params IReadOnlyList<ConsoleCell> cells) => rows.Add(cells);

    /// <summary>Shows the table; what a cell says neither tells a secret nor steers the terminal or a CI service.</summary>
    public void Show(ConsoleLog log)
    {
        foreach (var cells in rows)
        {
            table.AddRow(cells.Select(
                cell => new Text(log.Cell(cell.Text), cell.Colour is null ? Style.Plain : Style.Parse(cell.Colour))));
        }

        log.Console.Write(table);
    }

    private ConsoleTable Added(IReadOnlyList<string> titles, Func<TableColumn, TableColumn> formed)
    {
        foreach (var title in titles)
            table.AddColumn(formed(new TableColumn(Markup.Escape(title))));
        return this;
    }
}

/// <summary>A cell of a table on the console.</summary>
/// <param name="Colour">Its colour; null for that of all other text.</param>
public readonly record struct ConsoleCell(string Text, string? Colour = null)
{
    /// <summary>A cell of plain text.</summary>
    public static implicit operator ConsoleCell(string text) => new(text);

    /// <summary>A cell with a mark.</summary>
    public static implicit operator ConsoleCell(Mark mark) => new(mark.Sign, mark.Colour);
}
