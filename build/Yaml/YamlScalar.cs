namespace KubeLab.Yaml;

/// <summary>Gives a YAML scalar the type that Ansible gives it: YAML 1.1's, as PyYAML reads it.</summary>
public static partial class YamlScalar
{
    /// <summary>The value of a scalar, as JSON.</summary>
    /// <param name="quoted">Whether it was written in quotes or as a block, which makes it text.</param>
    public static JsonElement ToJson(string text, bool quoted)
    {
        if (quoted)
            return JsonSerializer.SerializeToElement(text);
        return text switch
        {
            "" or "~" or "null" or "Null" or "NULL" => JsonSerializer.SerializeToElement<object?>(null),
            "yes" or "Yes" or "YES" or "true" or "True" or "TRUE" or "on" or "On" or "ON" =>
                JsonSerializer.SerializeToElement(true),
            "no" or "No" or "NO" or "false" or "False" or "FALSE" or "off" or "Off" or "OFF" =>
                JsonSerializer.SerializeToElement(false),
            _ => Number(text) is { } number ? JsonSerializer.SerializeToElement(number) : JsonSerializer.SerializeToElement(text),
        };
    }

    private static decimal? Number(string text) =>
        PlainNumber().IsMatch(text)
        && decimal.TryParse(text.Replace("_", ""), NumberStyles.Float, null, out var number) ? number : null;

    // Octal, hexadecimal and base-60 numbers are numbers too for YAML 1.1; no variable that a rule reads is written so.
    [GeneratedRegex(@"^[-+]?(0|[1-9][0-9_]*)(\.[0-9_]*)?$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 60_000)]
    private static partial Regex PlainNumber();
}
