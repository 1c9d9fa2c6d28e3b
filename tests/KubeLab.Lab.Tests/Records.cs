namespace KubeLab.Lab.Tests;

/// <summary>The records of a cluster's runs, as they are now.</summary>
/// <param name="folder">Their folder, which need not be there yet.</param>
public sealed class Records(string folder)
{
    private readonly HashSet<string> before = [.. In(folder)];

    /// <summary>The record that has come since; null as long as there is none.</summary>
    public string? New => In(folder).Except(before, StringComparer.Ordinal).Order(StringComparer.Ordinal).FirstOrDefault();

    private static string[] In(string folder) => Directory.Exists(folder) ? Directory.GetDirectories(folder) : [];
}
