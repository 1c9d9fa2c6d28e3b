namespace KubeLab.Diagnosis;

/// <summary>
/// Finds in an expression the texts of which one stands in whatever it matches. Looking for them takes a hundredth of what the
/// expression takes, and of some hundred expressions a failure holds the text of a few.
/// </summary>
internal static class PatternLiterals
{
    // What is shorter stands in every text.
    private const int Shortest = 3;
    private const int Most = 16;

    /// <summary>The texts, whatever their case; null where nothing can be told.</summary>
    public static IReadOnlyList<string>? Of(string expression)
    {
        var at = 0;
        return Alternation(expression, ref at) is { } found && at == expression.Length ? found : null;
    }

    private static List<string>? Alternation(string expression, ref int at)
    {
        List<string>? any = [];
        for (; ; at++)
        {
            var branch = Sequence(expression, ref at);
            any = any is null || branch is null ? null : [.. any, .. branch];
            if (at >= expression.Length || expression[at] != '|')
                return any is { Count: <= Most } ? any : null;
        }
    }

    // Of what follows one another all has to match: the longest text is looked for.
    private static List<string>? Sequence(string expression, ref int at)
    {
        List<string>? best = null;
        var run = new StringBuilder();
        while (at < expression.Length && expression[at] is not ('|' or ')'))
        {
            if (expression[at] == '(')
            {
                Offer([run.ToString()]);
                run.Clear();
                at = AfterName(expression, at + 1);
                var inner = Alternation(expression, ref at);
                at++;
                if (!IsOptional(expression, at))
                    Offer(inner);
                at = AfterQuantifier(expression, at);
                continue;
            }

            var literal = Literal(expression, ref at);
            var after = AfterQuantifier(expression, at);
            if (literal is { } character && !IsOptional(expression, at))
                run.Append(character);
            if (literal is null || after > at)
            {
                Offer([run.ToString()]);
                run.Clear();
            }

            at = after;
        }

        Offer([run.ToString()]);
        return best;

        void Offer(List<string>? texts)
        {
            if (texts is { Count: > 0 } && texts.Min(text => text.Length) is >= Shortest and var length
                && length > (best?.Min(text => text.Length) ?? 0))
                best = texts;
        }
    }

    // A group's name, or what says that it is none that captures.
    private static int AfterName(string expression, int at) =>
        at >= expression.Length || expression[at] != '?' ? at
        : expression[at + 1] == '<' ? expression.IndexOf('>', at) + 1
        : at + 2;

    // The character that stands for itself; null for a class of characters, an anchor and the like.
    private static char? Literal(string expression, ref int at)
    {
        var character = expression[at++];
        switch (character)
        {
            case '[':
                // A bracket that closes stands for itself where it is the first.
                at += expression[at] == '^' ? 1 : 0;
                at += expression[at] == ']' ? 1 : 0;
                while (expression[at] != ']')
                    at += expression[at] == '\\' ? 2 : 1;
                at++;
                return null;
            case '.' or '^' or '$':
                return null;
            case '\\':
                var escaped = expression[at++];
                return char.IsAsciiLetterOrDigit(escaped) ? null : escaped;
            default:
                return character;
        }
    }

    private static bool IsOptional(string expression, int at) =>
        at < expression.Length && (expression[at] is '?' or '*' || expression.AsSpan(at).StartsWith("{0"));

    private static int AfterQuantifier(string expression, int at)
    {
        if (at >= expression.Length)
            return at;
        var after = expression[at] switch
        {
            '?' or '*' or '+' => at + 1,
            '{' when at + 1 < expression.Length && char.IsAsciiDigit(expression[at + 1]) => expression.IndexOf('}', at) + 1,
            _ => at,
        };
        return after > at && after < expression.Length && expression[after] is '?' or '+' ? after + 1 : after;
    }
}
