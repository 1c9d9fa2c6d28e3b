using System.Text;

namespace KubeLab.Reports;

/// <summary>Text in XML.</summary>
public static class XmlContent
{
    /// <summary>A text without what no XML document may hold: escape sequences of a terminal, halves of characters.</summary>
    public static string Clean(string text)
    {
        var clean = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            if (rune.Value is '\t' or '\n' or (>= 0x20 and not (0xFFFE or 0xFFFF)))
                clean.Append(rune);
        }

        return clean.ToString();
    }
}
