namespace Nuke.Common.Parameters;

/// <summary>Turns the texts that people write into what a parameter holds: a text, a list of them, a switch, a number.</summary>
internal static class ValueConverter
{
    /// <summary>Converts the values that were given for a parameter.</summary>
    /// <param name="values">The texts, none if the name alone was given.</param>
    /// <param name="type">What the parameter holds.</param>
    /// <param name="valueOfName">What the name alone means for a switch.</param>
    /// <returns>The value, or null if the name alone says nothing.</returns>
    /// <exception cref="FormatException">The texts are no such value.</exception>
    public static object? Convert(IReadOnlyList<string> values, Type type, bool valueOfName)
    {
        if (type == typeof(string[]))
            return values.ToArray();
        return values.Count switch
        {
            0 => type == typeof(bool) ? valueOfName : null,
            1 => Convert(values[0], type),
            _ => throw new FormatException($"takes one value, but there are {values.Count}: {string.Join(' ', values)}"),
        };
    }

    private static object Convert(string text, Type type)
    {
        if (type == typeof(string))
            return text;
        if (type == typeof(bool) && bool.TryParse(text, out var isOn))
            return isOn;
        if (type == typeof(int) && int.TryParse(text, out var number))
            return number;
        if (type.IsEnum && Enum.TryParse(type, text, ignoreCase: true, out var value) && Enum.IsDefined(type, value))
            return value;
        throw new FormatException($"is '{text}', but has to be {Expected(type)}");
    }

    private static string Expected(Type type) =>
        type.IsEnum ? $"one of {string.Join(", ", Enum.GetNames(type))}"
        : type == typeof(bool) ? "true or false"
        : "a whole number";
}
