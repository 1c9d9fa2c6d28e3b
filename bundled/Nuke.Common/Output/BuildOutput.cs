using System.Text;

namespace Nuke.Common.Output;

/// <summary>What a line is, which a terminal shows as a colour.</summary>
internal enum Tone
{
    Plain,
    Dim,
    Heading,
    Success,
    Warning,
    Error,
}

/// <summary>Everything that the build engine writes, line by line.</summary>
/// <param name="writer">Where it goes.</param>
/// <param name="coloured">Whether it is a terminal that shows colours.</param>
internal sealed class BuildOutput(TextWriter writer, bool coloured)
{
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

    /// <summary>Writes a line, or several.</summary>
    public void WriteLine(string text = "", Tone tone = Tone.Plain) =>
        writer.WriteLine(coloured && text.Length > 0 && Colour(tone) is { } colour ? $"\e[{colour}m{text}\e[0m" : text);

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
