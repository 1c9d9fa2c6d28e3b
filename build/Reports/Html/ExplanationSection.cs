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

    private static Markup Card(Explanation explanation)
    {
        Markup task = $"<p class=\"where\">in <b>{explanation.Task}</b> <code>{explanation.TaskFile}</code></p>";
        var because = explanation.Because.Length == 0 ? "" : $"; {explanation.Because}";
        var resume = explanation.ResumeCommand is { } command ? HtmlParts.Command(command) : Markup.None;
        return $"""
            <article class="card bad"><h3>{explanation.Title}</h3>
            {HtmlParts.If(explanation.Nodes.Count > 0, $"<p class=\"on\">on {string.Join(", ", explanation.Nodes)}</p>")}
            {HtmlParts.If(explanation.Task is not null, task)}
            {HtmlParts.If(explanation.Occasion is not null, $"<p class=\"quiet\">So: {explanation.Occasion}</p>")}
            {HtmlParts.Paragraphs(explanation.Meaning)}
            <p class="quiet">Sure: {explanation.CertaintyInWords}{because}</p>
            <div class="remedy"><h4>What to do</h4>{HtmlParts.Paragraphs(explanation.Remedy)}{resume}</div>
            {Markup.Join(explanation.Or, Possibility)}
            {Evidence(explanation)}
            {HtmlParts.If(explanation.Links.Count > 0, $"<ul class=\"links\">{Markup.Join(explanation.Links, Link)}</ul>")}
            </article>
            """;
    }

    private static Markup Possibility(Possibility other)
    {
        Markup text = $"{HtmlParts.Paragraphs(other.Meaning)}{HtmlParts.Paragraphs(other.Remedy)}";
        return $"<div class=\"remedy\"><h4>Or: {other.Title}</h4>{text}</div>";
    }

    private static Markup Evidence(Explanation explanation)
    {
        var withheld = HtmlParts.If(
            explanation.IsCensored, $"<p class=\"quiet\">The task's result is withheld by no_log.</p>");
        var source = HtmlParts.If(explanation.Source.Length > 0, $"<p class=\"quiet\">{explanation.Source}</p>");
        return explanation.Evidence.Length == 0
            ? withheld
            : $"{withheld}{HtmlParts.Folded("What was said", $"{source}<pre tabindex=\"0\">{explanation.Evidence}</pre>")}";
    }

    private static Markup Link(string link) => $"<li><a href=\"{link}\" rel=\"noreferrer\">{link}</a></li>";

    private static Markup Failure(TargetFailure failure, bool isExplained)
    {
        Markup remedy = $"<div class=\"remedy\"><h4>What to do</h4><pre tabindex=\"0\">{failure.Remedy}</pre></div>";
        Markup text = $"<pre tabindex=\"0\">{failure.Message}</pre>{HtmlParts.If(failure.Remedy is not null, remedy)}";
        return isExplained
            ? HtmlParts.Folded($"What {failure.Target} said", text)
            : $"""<article class="card bad"><h3>{failure.Target} failed</h3>{text}</article>""";
    }
}
