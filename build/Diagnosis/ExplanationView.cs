namespace KubeLab.Diagnosis;

/// <summary>Shows an explanation on the console.</summary>
internal sealed class ExplanationView(ConsoleLog log)
{
    private const int LinesOfEvidence = 15;

    /// <summary>Writes an explanation: what failed, where, what was said, what it means and what to do.</summary>
    public void Show(Explanation explanation)
    {
        log.Info("");
        log.Failure(InOneLine(explanation));
        if (explanation.Task is not null)
            Part("task", explanation.Task);
        if (explanation.TaskFile is not null)
            Part("at", explanation.TaskFile);
        if (explanation.Source.Length > 0)
            Part("from", explanation.Source);
        var evidence = explanation.Evidence.Trim().Split('\n');
        // What nobody knows is shown in full; what is known, only so far as it takes to see that it is so.
        var shown = explanation.Signature is null ? evidence.Length : LinesOfEvidence;
        if (explanation.Evidence.Length > 0)
            Part("said", string.Join('\n', evidence.Length > shown ? [.. evidence.Take(shown), "…"] : evidence));
        if (explanation.Occasion is not null)
            Part("so", explanation.Occasion);
        Part("means", explanation.Meaning);
        if (explanation.Because.Length > 0)
            Part("as", explanation.Because);
        Part("sure", explanation.CertaintyInWords);
        Part("do", explanation.Remedy);
        foreach (var other in explanation.Or)
            Part("or", $"{other.Title}. {other.Meaning}\n{other.Remedy}");
        if (explanation.ResumeCommand is not null)
            Part("then", explanation.ResumeCommand);
        foreach (var link in explanation.Links)
            Part("see", link);
    }

    /// <summary>An explanation in one line: the nodes, and what happened.</summary>
    public static string InOneLine(Explanation explanation) =>
        explanation.Nodes.Count == 0 ? explanation.Title : $"{string.Join(", ", explanation.Nodes)}: {explanation.Title}";

    private void Part(string name, string text)
    {
        var lines = text.Split('\n');
        for (var line = 0; line < lines.Length; line++)
            log.Info($"  {(line == 0 ? name : ""),-6} {lines[line].TrimEnd()}");
    }
}
