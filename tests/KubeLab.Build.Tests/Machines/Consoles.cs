using Spectre.Console;

namespace KubeLab.Tests.Machines;

/// <summary>Consoles for tests.</summary>
internal static class Consoles
{
    public static ConsoleLog Silent() => Into(TextWriter.Null);

    public static ConsoleLog Into(TextWriter writer) => Create(writer, AnsiSupport.No, InteractionSupport.No);

    public static ConsoleLog OnTerminal(TextWriter writer) => Create(writer, AnsiSupport.Yes, InteractionSupport.Yes);

    private static ConsoleLog Create(TextWriter writer, AnsiSupport ansi, InteractionSupport interactive)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = ansi,
            ColorSystem = ColorSystemSupport.NoColors,
            Out = new AnsiConsoleOutput(writer),
            Interactive = interactive,
        });
        console.Profile.Width = 100;
        return new ConsoleLog(console, TimeProvider.System);
    }
}
