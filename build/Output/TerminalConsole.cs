using Spectre.Console;

namespace KubeLab.Output;

/// <summary>The console of this process: colours only on a terminal and never under NO_COLOR (no-color.org).</summary>
public static class TerminalConsole
{
    // Without a terminal nothing is wrapped: a log is searched by line.
    private const int WidthWithoutTerminal = 1000;

    /// <summary>Creates the console.</summary>
    public static IAnsiConsole Create()
    {
        var plain = System.Console.IsOutputRedirected || Environment.GetEnvironmentVariable("NO_COLOR") is { Length: > 0 }
            || Environment.GetEnvironmentVariable("TERM") == "dumb";
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = plain ? AnsiSupport.No : AnsiSupport.Detect,
            ColorSystem = plain ? ColorSystemSupport.NoColors : ColorSystemSupport.Detect,
            Interactive = plain ? InteractionSupport.No : InteractionSupport.Detect,
        });
        if (System.Console.IsOutputRedirected)
            console.Profile.Width = WidthWithoutTerminal;
        return console;
    }
}
