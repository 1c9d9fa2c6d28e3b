namespace KubeLab.Smoke;

/// <summary>How a pod's request for a page went, from the line that the agent tells: the last try, and how each try before it
/// ended. Answered late, refused and not answered are different things, and only the last try's page counts.</summary>
/// <param name="End">How the last try ended: <c>answered</c>, <c>refused</c>, <c>silent</c> or <c>failed</c>.</param>
public sealed record AgentAnswer(string Of, string End)
{
    private const int Columns = 10;

    /// <summary>How long the last try took.</summary>
    public TimeSpan Took { get; init; }

    /// <summary>How long all tries took, with the pauses between them.</summary>
    public TimeSpan Waited { get; init; }

    /// <summary>How many requests were answered.</summary>
    public int Answered { get; init; }

    /// <summary>How many were refused.</summary>
    public int Refused { get; init; }

    /// <summary>How many had no answer when their time had run out.</summary>
    public int Silent { get; init; }

    /// <summary>How many ended in another way: no route, an HTTP error, a connection that broke.</summary>
    public int Failed { get; init; }

    /// <summary>The longest try.</summary>
    public TimeSpan Slowest { get; init; }

    /// <summary>How many bytes of a page came with the last try.</summary>
    public int Bytes { get; init; }

    /// <summary>The page's first line; where there was none, what the client said of it.</summary>
    public string Text { get; init; } = "";

    /// <summary>Whether the page came.</summary>
    public bool IsAnswered => End == "answered";

    /// <summary>Whether the time ran out on every try, so that nothing is known of what was asked.</summary>
    public bool RanOutOfTime => !IsAnswered && Silent > 0 && Refused + Failed == 0;

    /// <summary>How many requests there were.</summary>
    public int Requests => Answered + Lost;

    /// <summary>How many of them had no answer.</summary>
    public int Lost => Refused + Silent + Failed;

    /// <summary>What became of the requests without an answer, with the times.</summary>
    public string Said => $"within {Waited.TotalSeconds:0.0} s {LostInWords}";

    /// <summary>The requests without an answer by kind, in words.</summary>
    public string LostInWords => string.Join(", ", Kinds());

    /// <summary>Reads a line; null where it is none.</summary>
    public static AgentAnswer? Parse(string line)
    {
        var words = line.Split(' ', Columns + 1);
        if (words.Length < Columns)
            return null;
        var numbers = words[2..Columns]
            .Select(word => int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : -1)
            .ToArray();
        return numbers.Contains(-1) ? null : new AgentAnswer(words[0], words[1])
        {
            Took = Centiseconds(numbers[0]),
            Waited = Centiseconds(numbers[1]),
            Answered = numbers[2],
            Refused = numbers[3],
            Silent = numbers[4],
            Failed = numbers[5],
            Slowest = Centiseconds(numbers[6]),
            Bytes = numbers[7],
            Text = words.Length > Columns ? words[Columns].Trim() : "",
        };
    }

    private IEnumerable<string> Kinds()
    {
        if (Silent > 0)
            yield return $"{Requested(Silent)} no answer in time (the longest waited {Slowest.TotalSeconds:0.0} s)";
        if (Refused > 0)
            yield return $"{Counted(Refused)} refused";
        if (Failed > 0)
            yield return $"{Counted(Failed)} answered with an error{(End == "failed" && Text.Length > 0 ? $" ({Text})" : "")}";
    }

    private static string Requested(int number) => number == 1 ? "1 request had" : $"{number} requests had";

    private static string Counted(int number) => number == 1 ? "1 request was" : $"{number} requests were";

    private static TimeSpan Centiseconds(int number) => TimeSpan.FromMilliseconds(10.0 * number);
}
