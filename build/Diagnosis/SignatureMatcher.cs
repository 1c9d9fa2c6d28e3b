namespace KubeLab.Diagnosis;

/// <summary>Explains a failure by the signature that matches or, where none does, by all that was said.</summary>
/// <param name="distributionDirectory">The distribution's folder: paths below it are shown relative to it.</param>
public sealed partial class SignatureMatcher(SignatureCatalog catalog, string distributionDirectory, string goOn)
{
    private const int LinesOfEvidence = 40;

    /// <summary>Explains a failure.</summary>
    public Explanation Explain(Failure failure)
    {
        if (catalog.Find(failure) is not { } found)
            return failure.IsCensored ? Censored(failure) : Unknown(failure);
        return Describe(failure) with
        {
            Signature = found.Signature.Id,
            Title = Filled(found.Signature.Title, found.Values, failure),
            Meaning = Filled(found.Signature.Meaning, found.Values, failure),
            Remedy = Filled(found.Signature.Remedy, found.Values, failure),
            Links = found.Signature.Links,
        };
    }

    /// <summary>Whether the node's own logs say more about a failure, also where what was said tells the cause already.</summary>
    public bool AsksNode(Failure failure) => catalog.Matching(failure).Any(found => found.Signature.AsksNode);

    /// <summary>Adds what a node's own logs say: the cause, where one is known, and the lines that tell it.</summary>
    public Explanation WithCause(Explanation explanation, string node, string logs)
    {
        var failure = new Failure { Nodes = [node], Status = FailureSignature.NodeLogs, Text = logs };
        if (catalog.Signatures.FirstOrDefault(each => each.Id == explanation.Signature) is { IsCause: true } known)
            return known.Recognise(failure) is { } values
                ? explanation with { Evidence = WithLine(explanation, node, values) }
                : explanation;
        if (catalog.Find(failure) is not { } cause)
        {
            return explanation with
            {
                Evidence = $"{explanation.Evidence}\nThe logs of {node} hold no cause that is known. "
                    + $"The kubelet's last words:\n{string.Join('\n', logs.TrimEnd().Split('\n').TakeLast(15))}",
            };
        }

        return explanation with
        {
            Title = $"{explanation.Title}: {LowerFirst(Filled(cause.Signature.Title, cause.Values, failure))}",
            Meaning = $"{explanation.Meaning}\nThe cause stands in the logs of {node}: {Filled(cause.Signature.Meaning, cause.Values, failure)}",
            Remedy = Filled(cause.Signature.Remedy, cause.Values, failure),
            Links = [.. explanation.Links.Concat(cause.Signature.Links).Distinct()],
            Evidence = WithLine(explanation, node, cause.Values),
        };
    }

    // First, as it tells most: of a long evidence only the beginning is shown.
    private static string WithLine(Explanation explanation, string node, IReadOnlyDictionary<string, string> values) =>
        $"From the logs of {node}:\n{values[FailureSignature.MatchedLine]}\n{explanation.Evidence}";

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
        IsCensored = failure.IsCensored,
    };

    private Explanation Unknown(Failure failure) => Describe(failure) with
    {
        Title = failure.Status == "ansible" ? "Ansible gave up" : $"A task failed for a reason that KubeLab doesn't know",
        Meaning = "None of the failures that are known matches what was said. What follows is all of it.",
        Remedy = failure.Task is null
            ? "Read what Ansible says above; ansible.log in the run's record has the rest."
            : $"Read what the task said, and look at what it does: {Relative(failure.TaskPath)}",
        Evidence = failure.Details.Length > 0 ? failure.Details : failure.Text,
    };

    private Explanation Censored(Failure failure) => Describe(failure) with
    {
        Title = "A task failed whose result is withheld",
        Meaning = "The task has no_log, as its result may hold secrets, so nobody gets to see why it failed.",
        Remedy = HasSwitch(failure.TaskPath)
            ? "To see it, run it once more with --extra-vars '{\"unsafe_show_logs\": true}'. ansible.log may then hold secrets: remove that run's record afterwards."
            : $"To see it, set no_log: false at {Relative(failure.TaskPath)} in a checkout of your own (--kubespray-path), and run it once more. "
                + "ansible.log may then hold secrets: remove that run's record afterwards.",
    };

    // Kubespray's roles have a variable for it (unsafe_show_logs, since v2.13); others don't.
    private static bool HasSwitch(string? taskPath) =>
        taskPath is not null && LineNumber().Replace(taskPath, "") is var file && File.Exists(file)
            && File.ReadAllText(file).Contains("unsafe_show_logs");

    private string? Relative(string? path)
    {
        var root = distributionDirectory.TrimEnd('/') + "/";
        return path?.StartsWith(root, StringComparison.Ordinal) == true ? path[root.Length..] : path;
    }

    private static string Filled(string text, IReadOnlyDictionary<string, string> values, Failure failure) =>
        Name().Replace(text, match => match.Groups["name"].Value switch
    {
        "nodes" => failure.Nodes.Count == 0 ? "the node" : string.Join(", ", failure.Nodes),
        "task" => failure.Task ?? "the task",
        var name => values.GetValueOrDefault(name, "it"),
    });

    private static string Head(string text)
    {
        var lines = text.Split('\n');
        return lines.Length <= LinesOfEvidence
            ? text
            : string.Join('\n', [.. lines.Take(LinesOfEvidence / 2),
                $"… {lines.Length - LinesOfEvidence} lines more …", .. lines.TakeLast(LinesOfEvidence / 2)]);
    }

    private static string LowerFirst(string text) =>
        text.Length > 1 && char.IsLower(text[1]) ? char.ToLowerInvariant(text[0]) + text[1..] : text;

    [GeneratedRegex(@"\{(?<name>[a-z_]+)\}", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Name();

    [GeneratedRegex(@":\d+$", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex LineNumber();
}
