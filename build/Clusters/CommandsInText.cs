namespace KubeLab.Clusters;

/// <summary>
/// Names the cluster in the commands that a text tells people to type: without its name, <c>./build.sh Deploy</c> is about the
/// default one.
/// </summary>
/// <param name="inventory">What was asked for with <c>--inventory</c>, from wherever it came.</param>
/// <param name="defaultInventory">What a command without it is about.</param>
public sealed partial class CommandsInText(string inventory, string defaultInventory)
{
    // In JSON as well as on a line of its own.
    private readonly bool canBeSaid = inventory != defaultInventory && inventory.AsSpan().IndexOfAny('"', '\\', '\n') < 0;

    /// <summary>The text, with the cluster named in each command that names none.</summary>
    public string Complete(string text) => !canBeSaid || !text.Contains("./build.sh ")
        ? text
        : Command().Replace(text, match => $"{match.Value} --inventory {ShellWords.Quote(inventory)}");

    // Targets come first. The words behind them may hold the option already, up to the end of the command.
    [GeneratedRegex(
        """\./build\.sh [A-Z][A-Za-z]+( [A-Z][A-Za-z]+)*(?![A-Za-z])(?![^\n`]* --inventory)(?! -{1,2}help)""",
        RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 60_000)]
    private static partial Regex Command();
}
