using System.Text;

namespace CliWrap.Builders;

/// <summary>Puts together a command's arguments, one by one.</summary>
public class ArgumentsBuilder
{
    private readonly StringBuilder line = new();

    /// <summary>Adds an argument that reaches the program as it is.</summary>
    public ArgumentsBuilder Add(string value)
    {
        if (line.Length > 0)
            line.Append(' ');
        AppendQuoted(value);
        return this;
    }

    /// <summary>Adds several arguments.</summary>
    public ArgumentsBuilder Add(IEnumerable<string> values)
    {
        foreach (var value in values)
            Add(value);
        return this;
    }

    /// <summary>The arguments as one line.</summary>
    public string Build() => line.ToString();

    // .NET splits ProcessStartInfo.Arguments everywhere by the rules of the Microsoft C runtime
    // (https://learn.microsoft.com/cpp/c-language/parsing-c-command-line-arguments): inside quotation marks a backslash
    // only has a meaning before a quotation mark, and there each one has to be doubled.
    private void AppendQuoted(string value)
    {
        if (value.Length > 0 && !value.Any(character => char.IsWhiteSpace(character) || character == '"'))
        {
            line.Append(value);
            return;
        }

        line.Append('"');
        var backslashes = 0;
        foreach (var character in value)
        {
            if (character == '"')
                line.Append('\\', backslashes + 1);
            backslashes = character == '\\' ? backslashes + 1 : 0;
            line.Append(character);
        }

        line.Append('\\', backslashes).Append('"');
    }
}
