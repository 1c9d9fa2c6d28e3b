namespace KubeLab.Reports;

/// <summary>Pieces that several sections of the page have.</summary>
internal static class HtmlParts
{
    /// <summary>A section with a heading; nothing where it has no content.</summary>
    public static Markup Section(string id, string heading, Markup? content, string? lead = null) => content is null
        ? Markup.None
        : $"""
        <section id="{id}" aria-labelledby="{id}-h"><h2 id="{id}-h">{heading}</h2>{(lead is null ? Markup.None : Of($"<p class=\"lead\">{lead}</p>"))}
        {content}
        </section>

        """;

    /// <summary>A mark with its meaning in words for those who don't see it.</summary>
    public static Markup Mark(Mark mark, string? words = null) =>
        $"""<span class="mark {mark.Name}" role="img" aria-label="{words ?? mark.Words}">{(mark == Output.Mark.Skipped ? "–" : mark.Sign)}</span>""";

    /// <summary>A command line that can be copied.</summary>
    public static Markup Command(string command) =>
        $"""<div class="command"><pre tabindex="0"><code>{command}</code></pre><button type="button" class="copy" hidden>Copy</button></div>""";

    /// <summary>A text of several lines in paragraphs.</summary>
    public static Markup Paragraphs(string text) =>
        Markup.Join(text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => Of($"<p>{line}</p>")));

    /// <summary>A table that scrolls in itself where the window is narrow.</summary>
    public static Markup Table(string caption, Markup head, IEnumerable<Markup> rows) =>
        $"""
        <div class="scroll" tabindex="0" role="region" aria-label="{caption}"><table><caption class="hidden">{caption}</caption><thead><tr>{head}</tr></thead>
        <tbody>{Markup.Join(rows)}</tbody></table></div>
        """;

    /// <summary>Something folded.</summary>
    public static Markup Folded(string summary, Markup content) => $"<details><summary>{summary}</summary>{content}</details>";

    /// <summary>A duration in words; a dash for none.</summary>
    public static string Elapsed(double seconds) => ConsoleLog.Elapsed(TimeSpan.FromSeconds(seconds));

    /// <summary>Lets an interpolated string be a piece of HTML where its type can't be told from its place.</summary>
    public static Markup Of(Markup markup) => markup;
}
