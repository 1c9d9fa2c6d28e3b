namespace KubeLab.Diagnosis;

/// <summary>How sure an explanation is.</summary>
public enum Certainty
{
    /// <summary>Nothing is known of the cause.</summary>
    Unknown,

    /// <summary>It is what mostly causes this.</summary>
    Likely,

    /// <summary>The message says it.</summary>
    Seen,

    /// <summary>It was looked at on the node.</summary>
    Looked,
}

/// <summary>
/// A failure that is known: how it is recognised, what it means and what to do. Each is a file of its own under
/// <c>Signatures/</c>, named by its id; adding one touches no other file. All of its conditions have to hold.
/// </summary>
public sealed record FailureSignature
{
    private const int MostMatches = 30;

    /// <summary>The <see cref="Failure.Status"/> of what stands in a node's own logs.</summary>
    public static string NodeLogs => "node";

    /// <summary>The name of the value that holds the line which matched.</summary>
    public static string MatchedLine => "line";

    /// <summary>Its id, which is its file's name: <c>memory-worker</c>.</summary>
    public required string Id { get; init; }

    /// <summary>What happened, in a few words.</summary>
    public required string Title { get; init; }

    /// <summary>How the run has to have ended, of <see cref="Failure.Status"/>; null for any.</summary>
    public string? Status { get; init; }

    /// <summary>What the task has to have been doing, one of these; none for anything.</summary>
    public IReadOnlyList<Doing> Doing { get; init; } = [];

    /// <summary>What the task must not have been doing.</summary>
    public IReadOnlyList<Doing> NotDoing { get; init; } = [];

    /// <summary>Where it has to have run, one of these; none for anywhere.</summary>
    public IReadOnlyList<Place> Where { get; init; } = [];

    /// <summary>Whose server the line that matched has to speak of, one of these; none for any.</summary>
    public IReadOnlyList<Server> Server { get; init; } = [];

    /// <summary>The modules that may have run, without their collection; none for any.</summary>
    public IReadOnlyList<string> Action { get; init; } = [];

    /// <summary>What the programs that the task ran, with their arguments, have to match.</summary>
    public Pattern? Command { get; init; }

    /// <summary>What the role has to match.</summary>
    public Pattern? Role { get; init; }

    /// <summary>What the task's name has to match.</summary>
    public Pattern? Task { get; init; }

    /// <summary>What the item of the loop has to match.</summary>
    public Pattern? Item { get; init; }

    /// <summary>What the task's program has to have returned, one of these; none for anything.</summary>
    public IReadOnlyList<int> ReturnCode { get; init; } = [];

    /// <summary>What Ansible has to have ended with, one of these; none for anything.</summary>
    public IReadOnlyList<int> ExitCode { get; init; } = [];

    /// <summary>Whether the playbook has to have come to any host, by its recap; null where it makes no difference.</summary>
    public bool? CameToHosts { get; init; }

    /// <summary>What was said has to match one of these, in one line each unless they say otherwise; none for anything.</summary>
    public IReadOnlyList<Pattern> Text { get; init; } = [];

    /// <summary>What was said must match none of these.</summary>
    public IReadOnlyList<Pattern> Not { get; init; } = [];

    /// <summary>Whether it is only where another cause shows itself: any cause that matches too explains instead.</summary>
    public bool IsOccasion { get; init; }

    /// <summary>The ids of signatures that it explains better than, where both match.</summary>
    public IReadOnlyList<string> Over { get; init; } = [];

    /// <summary>How sure it is where it matches.</summary>
    public Certainty Certainty { get; init; } = Certainty.Seen;

    /// <summary>What it means; names in braces stand for groups of the matched pattern, or what is known of the task.</summary>
    public required string Meaning { get; init; }

    /// <summary>What to do about it, with the same names in braces.</summary>
    public required string Remedy { get; init; }

    /// <summary>Whether it is also a cause that a node's logs may tell of.</summary>
    public bool IsCause { get; init; }

    /// <summary>Whether the node's own logs say more: then they are collected and searched for the cause.</summary>
    public bool AsksNode { get; init; }

    /// <summary>Where more is written about it.</summary>
    public IReadOnlyList<string> Links { get; init; } = [];

    /// <summary>How many conditions it has: where several match, the one with the most explains.</summary>
    public int Conditions => new[]
    {
        Status is not null, Doing.Count > 0, Where.Count > 0, Server.Count > 0, Action.Count > 0, Command is not null,
            Role is not null,
        Task is not null, Item is not null, ReturnCode.Count > 0, ExitCode.Count > 0, CameToHosts is not null, Text.Count > 0,
    }.Count(holds => holds);

    /// <summary>What it recognises in a failure; null where it doesn't, or where that can't be told in time.</summary>
    public SignatureMatch? Recognise(FailureContext context)
    {
        try
        {
            return Found(context);
        }
        catch (RegexMatchTimeoutException)
        {
            context.LeftOpen.Add(Id);
            return null;
        }
    }

    private SignatureMatch? Found(FailureContext context)
    {
        if (!(context.Failure.Status == NodeLogs ? IsCause : Fits(context)) || Not.Any(pattern => context.Matches(pattern).Any()))
            return null;
        if (Text.Count == 0)
            return Server.Count == 0 || context.Servers.Any(Wanted) ? new(this, Values(context, context.Servers)) : null;
        foreach (var pattern in Text)
        {
            foreach (var match in context.Matches(pattern).Take(MostMatches))
            {
                var line = LineOf(match, context.Said);
                var servers = context.ServersOn(line);
                if (Server.Count > 0 && !servers.Any(Wanted))
                    continue;
                var values = Values(context, servers);
                foreach (var group in match.Groups.Values.Where(group => group.Success && group.Name != "0"))
                    values[group.Name] = group.Value.Trim();
                values[MatchedLine] = line;
                return new(this, values);
            }
        }

        return null;
    }

    private bool Fits(FailureContext context)
    {
        var failure = context.Failure;
        return (Status is null || Status == failure.Status)
            && (Doing.Count == 0 || context.Doing.Overlaps(Doing)) && !context.Doing.Overlaps(NotDoing)
            && (Where.Count == 0 || Where.Contains(context.Place))
            && (Action.Count == 0 || Action.Contains(context.Module))
            && Command?.IsMatch(context.CommandLine) != false
            && Role?.IsMatch(failure.Role ?? "") != false
            && Task?.IsMatch(failure.Task ?? "") != false
            && Item?.IsMatch(failure.Item ?? failure.IncludeItem ?? "") != false
            && (ReturnCode.Count == 0 || ReturnCode.Any(code => failure.Result.GetValueOrDefault("rc") == $"{code}"))
            && (ExitCode.Count == 0 || (failure.ExitCode is { } exit && ExitCode.Contains(exit)))
            && (CameToHosts is null || CameToHosts == failure.CameToHosts);
    }

    private bool Wanted(ServerAddress server) => server.Kind is { } kind && Server.Contains(kind);

    private Dictionary<string, string> Values(FailureContext context, IReadOnlyList<ServerAddress> servers)
    {
        var values = context.Values();
        var named = servers.Where(each => each.Host.Length > 0 && (Server.Count == 0 || Wanted(each)))
            .OrderBy(each => each.Kind is null).ToList();
        if (named.Count > 0)
        {
            values["host"] = named[0].Host;
            values["port"] = $"{named[0].Port}";
            values["address"] = named[0].Port > 0 ? $"{named[0].Host}:{named[0].Port}" : named[0].Host;
        }

        return values;
    }

    private static string LineOf(Match match, string text)
    {
        // A pattern may begin with the end of the line before.
        var at = match.Index + match.Value.TakeWhile(character => character == '\n').Count();
        var start = at == 0 ? 0 : text.LastIndexOf('\n', at - 1) + 1;
        var end = text.IndexOf('\n', at);
        return (end < 0 ? text[start..] : text[start..end]).Trim();
    }
}

/// <summary>A signature that recognised a failure.</summary>
/// <param name="Values">The values of the names in braces.</param>
public sealed record SignatureMatch(FailureSignature Signature, IReadOnlyDictionary<string, string> Values)
{
    /// <summary>The line that matched; null where the signature looks at no text.</summary>
    public string? Line => Values.GetValueOrDefault(FailureSignature.MatchedLine);
}

/// <summary>What a text has to match, by lines and whatever its case: no look-around, no back-references.</summary>
/// <remarks>It is made when it is first needed: of some hundred, a failure needs a few.</remarks>
public sealed class Pattern(string expression)
{
    /// <summary>How it is read.</summary>
    public static RegexOptions Options { get; } = RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture | RegexOptions.Multiline;

    // Of a text that takes longer than this nobody knows whether it matches, which whoever asks has to say. The engine that
    // never takes long takes milliseconds to be made for each expression, of which there are hundreds.
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(1);

    private readonly Lazy<Regex> regex = new(() => new(expression, Options, Limit));

    private readonly Lazy<IReadOnlyList<string>?> literals = new(() => PatternLiterals.Of(expression));

    /// <summary>The expression as it is written.</summary>
    public string Expression => expression;

    /// <summary>Whether a text holds what each match holds, which takes much less time to tell than to match.</summary>
    public bool MayMatch(string text) =>
        literals.Value is not { } wanted || wanted.Any(literal => text.Contains(literal, StringComparison.OrdinalIgnoreCase));

    /// <summary>Whether a text matches.</summary>
    /// <exception cref="RegexMatchTimeoutException">It took too long to tell.</exception>
    public bool IsMatch(string text) => Matches(text).Any();

    /// <summary>Where a text matches, found as they are asked for.</summary>
    /// <exception cref="RegexMatchTimeoutException">It took too long to tell.</exception>
    public IEnumerable<Match> Matches(string text)
    {
        for (var match = regex.Value.Match(text); match.Success; match = match.NextMatch())
            yield return match;
    }

    /// <summary>The expression, as it is written.</summary>
    public override string ToString() => expression;
}
