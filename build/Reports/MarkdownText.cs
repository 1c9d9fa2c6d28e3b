using System.Text;

namespace KubeLab.Reports;

/// <summary>Text in Markdown.</summary>
public static class MarkdownText
{
    /// <summary>A text in one line, of which nothing becomes markup, a table's border or a mention, whatever a machine put there.</summary>
    public static string Inline(string text)
    {
        var inline = new StringBuilder(text.Length);
        foreach (var character in text)
        {
            inline.Append(character switch
            {
                '\n' or '\r' => " ",
                '<' => "&lt;",
                '>' => "&gt;",
                '&' => "&amp;",
                '@' => "&#64;",
                '|' or '`' or '*' or '_' or '[' or ']' or '\\' or '~' or '#' => $"\\{character}",
                _ => char.IsControl(character) ? "" : character.ToString(),
            });
        }

        return inline.ToString();
    }
}
