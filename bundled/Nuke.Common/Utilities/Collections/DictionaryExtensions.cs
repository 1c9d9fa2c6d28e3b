namespace Nuke.Common.Utilities.Collections;

/// <summary>Dictionaries, filled in one expression.</summary>
public static class DictionaryExtensions
{
    /// <summary>Adds a pair.</summary>
    public static Dictionary<TKey, TValue> AddPair<TKey, TValue>(
        this Dictionary<TKey, TValue> dictionary, TKey key, TValue value = default!)
        where TKey : notnull
    {
        dictionary.Add(key, value);
        return dictionary;
    }

    /// <summary>Adds a value as text.</summary>
    public static Dictionary<TKey, string> AddPair<TKey, TValue>(
        this Dictionary<TKey, string> dictionary, TKey key, TValue value = default!)
        where TKey : notnull
    {
        dictionary.Add(key, value?.ToString() ?? "");
        return dictionary;
    }
}
