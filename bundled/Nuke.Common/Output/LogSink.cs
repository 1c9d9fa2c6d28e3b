using Nuke.Common.Execution;
using Serilog.Core;
using Serilog.Events;
using Serilog.Formatting.Display;

namespace Nuke.Common.Output;

/// <summary>
/// The log: shown as it comes, told to the build server, and its warnings and errors kept to be shown again at the end.
/// </summary>
internal sealed class LogSink(Invocation invocation) : ILogEventSink
{
    private const string Heading = "Errors and warnings";

    private static readonly MessageTemplateTextFormatter Level = new("[{Level:u3}]");
    private static readonly MessageTemplateTextFormatter Message = new("{Message:l}");
    private static readonly MessageTemplateTextFormatter Line =
        new("{Timestamp:HH:mm:ss} [{Level:u3}] {Message:l}{NewLine}{Exception}");

    private readonly List<(string Text, Tone Tone)> kept = [];

    /// <summary>The target that is running, which a message is about.</summary>
    public ExecutableTarget? Target { get; set; }

    public void Emit(LogEvent logEvent)
    {
        var tone = ToneOf(logEvent.Level);
        if (logEvent.Level >= LeastLevel())
            invocation.Output.WriteLine(Render(Line, logEvent).TrimEnd(), tone);
        if (logEvent.Level < LogEventLevel.Warning)
            return;

        var message = Render(Message, logEvent);
        kept.Add(($"{Render(Level, logEvent)} {(Target is null ? "" : $"{Target.Name}: ")}{message}", tone));
        invocation.Host.Report(invocation.Output, tone, message);
    }

    /// <summary>Shows the warnings and errors once more.</summary>
    public void Repeat()
    {
        if (kept.Count == 0)
            return;
        invocation.Host.BeginBlock(invocation.Output, Heading);
        foreach (var (text, tone) in kept)
            invocation.Output.WriteLine(text, tone);
        invocation.Host.EndBlock(invocation.Output, Heading);
    }

    private LogEventLevel LeastLevel() => invocation.Verbosity switch
    {
        Verbosity.Verbose => LogEventLevel.Verbose,
        Verbosity.Normal => LogEventLevel.Debug,
        Verbosity.Minimal => LogEventLevel.Warning,
        _ => LogEventLevel.Error,
    };

    private static Tone ToneOf(LogEventLevel level) => level switch
    {
        LogEventLevel.Verbose => Tone.Dim,
        LogEventLevel.Warning => Tone.Warning,
        LogEventLevel.Error or LogEventLevel.Fatal => Tone.Error,
        _ => Tone.Plain,
    };

    private static string Render(MessageTemplateTextFormatter formatter, LogEvent logEvent)
    {
        using var text = new StringWriter();
        formatter.Format(logEvent, text);
        return text.ToString();
    }
}
