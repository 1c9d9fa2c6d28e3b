namespace KubeLab.Output;

/// <summary>Makes text fit a width.</summary>
public static class TextLines
{
    /// <summary>A text cut in its middle where it is too long, as the ends of a path tell most.</summary>
    public static string Fitted(string text, int width)
    {
        var plain = Printable(text);
        if (plain.Length <= width)
            return plain;
        var head = (width - 1) / 2;
        return width < 3 ? plain[..width] : $"{plain[..head]}…{plain[^(width - 1 - head)..]}";
    }

    /// <summary>A text in lines, broken between words; a word that is too long for a line is broken too.</summary>
    public static IEnumerable<string> Wrapped(string text, int width)
    {
        var line = new StringBuilder();
        foreach (var word in text.Split(' ').SelectMany(word => Pieces(word, width)))
        {
            if (line.Length > 0 && line.Length + 1 + word.Length > width)
            {
                yield return line.ToString();
                line.Clear();
            }

            if (line.Length > 0)
                line.Append(' ');
            line.Append(word);
        }

        yield return line.ToString();
    }

    private static IEnumerable<string> Pieces(string word, int width) =>
        word.Length <= width ? [word] : word.Chunk(width).Select(piece => new string(piece));

    /// <summary>A text without control characters: what a node says must not steer a terminal.</summary>
    public static string Printable(string text) =>
        text.Any(char.IsControl) ? string.Concat(text.Select(character => char.IsControl(character) ? '?' : character)) : text;
}
