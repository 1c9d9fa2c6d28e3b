namespace KubeLab.Ansible;

/// <summary>Reads what Ansible warns of: <c>[WARNING]: </c>, broken after 79 columns.</summary>
public static class InventoryWarnings
{
    private const string Start = "[WARNING]: ";

    /// <summary>The warnings, each in one line.</summary>
    /// <param name="said">What Ansible wrote to standard error.</param>
    public static IReadOnlyList<string> Of(string said) =>
        [.. said.Replace("\r", "").Split(Start).Skip(1).Select(OneLine).Where(warning => warning.Length > 0).Distinct()];

    // It ends where something else begins: another mark, or nothing.
    private static string OneLine(string text)
    {
        var lines = text.Split('\n').TakeWhile((line, index) => index == 0
            || (line.Length > 0 && line[0] != '[' && !line.StartsWith("ERROR!", StringComparison.Ordinal)));
        var words = lines.Aggregate("", (before, line) => before.Length == 0 ? line : before.EndsWith('-') ? before + line
            : $"{before} {line}");
        return words.Trim();
    }
}
