using KubeLab.Reports;
using Spectre.Console;

namespace KubeLab.Tests.Machines;

/// <summary>Consoles for tests.</summary>
internal static class Consoles
{
    public static ConsoleLog Silent() => Into(TextWriter.Null);

    public static ConsoleLog Into(TextWriter writer)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.No,
            ColorSystem = ColorSystemSupport.NoColors,
            Out = new AnsiConsoleOutput(writer),
            Interactive = InteractionSupport.No,
        });
        console.Profile.Width = 100;
        return new ConsoleLog(console, TimeProvider.System);
    }
}
