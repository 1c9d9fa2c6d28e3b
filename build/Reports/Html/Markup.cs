using System.Runtime.CompilerServices;

namespace KubeLab.Reports;

/// <summary>A piece of HTML. It is written as an interpolated string, of which every value is escaped, but for pieces of HTML:
/// what a machine said can become text, and nothing else.</summary>
[InterpolatedStringHandler]
public sealed class Markup(int literalLength, int formattedCount)
{
    private readonly StringBuilder text = new(literalLength + (formattedCount * 16));

    /// <summary>Nothing.</summary>
    public static Markup None { get; } = new(0, 0);

    /// <summary>Text of the program itself that is HTML, CSS or a script already; never what a machine said.</summary>
    public static Markup Trusted(string html)
    {
        var markup = new Markup(html.Length, 0);
        markup.AppendLiteral(html);
        return markup;
    }

    /// <summary>Several pieces, one after the other.</summary>
    public static Markup Join(IEnumerable<Markup> pieces)
    {
        var markup = new Markup(0, 0);
        foreach (var piece in pieces)
            markup.AppendFormatted(piece);
        return markup;
    }

    /// <summary>A piece for each of several things.</summary>
    public static Markup Join<T>(IEnumerable<T> things, Func<T, Markup> write) => Join(things.Select(write));

    /// <summary>Adds what stands in the string itself.</summary>
    public void AppendLiteral(string value) => text.Append(value);

    /// <summary>Adds a text, escaped.</summary>
    public void AppendFormatted(string? value) => text.Append(WebUtility.HtmlEncode(value));

    /// <summary>Adds a piece of HTML.</summary>
    public void AppendFormatted(Markup? value) => text.Append(value?.text);

    /// <summary>Adds a number in the notation of CSS and SVG.</summary>
    public void AppendFormatted(double value, string format = "0.##") =>
        text.Append(value.ToString(format, CultureInfo.InvariantCulture));

    /// <summary>Adds a whole number.</summary>
    public void AppendFormatted(int value) => text.Append(CultureInfo.InvariantCulture, $"{value}");

    /// <summary>The HTML.</summary>
    public override string ToString() => text.ToString();
}

/// <summary>Pieces that several sections of the page have.</summary>
internal static class HtmlParts
{
    /// <summary>A section with a heading; nothing where it has no content.</summary>
    public static Markup Section(string id, string heading, Markup? content, string? lead = null) => content is null
        ? Markup.None
        : $"""
        <section id="{id}" aria-labelledby="{id}-h"><h2 id="{id}-h">{heading}</h2>{Lead(lead)}
        {content}
        </section>

        """;

    /// <summary>A mark with its meaning in words for those who don't see it.</summary>
    public static Markup Mark(Mark mark, string? words = null)
    {
        var sign = mark == Output.Mark.Skipped ? "–" : mark.Sign;
        return $"""<span class="mark {mark.Name}" role="img" aria-label="{words ?? mark.Words}">{sign}</span>""";
    }

    public static Markup Command(string command)
    {
        Markup button = $"""<button type="button" class="copy" hidden>Copy</button>""";
        return $"""<div class="command"><pre tabindex="0"><code>{command}</code></pre>{button}</div>""";
    }

    public static Markup Paragraphs(string text) =>
        Markup.Join(text.Split('\n', StringSplitOptions.RemoveEmptyEntries), line => $"<p>{line}</p>");

    /// <summary>A table that scrolls in itself where the window is narrow.</summary>
    /// <param name="titles">The columns' titles: one of figures begins with a colon, and the one of marks is empty.</param>
    public static Markup Table(string caption, IReadOnlyList<string> titles, IEnumerable<Markup> rows)
    {
        Markup head = $"<caption class=\"hidden\">{caption}</caption><thead><tr>{Markup.Join(titles, Title)}</tr></thead>";
        return $"""
            <div class="scroll" tabindex="0" role="region" aria-label="{caption}"><table>{head}
            <tbody>{Markup.Join(rows)}</tbody></table></div>
            """;
    }

    /// <summary>Names with their values, without those that have none.</summary>
    public static Markup Facts(string kind, IEnumerable<(string Name, string? Value)> facts)
    {
        var known = facts.Where(fact => fact.Value is { Length: > 0 });
        return $"<dl class=\"{kind}\">{Markup.Join(known, fact => $"<div><dt>{fact.Name}</dt><dd>{fact.Value}</dd></div>")}</dl>";
    }

    public static Markup Folded(string summary, Markup content) => $"<details><summary>{summary}</summary>{content}</details>";

    public static string Elapsed(double seconds) => ConsoleLog.Elapsed(TimeSpan.FromSeconds(seconds));

    /// <summary>A piece that is only there under a condition.</summary>
    public static Markup If(bool condition, Markup piece) => condition ? piece : Markup.None;

    private static Markup Lead(string? lead) => If(lead is not null, $"<p class=\"lead\">{lead}</p>");

    private static Markup Title(string title) => title switch
    {
        "" => $"<th scope=\"col\"><span class=\"hidden\">Result</span></th>",
        [':', .. var figures] => $"<th scope=\"col\" class=\"num\">{figures}</th>",
        _ => $"<th scope=\"col\">{title}</th>",
    };
}
