namespace KubeLab.Output;

/// <summary>Text in Markdown.</summary>
public static partial class MarkdownText
{
    /// <summary>A text in one line, of which nothing becomes markup, a table's border or a mention, whatever it holds.</summary>
    public static string Inline(string text) => string.Concat(text.Select(character => character switch
    {
        '\n' or '\r' => " ",
        '<' => "&lt;",
        '>' => "&gt;",
        '&' => "&amp;",
        '@' => "&#64;",
        '|' or '`' or '*' or '_' or '[' or ']' or '\\' or '~' or '#' => $"\\{character}",
        _ => char.IsControl(character) ? "" : character.ToString(),
    }));

    /// <summary>A text in a fenced block, whatever it contains.</summary>
    /// <param name="language">What it is: <c>text</c>, <c>sh</c>.</param>
    public static string Fenced(string text, string language)
    {
        // The fence must be longer than any row of backticks within.
        var fence = new string('`', Math.Max(3, Backticks().Matches(text).Select(row => row.Length + 1).DefaultIfEmpty().Max()));
        return $"{fence}{language}\n{text.TrimEnd()}\n{fence}\n";
    }

    /// <summary>A table of cells that are Markdown already.</summary>
    /// <param name="titles">The columns' titles; those of figures, which stand to the right, begin with a colon.</param>
    public static string Table(IReadOnlyList<string> titles, IEnumerable<IReadOnlyList<string>> rows) =>
        Row(titles.Select(title => title.TrimStart(':')))
        + $"|{string.Concat(titles.Select(title => title.StartsWith(':') ? "---:|" : "---|"))}\n"
        + string.Concat(rows.Select(Row));

    /// <summary>Something folded.</summary>
    public static string Folded(string summary, string content) =>
        $"<details><summary>{Inline(summary)}</summary>\n\n{content}\n</details>\n";

    private static string Row(IEnumerable<string> cells) =>
        $"|{string.Concat(cells.Select(cell => cell.Length == 0 ? " |" : $" {cell} |"))}\n";

    [GeneratedRegex("`+", RegexOptions.NonBacktracking)]
    private static partial Regex Backticks();
}
