using System.Text;

namespace CliWrap;

/// <summary>Where a command's standard output or standard error goes.</summary>
public abstract class PipeTarget
{
    private protected PipeTarget()
    {
    }

    /// <summary>Nowhere: what the command says is read and dropped.</summary>
    public static PipeTarget Null { get; } = Merge();

    /// <summary>The bytes as they are, into a stream that stays open.</summary>
    public static PipeTarget ToStream(Stream stream) => new SinkFactory(() => new StreamSink(stream, ownsStream: false));

    /// <summary>The bytes as they are, into a file that is made anew.</summary>
    public static PipeTarget ToFile(string filePath) => new SinkFactory(() => new StreamSink(File.Create(filePath), ownsStream: true));

    /// <summary>The text, appended to a builder.</summary>
    public static PipeTarget ToStringBuilder(StringBuilder stringBuilder, Encoding encoding) =>
        new SinkFactory(() => new TextSink(encoding, text =>
        {
            stringBuilder.Append(text.Span);
            return ValueTask.CompletedTask;
        }));

    /// <summary>The text in the console's encoding, appended to a builder.</summary>
    public static PipeTarget ToStringBuilder(StringBuilder stringBuilder) => ToStringBuilder(stringBuilder, Console.OutputEncoding);

    /// <summary>Each line as it comes; the command waits while the line is handled.</summary>
    public static PipeTarget ToDelegate(Func<string, Task> handleLineAsync) =>
        new SinkFactory(() => new LineSink(Console.OutputEncoding, handleLineAsync));

    /// <summary>Each line as it comes; the command waits while the line is handled.</summary>
    public static PipeTarget ToDelegate(Action<string> handleLine) => ToDelegate(line =>
    {
        handleLine(line);
        return Task.CompletedTask;
    });

    /// <summary>Several targets, each of which gets everything.</summary>
    public static PipeTarget Merge(params PipeTarget[] targets) =>
        new SinkFactory(() => new MergedSink([.. targets.Select(target => target.Open())]));

    /// <summary>Begins one transfer: decoders and open files belong to it, not to the target, which can be used again.</summary>
    internal abstract PipeSink Open();

    private sealed class SinkFactory(Func<PipeSink> open) : PipeTarget
    {
        internal override PipeSink Open() => open();
    }
}
