using Spectre.Console;

namespace KubeLab.Output;

/// <summary>What a person reads while a target works: colours on a terminal without NO_COLOR, else plain lines.</summary>
public sealed partial class ConsoleLog(IAnsiConsole console, TimeProvider time)
{
    private const int LongestLine = 20_000;
    private static readonly TimeSpan HeartbeatEvery = TimeSpan.FromSeconds(15);

    /// <summary>The console that tables are written to.</summary>
    public IAnsiConsole Console { get; } = console;

    /// <summary>Whether what was shown can be drawn over, as on a terminal.</summary>
    public bool CanRedraw => Console.Profile.Capabilities is { Interactive: true, Ansi: true };

    /// <summary>Where each line is repeated as plain text, such as a run's record; null for nowhere.</summary>
    public Action<string>? Transcript { get; set; }

    /// <summary>Takes secrets out of what is shown.</summary>
    public Func<string, string> Mask { get; init; } = text => text;

    /// <summary>Says something as a line.</summary>
    public void Info(string text) => Write(text, null);

    /// <summary>Says that something was done or holds.</summary>
    public void Done(string text) => Say(Mark.Passed, text);

    /// <summary>Says something that deserves a second look but stops nothing.</summary>
    public void Warning(string text) => Say(Mark.Warning, text);

    /// <summary>Says that something failed.</summary>
    public void Failure(string text) => Say(Mark.Failed, text);

    /// <summary>Says how something ended.</summary>
    public void Say(Mark mark, string text) => Write($"{mark.Sign} {text}", mark.Colour);

    /// <summary>Says something that only those look at who want to know.</summary>
    public void Detail(string text) => Write(text, "grey");

    /// <summary>Shows a command as it could be pasted.</summary>
    public void Command(CommandLine command) => Write($"$ {command.With(Mask)}", "grey");

    /// <summary>Writes a line of KubeLab's own as it is: a command that a CI service understands.</summary>
    public void Verbatim(string text) => Console.WriteLine(text);

    /// <summary>A text as a table shows it, whose cells are broken into lines wherever they are too long.</summary>
    internal string Cell(string text) => Wrappable(PlainText.Of(Mask(text)));

    /// <summary>Writes what Spectre.Console renders, of texts that were masked and can steer nothing.</summary>
    public void Render(Spectre.Console.Rendering.IRenderable renderable) => Console.Write(renderable);

    /// <summary>Waits for work and shows that it goes on: at once what it is, and then the time passed, every 15 s.</summary>
    public async Task<T> WatchAsync<T>(string what, Task<T> work, Func<string?>? progress = null)
    {
        var started = time.GetTimestamp();
        Info($"{what} …");
        while (await Task.WhenAny(work, Task.Delay(HeartbeatEvery, time)) != work)
        {
            var now = progress?.Invoke() is { Length: > 0 } text ? $": {text}" : "";
            Detail($"  … {Elapsed(time.GetElapsedTime(started))}{now}");
        }

        return await work;
    }

    /// <summary>A time span as people write it: <c>0.4 s</c>, <c>12 s</c>, <c>3 min 05 s</c>.</summary>
    public static string Elapsed(TimeSpan span) => span.TotalSeconds switch
    {
        < 10 => $"{span.TotalSeconds:0.0} s",
        < 60 => $"{span.TotalSeconds:0} s",
        _ => $"{(int)span.TotalMinutes} min {span.Seconds:00} s",
    };

    private void Write(string text, string? style)
    {
        var shown = Inert(Mask(text));
        // Where there is nothing to wrap or to colour: a log of ten thousand lines is no rarity.
        if (!Console.Profile.Out.IsTerminal && (shown.Length < Console.Profile.Width || !Console.Profile.Capabilities.Ansi))
            Console.Profile.Out.Writer.WriteLine(shown);
        else
            Console.WriteLine(Wrappable(shown), style is null ? Style.Plain : Style.Parse(style));
        Transcript?.Invoke(shown);
    }

    private static string Wrappable(string text) => AnyCommand().Replace(text, match => match.Value.Insert(1, "\\"));

    /// <summary>What a task or a node says must not steer the terminal, nor become a CI service's command at a line's
    /// beginning.</summary>
    internal static string Inert(string text)
    {
        var plain = text.Length > LongestLine || text.AsSpan().ContainsAnyExceptInRange(' ', '~')
            ? PlainText.Of(text, LongestLine)
            : text;
        return plain.Contains("::") || plain.Contains("##")
            ? WorkflowCommand().Replace(plain, "${before}\\")
            : plain;
    }

    // Where a command breaks. GitHub takes ::error:: at a line's beginning and ##[error] anywhere, as Azure Pipelines does with
    // ##vso[…] and TeamCity with ##teamcity[…].
    [GeneratedRegex(@"(?<before>^[ \t]*)(?=::)|(?<before>#)(?=#(vso|teamcity)?\[)",
        RegexOptions.Multiline | RegexOptions.ExplicitCapture | RegexOptions.IgnoreCase, matchTimeoutMilliseconds: 60_000)]
    private static partial Regex WorkflowCommand();

    // Where a line may begin anywhere: but for addresses, as fd00::1, two colons before a word.
    [GeneratedRegex(@"::(?=[a-z][a-z-]*(::|\s|$))|##(?=(vso|teamcity)?\[)",
        RegexOptions.ExplicitCapture | RegexOptions.IgnoreCase, matchTimeoutMilliseconds: 60_000)]
    private static partial Regex AnyCommand();
}

/// <summary>The console of this process: colours only on a terminal and never under NO_COLOR (no-color.org).</summary>
public static class TerminalConsole
{
    // Without a terminal nothing is wrapped: a log is searched by line.
    private const int WidthWithoutTerminal = 1000;

    /// <summary>Whether it shows no colours.</summary>
    public static bool IsPlain => System.Console.IsOutputRedirected
        || Environment.GetEnvironmentVariable("NO_COLOR") is { Length: > 0 }
        || Environment.GetEnvironmentVariable("TERM") == "dumb";

    /// <summary>Creates the console.</summary>
    /// <param name="output">Where it writes; null for standard output.</param>
    public static IAnsiConsole Create(TextWriter? output = null)
    {
        var plain = IsPlain || output is not null;
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = plain ? AnsiSupport.No : AnsiSupport.Detect,
            ColorSystem = plain ? ColorSystemSupport.NoColors : ColorSystemSupport.Detect,
            Interactive = plain ? InteractionSupport.No : InteractionSupport.Detect,
            Out = output is null ? null : new AnsiConsoleOutput(output),
        });
        if (output is not null || System.Console.IsOutputRedirected)
            console.Profile.Width = WidthWithoutTerminal;
        return console;
    }
}
