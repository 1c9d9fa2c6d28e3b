namespace Nuke.Common.Utilities.Collections;

/// <summary>Dictionaries, filled in one expression.</summary>
public static class DictionaryExtensions
{
    /// <summary>Adds a value as text: <c>ReportSummary(summary => summary.AddPair("Nodes", 3))</c>.</summary>
    public static Dictionary<TKey, string> AddPair<TKey, TValue>(
        this Dictionary<TKey, string> dictionary, TKey key, TValue value = default!)
        where TKey : notnull
    {
        dictionary.Add(key, value?.ToString() ?? "");
        return dictionary;
    }
}
