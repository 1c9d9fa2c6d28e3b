using System.ComponentModel;
using Nuke.Common.IO;

namespace Nuke.Common.Parameters;

/// <summary>Turns the texts that people write into what a parameter holds.</summary>
internal static class ValueConverter
{
    /// <summary>Converts the values that were given for a parameter.</summary>
    /// <param name="values">The texts, none if the name alone was given.</param>
    /// <param name="type">What the parameter holds.</param>
    /// <param name="valueOfName">What the name alone means for a switch.</param>
    /// <param name="baseDirectory">Where relative paths start.</param>
    /// <returns>The value, or null if the name alone says nothing.</returns>
    /// <exception cref="FormatException">The texts are no such value.</exception>
    public static object? Convert(IReadOnlyList<string> values, Type type, bool valueOfName, AbsolutePath baseDirectory)
    {
        if (type.IsArray)
            return ConvertAll(values, type.GetElementType()!, baseDirectory);
        type = Nullable.GetUnderlyingType(type) ?? type;
        return values.Count switch
        {
            0 => type == typeof(bool) ? valueOfName : null,
            1 => Convert(values[0], type, baseDirectory),
            _ => throw new FormatException($"takes one value, but there are {values.Count}: {string.Join(' ', values)}"),
        };
    }

    private static Array ConvertAll(IReadOnlyList<string> values, Type elementType, AbsolutePath baseDirectory)
    {
        var array = Array.CreateInstance(elementType, values.Count);
        for (var i = 0; i < values.Count; i++)
            array.SetValue(Convert(values[i], elementType, baseDirectory), i);
        return array;
    }

    private static object Convert(string text, Type type, AbsolutePath baseDirectory)
    {
        if (type == typeof(string))
            return text;
        if (type == typeof(AbsolutePath))
            return Path.IsPathRooted(text) ? AbsolutePath.Create(text) : baseDirectory / text;
        try
        {
            if (type.IsEnum)
                return ParseEnum(text, type);
            if (type == typeof(bool))
                return bool.Parse(text);
            if (type == typeof(int))
                return int.Parse(text);
            return TypeDescriptor.GetConverter(type).ConvertFromInvariantString(text)!;
        }
        catch (Exception exception)
        {
            var expected = type.IsEnum ? $"one of {string.Join(", ", Enum.GetNames(type))}" : Describe(type);
            throw new FormatException($"is '{text}', but has to be {expected}", exception);
        }
    }

    private static object ParseEnum(string text, Type type)
    {
        var value = Enum.Parse(type, text, ignoreCase: true);
        return Enum.IsDefined(type, value) ? value : throw new FormatException();
    }

    private static string Describe(Type type) => Type.GetTypeCode(type) switch
    {
        TypeCode.Boolean => "true or false",
        >= TypeCode.SByte and <= TypeCode.UInt64 => "a whole number",
        >= TypeCode.Single and <= TypeCode.Decimal => "a number",
        _ => $"a {type.Name}",
    };
}
