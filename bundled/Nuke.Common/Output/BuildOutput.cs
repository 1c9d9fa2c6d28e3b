using System.Text;

namespace Nuke.Common.Output;

/// <summary>Everything that the build engine writes, line by line, with the secrets masked.</summary>
/// <param name="writer">Where it goes.</param>
/// <param name="coloured">Whether it is a terminal that shows colours.</param>
internal sealed class BuildOutput(TextWriter writer, bool coloured)
{
    private readonly List<string> secrets = [];

    /// <summary>
    /// The console: coloured if it is a terminal that can show it, and nobody objects (https://no-color.org).
    /// </summary>
    public static BuildOutput ToConsole()
    {
        if (Console.OutputEncoding.CodePage != Encoding.UTF8.CodePage)
            Console.OutputEncoding = Encoding.UTF8;
        var coloured = !Console.IsOutputRedirected
            && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"))
            && Environment.GetEnvironmentVariable("TERM") != "dumb";
        return new BuildOutput(Console.Out, coloured);
    }

    /// <summary>From now on this text is not shown, nor any line of it that is long enough to be recognised.</summary>
    public void Mask(string secret)
    {
        const int Recognisable = 8;
        if (string.IsNullOrWhiteSpace(secret))
            return;
        secrets.Add(secret);
        secrets.AddRange(secret.Split('\n').Select(line => line.Trim()).Where(line => line.Length >= Recognisable));
        secrets.Sort((one, other) => other.Length.CompareTo(one.Length));
    }

    /// <summary>Writes a line, or several.</summary>
    public void WriteLine(string text = "", Tone tone = Tone.Plain)
    {
        foreach (var secret in secrets)
            text = text.Replace(secret, "***", StringComparison.Ordinal);
        writer.WriteLine(coloured && text.Length > 0 && Colour(tone) is { } colour ? $"\e[{colour}m{text}\e[0m" : text);
    }

    // ECMA-48, SGR: the eight basic colours follow the terminal's own scheme.
    private static string? Colour(Tone tone) => tone switch
    {
        Tone.Dim => "90",
        Tone.Heading => "1;36",
        Tone.Success => "32",
        Tone.Warning => "33",
        Tone.Error => "31",
        _ => null,
    };
}
