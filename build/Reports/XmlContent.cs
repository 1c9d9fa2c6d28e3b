using System.Text;

namespace KubeLab.Reports;

/// <summary>Text in XML.</summary>
public static class XmlContent
{
    /// <summary>A text without what no XML document may hold: escape sequences of a terminal, halves of characters.</summary>
    public static string Clean(string text)
    {
        // Most texts are plain, and a report of a thousand nodes has some hundred thousand of them.
        if (!text.AsSpan().ContainsAnyExceptInRange(' ', '~'))
            return text;
        var clean = new StringBuilder(text.Length);
        Span<char> characters = stackalloc char[2];
        foreach (var rune in text.EnumerateRunes())
        {
            if (rune.Value is '\t' or '\n' or (>= 0x20 and not (0xFFFE or 0xFFFF)))
                clean.Append(characters[..rune.EncodeToUtf16(characters)]);
        }

        return clean.ToString();
    }
}
