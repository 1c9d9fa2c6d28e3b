using System.Runtime.CompilerServices;

namespace KubeLab.Reports;

/// <summary>
/// A piece of HTML. It is written as an interpolated string, of which every value is escaped, but for pieces of HTML: what a
/// machine said can become text, and nothing else.
/// </summary>
/// <param name="literalLength">How many characters stand in the string itself.</param>
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

    /// <summary>Adds what stands in the string itself.</summary>
    public void AppendLiteral(string value) => text.Append(value);

    /// <summary>Adds a text, escaped.</summary>
    public void AppendFormatted(string? value) => text.Append(WebUtility.HtmlEncode(value));

    /// <summary>Adds a piece of HTML.</summary>
    public void AppendFormatted(Markup? value) => text.Append(value?.text);

    /// <summary>Adds a number in the notation of CSS and SVG.</summary>
    public void AppendFormatted(double value, string format = "0.##") => text.Append(value.ToString(format, CultureInfo.InvariantCulture));

    /// <summary>Adds a whole number.</summary>
    public void AppendFormatted(int value) => text.Append(CultureInfo.InvariantCulture, $"{value}");

    /// <summary>The HTML.</summary>
    public override string ToString() => text.ToString();
}
