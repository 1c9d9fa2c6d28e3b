namespace KubeLab.Output;

/// <summary>What machines say, made fit to be shown: a megabyte in one line, or what steers a terminal, does no harm.</summary>
public static partial class PlainText
{
    /// <summary>How much of one text a report shows.</summary>
    internal const int Limit = 8000;

    /// <summary>A text without escape sequences and control characters but line breaks and tabs, cut at its limit.</summary>
    public static string Of(string text, int limit = Limit)
    {
        if (IsPlain(text, limit))
            return text;
        var head = text.Length > 4 * limit ? text[..(4 * limit)] : text;
        var clean = new StringBuilder(Math.Min(head.Length, limit) + 40);
        Span<char> characters = stackalloc char[2];
        foreach (var rune in EscapeSequence().Replace(head.ReplaceLineEndings("\n"), "").EnumerateRunes())
        {
            if (clean.Length >= limit)
                break;
            if (rune.Value is '\n' or '\t' || !IsHidden(rune))
                clean.Append(characters[..rune.EncodeToUtf16(characters)]);
        }

        return text.Length > head.Length || clean.Length >= limit
            ? clean.Append($" … ({text.Length} characters in all)").ToString() : clean.ToString();
    }

    /// <summary>A text in one line.</summary>
    public static string Line(string text, int limit = 500) => IsPlain(text, limit) ? text.Trim()
        : string.Join(
            ' ', Of(text, limit).Split(['\n', '\t'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));

    // Most texts are: a report of a thousand nodes has some hundred thousand of them.
    private static bool IsPlain(string text, int limit) =>
        text.Length < limit && (!text.AsSpan().ContainsAnyExceptInRange(' ', '~') || !text.Any(IsDoubtful));


    // Whatever may be hidden, end a line, or be half of a character.
    private static bool IsDoubtful(char character) => char.IsControl(character) || char.IsSurrogate(character)
        || character is '\u2028' or '\u2029' || IsHidden(new Rune(character));

    // Control characters, and those that turn the direction of what follows them.
    private static bool IsHidden(Rune rune) =>
        Rune.IsControl(rune) || rune.Value is (>= 0x200B and <= 0x200F) or (>= 0x202A and <= 0x202E)
        or (>= 0x2066 and <= 0x2069) or 0xFEFF or 0xFFFE or 0xFFFF;

    // CSI and OSC sequences, and the two-character ones (ECMA-48).
    [GeneratedRegex(@"\x1b(\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]{0,1000}(\x07|\x1b\\)?|[@-Z\\-_])",
        RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 60_000)]
    private static partial Regex EscapeSequence();
}
