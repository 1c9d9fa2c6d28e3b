using KubeLab.Lifecycle;
using KubeLab.Smoke;

namespace KubeLab.Reports;

/// <summary>What a report says first: the verdict in a sentence, and what to do next.</summary>
public static class ReportSentence
{
    /// <summary>The verdict in a sentence.</summary>
    public static string Verdict(RunReport report) => report.Verdict switch
    {
        RunVerdict.Succeeded => Ended($"{report.Asked} succeeded{Proof(report)}"),
        RunVerdict.Interrupted => Ended($"{report.Asked} was interrupted{In(report)}"),
        RunVerdict.Failed => Ended($"{report.Asked} failed{In(report)}: {Cause(report)}"),
        _ => "This run has left no end: it was killed, or it is still going on.",
    };

    /// <summary>What to do next, one or more lines; null where nothing is to be done.</summary>
    /// <param name="hasKubectl">Whether this machine has a kubectl; null to look for it.</param>
    public static string? NextStep(RunReport report, bool? hasKubectl = null)
    {
        if (report.Verdict == RunVerdict.Succeeded)
        {
            var ready = report.Smoke is null ? null
                : hasKubectl ?? HasKubectl ? "The kubeconfig is ready to be used."
                : $"The kubeconfig is ready to be used: {Kubeconfig(report)}. There is no kubectl on this machine's PATH.";
            return LeftToHands(report) is { } first ? string.Join('\n', new[] { first, ready }.OfType<string>()) : ready;
        }

        if (report.Explanations is [var explanation, ..])
            return explanation.Remedy;
        if (FailedFindings(report) is [var finding, ..] && finding.Remedy is { } remedy)
            return remedy;
        return report.Outcome?.Failures.Select(failure => failure.Remedy).FirstOrDefault(text => text is not null);
    }

    /// <summary>The command line of the next step, as it can be pasted; null where there is none.</summary>
    /// <param name="hasKubectl">Whether this machine has a kubectl; null to look for it.</param>
    public static string? NextCommand(RunReport report, bool? hasKubectl = null) => report.Verdict switch
    {
        RunVerdict.Succeeded => report.Smoke is null || !(hasKubectl ?? HasKubectl)
            ? null
            : $"kubectl --kubeconfig {ShellWords.Quote(Kubeconfig(report))} get nodes",
        _ => report.Explanations is [{ ResumeCommand: { } goOn }, ..] ? goOn : report.Outcome?.ResumeCommand,
    };

    // A node that was replaced comes back with an inventory that still has it.
    private static string? LeftToHands(RunReport report) => report.Preflight?.Findings
        .FirstOrDefault(finding => finding.Check == NodeReplacement.InventoryCheck)?.Remedy is { } remedy
        ? $"In the inventory: {remedy}" : null;

    private static bool HasKubectl => Which.Find("kubectl") is not null;

    // Beside the records, in a folder that not always has the cluster's name alone.
    private static string Kubeconfig(RunReport report) =>
        $"artifacts/{Path.GetFileName(Path.GetDirectoryName(Path.GetDirectoryName(report.Directory)))}/admin.conf";

    private static string In(RunReport report) =>
        report.BrokenTarget is { } target && target != report.Asked ? $" in {target}" : "";

    private static string Proof(RunReport report) => report.Smoke is { } smoke
        ? $", and {Lower(smoke.Verdict)}"
        : report.Preflight is { } preflight ? $": {preflight.Summary}" : "";

    private static string Cause(RunReport report)
    {
        if (report.Explanations is [var explanation, ..])
            return explanation.Nodes.Count > 0
                ? $"{Named(explanation.Nodes)}: {Lower(explanation.Title)}"
                : Lower(explanation.Title);
        if ((report.BrokenTarget is "ValidateInventory" or "ValidateNodes" || report.BrokenTarget == report.Preflight?.Target)
            && FailedFindings(report) is [var finding, ..] findings)
            return findings.Count == 1
                ? Lower(finding.Message)
                : $"{Lower(finding.Message.TrimEnd('.'))} (and {findings.Count - 1} more)";
        if (report.BrokenTarget == "SmokeTest" && report.Smoke is { } smoke)
            return smoke.Checks.FirstOrDefault(result => result.Failed) is { } broken
                ? $"{Lower(broken.Message.TrimEnd('.'))}{(smoke.Failed is > 1 and var count ? $" (and {count - 1} more checks)" : "")}"
                : Lower(smoke.Verdict);
        return report.Outcome!.Failures is [var failure, ..]
            ? FirstWords(failure.Message)
            : report.Outcome.Targets.FirstOrDefault(target => target.Status == "failed")?.Note
                ?? $"exit code {report.Outcome.ExitCode}";
    }

    // A line that ends in a colon only introduces what failed, unless several are listed under it.
    private static string FirstWords(string message)
    {
        var lines = message.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var words = lines is [var head, var next, ..] && head.EndsWith(':') && !next.StartsWith("- ", StringComparison.Ordinal)
            ? next : lines.FirstOrDefault()?.TrimEnd(':') ?? "";
        // The file of a task stands with the rest of what was said.
        var path = words.IndexOf(" (/", StringComparison.Ordinal);
        // "… failed: exit code 1 of", and the command stands on the next line.
        if (words.EndsWith(" of", StringComparison.Ordinal))
            words = words[..^3];
        return PlainText.Line(path > 0 ? words[..path] : words, 300);
    }

    private static List<Finding> FailedFindings(RunReport report) =>
        [.. (report.Preflight?.Findings ?? []).Where(finding => report.Preflight!.Fails(finding))];

    private static string Named(IReadOnlyList<string> nodes) =>
        nodes.Count <= 3 ? string.Join(", ", nodes) : $"{nodes[0]} and {nodes.Count - 1} more nodes";

    // A word that begins a sentence begins none after a colon, unless it is a name or an abbreviation.
    private static string Lower(string sentence) =>
        sentence.StartsWith("The ", StringComparison.Ordinal) || sentence.StartsWith("A ", StringComparison.Ordinal)
            || sentence.StartsWith("It ", StringComparison.Ordinal)
            ? char.ToLowerInvariant(sentence[0]) + sentence[1..]
            : sentence;

    private static string Ended(string sentence) =>
        sentence.EndsWith('.') || sentence.EndsWith('?') || sentence.EndsWith(':') ? sentence.TrimEnd(':') : $"{sentence}.";
}
