using KubeLab.Diagnosis;
using KubeLab.Records;

namespace KubeLab.Reports;

/// <summary>Why the run failed.</summary>
internal static class ExplanationSection
{
    public static Markup Write(RunReport report)
    {
        // Explained failures say it better than the target's own words, which then are one fold away.
        var said = (report.Outcome?.Failures ?? []).Select(failure => Failure(failure, report.Explanations.Count > 0)).ToList();
        var cards = report.Explanations.Select(Card).Concat(said).ToList();
        return HtmlParts.Section("cause", "What went wrong", cards.Count == 0 ? null : Markup.Join(cards));
    }

    private static Markup Card(Explanation explanation) => $"""
        <article class="card bad"><h3>{explanation.Title}</h3>
        {(explanation.Nodes.Count == 0 ? Markup.None : HtmlParts.Of($"<p class=\"on\">on {string.Join(", ", explanation.Nodes)}</p>"))}
        {(explanation.Task is null ? Markup.None : HtmlParts.Of($"<p class=\"where\">in <b>{explanation.Task}</b> <code>{explanation.TaskFile}</code></p>"))}
        {(explanation.Occasion is null ? Markup.None : HtmlParts.Of($"<p class=\"quiet\">So: {explanation.Occasion}</p>"))}
        {HtmlParts.Paragraphs(explanation.Meaning)}
        <p class="quiet">Sure: {explanation.CertaintyInWords}{(explanation.Because.Length == 0 ? "" : $". {explanation.Because}")}</p>
        <div class="remedy"><h4>What to do</h4>{HtmlParts.Paragraphs(explanation.Remedy)}{(explanation.ResumeCommand is null ? Markup.None : HtmlParts.Command(explanation.ResumeCommand))}</div>
        {Markup.Join(explanation.Or.Select(Possibility))}
        {Evidence(explanation)}
        {(explanation.Links.Count == 0 ? Markup.None : HtmlParts.Of($"<ul class=\"links\">{Markup.Join(explanation.Links.Select(Link))}</ul>"))}
        </article>
        """;

    private static Markup Possibility(Possibility other) =>
        $"<div class=\"remedy\"><h4>Or: {other.Title}</h4>{HtmlParts.Paragraphs(other.Meaning)}{HtmlParts.Paragraphs(other.Remedy)}</div>";

    private static Markup Evidence(Explanation explanation)
    {
        var withheld = explanation.IsCensored
            ? HtmlParts.Of($"<p class=\"quiet\">The task's result is withheld by no_log.</p>")
            : Markup.None;
        var source = explanation.Source.Length == 0 ? Markup.None : HtmlParts.Of($"<p class=\"quiet\">{explanation.Source}</p>");
        return explanation.Evidence.Length == 0
            ? withheld
            : $"{withheld}{HtmlParts.Folded("What was said", $"{source}<pre tabindex=\"0\">{explanation.Evidence}</pre>")}";
    }

    private static Markup Link(string link) => $"<li><a href=\"{link}\" rel=\"noreferrer\">{link}</a></li>";

    private static Markup Failure(TargetFailure failure, bool isExplained)
    {
        Markup text = $"<pre tabindex=\"0\">{failure.Message}</pre>{(failure.Remedy is null ? Markup.None : HtmlParts.Of($"<div class=\"remedy\"><h4>What to do</h4><pre tabindex=\"0\">{failure.Remedy}</pre></div>"))}";
        return isExplained
            ? HtmlParts.Folded($"What {failure.Target} said", text)
            : $"""<article class="card bad"><h3>{failure.Target} failed</h3>{text}</article>""";
    }
}
