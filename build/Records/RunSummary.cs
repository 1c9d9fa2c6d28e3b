using System.Text;

namespace KubeLab.Records;

/// <summary>
/// The summary of a run for people, in Markdown: it grows as the run goes on, so that a run that ends early, in whatever way,
/// leaves one too.
/// </summary>
public sealed class RunSummary(RunRecord record)
{
    /// <summary>Adds a section that is Markdown already.</summary>
    public void Add(string markdown) => record.Append("summary.md", $"{markdown.TrimEnd()}\n\n");

    /// <summary>Adds that a target failed, with what it said.</summary>
    /// <param name="message">What it said; shown as it is, whatever it contains.</param>
    public void AddFailure(string target, string message)
    {
        var text = new StringBuilder().Append("### ").Append(MarkdownText.Inline(target)).Append(" failed\n\n");
        // An indented block needs no fence that the message could close.
        foreach (var line in message.Split('\n').Take(60))
            text.Append("    ").Append(line.TrimEnd('\r')).Append('\n');
        Add(text.ToString());
    }
}
