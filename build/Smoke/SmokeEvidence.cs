namespace KubeLab.Smoke;

/// <summary>What a failed check brings: a description, events, the end of a log.</summary>
/// <param name="Title">What it is, usually the command that shows it.</param>
/// <param name="Text">The text itself.</param>
public sealed record SmokeEvidence(string Title, string Text);
