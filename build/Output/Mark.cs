namespace KubeLab.Output;

/// <summary>How something ended, at a glance: the same marks on the console, in Markdown and in HTML.</summary>
public sealed record Mark(string Sign, string Emoji, string Name, string Words, string Colour)
{
    /// <summary>It holds, or was done.</summary>
    public static Mark Passed { get; } = new("✓", "✅", "pass", "passed", "green");

    /// <summary>It does not hold, or failed.</summary>
    public static Mark Failed { get; } = new("✗", "❌", "fail", "failed", "red");

    /// <summary>It deserves a second look, or was cut off.</summary>
    public static Mark Warning { get; } = new("!", "⚠️", "warn", "warning", "yellow");

    /// <summary>It was not looked at, or not done.</summary>
    public static Mark Skipped { get; } = new("-", "➖", "skip", "skipped", "grey");
}
