namespace KubeLab.Diagnosis;

/// <summary>Explains a failure by the signature that matches or, where none does, by all that was said.</summary>
/// <param name="distributionDirectory">The distribution's folder: paths below it are shown relative to it.</param>
public sealed partial class SignatureMatcher(SignatureCatalog catalog, string distributionDirectory, string goOn)
{
    private const int LinesOfEvidence = 40;
    private const int LinesOfLogs = 200;

    // What is longer nobody reads, and it stands in the console, in a page and in tables.
    private const int LongestEvidence = 16 * 1024;

    /// <summary>Explains a failure, whatever was said.</summary>
    public Explanation Explain(Failure failure) => Explain(failure, CancellationToken.None);

    /// <summary>Explains a failure, whatever was said.</summary>
    /// <param name="patience">Once it has ended, it is said that not all that is known was tried.</param>
    public Explanation Explain(Failure failure, CancellationToken patience)
    {
        try
        {
            var context = new FailureContext(failure);
            var explanation = Explain(failure, context, catalog.Judge(context, patience));
            return context.LeftOpen.Count == 0 ? explanation : explanation with
            {
                Certainty = explanation.Signature is null ? Certainty.Unknown : Certainty.Likely,
                Evidence = $"{explanation.Evidence}\n({Untold(context.LeftOpen)})".Trim(),
            };
        }
        catch (RegexMatchTimeoutException)
        {
            var unknown = Unknown(failure);
            return unknown with { Evidence = $"{unknown.Evidence}\n(It took too long to read.)" };
        }
    }

    private static string Untold(ICollection<string> open) => open.Count > 5
        ? $"It took too long to try all failures that are known: {open.Count} of them may be it as well."
        : $"It took too long to tell whether it is one of these: {string.Join(", ", open)}.";

    private Explanation Explain(Failure failure, FailureContext context, Verdict verdict)
    {
        if (verdict.Explaining is not [var match, ..])
            return failure.IsCensored ? Censored(failure) : Unknown(failure);
        return Describe(failure) with
        {
            Signature = match.Signature.Id,
            Title = Filled(match.Signature.Title, match.Values),
            Certainty = verdict.Explaining.Count > 1 ? Certainty.Likely : match.Signature.Certainty,
            Occasion = verdict.Occasion is { } occasion && occasion.Signature.Title != match.Signature.Title
                ? Filled(occasion.Signature.Title, occasion.Values) : null,
            Meaning = Filled(match.Signature.Meaning, match.Values),
            Because = Reasons(match, context),
            Remedy = Filled(match.Signature.Remedy, match.Values),
            Links = match.Signature.Links,
            Or = [.. verdict.Explaining.Skip(1).Select(Possibility)],
        };
    }

    /// <summary>Whether the node's own logs say more about a failure, also where what was said tells the cause already.</summary>
    public bool AsksNode(Failure failure, CancellationToken patience = default) =>
        catalog.Matching(new(failure), patience).Any(found => found.Signature.AsksNode);

    /// <summary>Adds what a node's own logs say: the cause, where one is known, and the lines that tell it.</summary>
    public Explanation WithCause(Explanation explanation, string node, string logs) =>
        WithCause(explanation, NodeLogReader.Read(node, logs, null, null));

    /// <summary>Adds what a node's own logs say: the cause, where one is known, and the lines that tell it.</summary>
    public Explanation WithCause(Explanation explanation, NodeLog logs, CancellationToken patience = default)
    {
        if (logs.Problem is { } problem)
            explanation = explanation with { Evidence = $"{explanation.Evidence}\n(The logs of {logs.Node}: {problem}.)" };
        if (catalog.Signatures.FirstOrDefault(each => each.Id == explanation.Signature) is { IsCause: true } told)
        {
            return CauseIn(logs, told, patience) is { } again
                ? explanation with { Certainty = Certainty.Looked, Evidence = WithLine(explanation, logs.Node, again.Line) }
                : explanation;
        }

        if (CauseIn(logs, null, patience) is not { Match: var cause, Line: var line })
        {
            var known = patience.IsCancellationRequested ? "could not be read in time" : "hold no cause that is known";
            return logs.Lines.Count == 0 ? explanation : explanation with
            {
                Evidence = $"{explanation.Evidence}\nThe logs of {logs.Node} {known}. What tells most:\n"
                    + string.Join('\n', logs.Lines.Take(15).OrderBy(each => each.Time)),
            };
        }

        return explanation with
        {
            Title = $"{explanation.Title}: {LowerFirst(Filled(cause.Signature.Title, cause.Values))}",
            Certainty = Certainty.Looked,
            Meaning = $"{explanation.Meaning}\nThe cause stands in the logs of {logs.Node}: {Filled(cause.Signature.Meaning, cause.Values)}",
            Remedy = Filled(cause.Signature.Remedy, cause.Values),
            Links = [.. explanation.Links.Concat(cause.Signature.Links).Distinct()],
            Evidence = WithLine(explanation, logs.Node, line),
        };
    }

    private (SignatureMatch Match, NodeLogLine Line)? CauseIn(
        NodeLog logs, FailureSignature? only, CancellationToken patience)
    {
        (SignatureMatch, NodeLogLine)? occasion = null;
        // A service that is started again and again says the same each time, and only counts are different.
        foreach (var line in logs.Lines.DistinctBy(each => Digits().Replace(each.Text, "0")).Take(LinesOfLogs))
        {
            if (patience.IsCancellationRequested)
                break;
            if (CauseOn(line.Text, logs.Node, only) is not { } match)
                continue;
            if (only is not null || !match.Signature.IsOccasion)
                return (match, line);
            occasion ??= (match, line);
        }

        return occasion;
    }

    private SignatureMatch? CauseOn(string line, string node, FailureSignature? only)
    {
        var context = new FailureContext(new() { Nodes = [node], Status = FailureSignature.NodeLogs, Text = line });
        return only is null ? catalog.Judge(context).Explaining is [var first, ..] ? first : null : only.Recognise(context);
    }

    // First, as it tells most: of a long evidence only the beginning is shown.
    private static string WithLine(Explanation explanation, string node, NodeLogLine line) =>
        $"From the logs of {node}:\n{line}\n{explanation.Evidence}";

    private static Possibility Possibility(SignatureMatch match) => new(
        match.Signature.Id, Filled(match.Signature.Title, match.Values), Filled(match.Signature.Meaning, match.Values),
        Filled(match.Signature.Remedy, match.Values));

    private static string Reasons(SignatureMatch match, FailureContext context)
    {
        var signature = match.Signature;
        var reasons = new List<string>();
        if (signature.Doing.Count > 0)
            reasons.Add($"the task was doing this: {string.Join(", ", signature.Doing.Where(context.Doing.Contains).Select(InWords))}");
        if (signature.Command is not null)
            reasons.Add($"it ran: {match.Values["command"]}");
        if (signature.Task is not null || signature.Role is not null)
            reasons.Add("the role and the task have these names");
        if (signature.Where.Count > 0)
            reasons.Add($"it ran on {context.Machine}");
        if (signature.Server.Count > 0)
            reasons.Add($"{match.Values["address"]} is taken for: {string.Join(", ", signature.Server.Select(InWords))}");
        if (signature.ReturnCode.Count > 0)
            reasons.Add($"it returned {context.Failure.Result.GetValueOrDefault("rc")}");
        if (signature.ExitCode.Count > 0)
            reasons.Add($"Ansible ended with exit code {context.Failure.ExitCode}");
        if (match.Line is { } line)
            reasons.Add($"it said: {line}");
        return string.Join("; ", reasons);
    }

    private Explanation Describe(Failure failure) => new()
    {
        Title = "",
        Meaning = "",
        Remedy = "",
        Nodes = failure.Nodes,
        Task = failure.Task,
        TaskFile = Relative(failure.TaskPath),
        ResumeCommand = goOn,
        Evidence = Head(failure.Text),
        Source = SourceOf(failure),
        IsCensored = failure.IsCensored,
    };

    private static string SourceOf(Failure failure) => string.Join(", ", new[]
    {
        failure.Nodes.Count > 0 ? failure.Nodes[0] : null,
        failure.DelegatedTo is { } other ? $"delegated to {other}" : null,
        failure.Action,
        failure.Time is { } time && time > DateTimeOffset.UnixEpoch ? $"{time.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC" : null,
    }.OfType<string>());

    private Explanation Unknown(Failure failure) => Describe(failure) with
    {
        Title = failure.Status == "ansible" ? "Ansible gave up" : "A task failed for a reason that KubeLab doesn't know",
        Meaning = "None of the failures that are known matches what was said. It follows in full, or its beginning and its end.",
        Remedy = failure.Task is null
            ? "Read what Ansible says above; ansible.log in the run's record has the rest."
            : $"Read what the task said, and look at what it does: {Relative(failure.TaskPath)}",
        Evidence = Bounded(failure.Result.Count > 0 ? failure.Details : failure.Text),
    };

    private Explanation Censored(Failure failure) => Describe(failure) with
    {
        Title = "A task failed whose result is withheld",
        Meaning = "The task has no_log, as its result may hold secrets, so nobody gets to see why it failed.",
        Remedy = HasSwitch(failure.TaskPath)
            ? "To see it, set unsafe_show_logs: true in the inventory's group_vars for one more run. ansible.log may then hold secrets: remove that run's record afterwards."
            : $"To see it, set no_log: false at {Relative(failure.TaskPath)} in a checkout of your own (--kubespray-path), and run it once more. "
                + "ansible.log may then hold secrets: remove that run's record afterwards.",
    };

    // Kubespray's roles have a variable for it (unsafe_show_logs, from v2.20.0 on); others don't.
    private static bool HasSwitch(string? taskPath) =>
        taskPath is not null && LineNumber().Replace(taskPath, "") is var file && File.Exists(file)
            && File.ReadAllText(file).Contains("unsafe_show_logs");

    private string? Relative(string? path)
    {
        var root = distributionDirectory.TrimEnd('/') + "/";
        return path?.StartsWith(root, StringComparison.Ordinal) == true ? path[root.Length..] : path;
    }

    private static string Filled(string text, IReadOnlyDictionary<string, string> values) =>
        Name().Replace(text, match => values.GetValueOrDefault(match.Groups["name"].Value) is { Length: > 0 } value
            ? value
            : match.Groups["else"] is { Success: true } otherwise ? otherwise.Value : "it");

    private static string Head(string text)
    {
        var lines = text.Split('\n');
        return Bounded(lines.Length <= LinesOfEvidence
            ? text
            : string.Join('\n', [.. lines.Take(LinesOfEvidence / 2),
                $"… {lines.Length - LinesOfEvidence} lines more …", .. lines.TakeLast(LinesOfEvidence / 2)]));
    }

    private static string Bounded(string text) => text.Length <= LongestEvidence ? text : string.Concat(
        text.AsSpan(0, LongestEvidence / 2), $"\n… {text.Length - LongestEvidence} characters more …\n",
        text.AsSpan(text.Length - (LongestEvidence / 2)));

    // KubeadmJoin reads "kubeadm join".
    private static string InWords<T>(T value)
        where T : struct, Enum => Capital().Replace($"{value}", " $0").Trim().ToLowerInvariant();

    private static string LowerFirst(string text) =>
        text.Length > 1 && char.IsLower(text[1]) ? char.ToLowerInvariant(text[0]) + text[1..] : text;

    [GeneratedRegex(@"\{(?<name>[a-z_]+)(\|(?<else>[^{}]*))?\}", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 60_000)]
    private static partial Regex Name();

    [GeneratedRegex(@":\d+$", RegexOptions.None, matchTimeoutMilliseconds: 60_000)]
    private static partial Regex LineNumber();

    [GeneratedRegex("[0-9]+", RegexOptions.None, matchTimeoutMilliseconds: 60_000)]
    private static partial Regex Digits();

    [GeneratedRegex("[A-Z]", RegexOptions.None, matchTimeoutMilliseconds: 60_000)]
    private static partial Regex Capital();
}
