using System.Buffers;

namespace KubeLab.Commands;

/// <summary>The quoting rules of a POSIX shell (POSIX.1-2017, Shell Command Language, 2.2), both ways.</summary>
public static class ShellWords
{
    private static readonly SearchValues<char> Plain =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789@%+=:,./-_");

    /// <summary>One word, quoted only where a shell would otherwise read it differently.</summary>
    public static string Quote(string word) =>
        word.Length > 0 && !word.AsSpan().ContainsAnyExcept(Plain) ? word : $"'{word.Replace("'", "'\\''")}'";

    /// <summary>Splits a text as a shell does, without expansions: Ansible's way with <c>ansible_ssh_common_args</c>.</summary>
    /// <exception cref="FormatException">A quotation is not closed, or the text ends in a backslash.</exception>
    public static IReadOnlyList<string> Split(string text)
    {
        var words = new List<string>();
        var word = new StringBuilder();
        var inWord = false;
        for (var i = 0; i < text.Length; i++)
        {
            var character = text[i];
            if (char.IsWhiteSpace(character))
            {
                if (inWord)
                    words.Add(word.ToString());
                word.Clear();
                inWord = false;
                continue;
            }

            inWord = true;
            i = character switch
            {
                '\'' => ReadSingleQuoted(text, i, word),
                '"' => ReadDoubleQuoted(text, i, word),
                '\\' => ReadEscaped(text, i, word),
                _ => Append(character, i, word),
            };
        }

        if (inWord)
            words.Add(word.ToString());
        return words;
    }

    private static int Append(char character, int position, StringBuilder word)
    {
        word.Append(character);
        return position;
    }

    private static int ReadSingleQuoted(string text, int start, StringBuilder word)
    {
        var end = text.IndexOf('\'', start + 1);
        if (end < 0)
            throw new FormatException($"No closing quotation mark for the ' at position {start + 1}.");
        word.Append(text, start + 1, end - start - 1);
        return end;
    }

    private static int ReadDoubleQuoted(string text, int start, StringBuilder word)
    {
        for (var i = start + 1; i < text.Length; i++)
        {
            if (text[i] == '"')
                return i;
            if (text[i] == '\\' && i + 1 < text.Length && text[i + 1] is '"' or '\\' or '$' or '`')
                i++;
            word.Append(text[i]);
        }

        throw new FormatException($"No closing quotation mark for the \" at position {start + 1}.");
    }

    private static int ReadEscaped(string text, int start, StringBuilder word)
    {
        if (start + 1 >= text.Length)
            throw new FormatException("The text ends in a backslash.");
        word.Append(text[start + 1]);
        return start + 1;
    }
}
