using System.Text;

namespace CliWrap;

/// <summary>Where a command's standard output or standard error goes.</summary>
public abstract class PipeTarget
{
    private protected PipeTarget()
    {
    }

    /// <summary>Nowhere: the pipe is closed, so that a command that writes to it all the same finds it broken.</summary>
    public static PipeTarget Null { get; } = Merge();

    /// <summary>The bytes as they are, into a stream that stays open.</summary>
    public static PipeTarget ToStream(Stream stream) => new SinkFactory(() => new StreamSink(stream));

    /// <summary>The text in the console's encoding, appended to a builder.</summary>
    public static PipeTarget ToStringBuilder(StringBuilder stringBuilder) =>
        new SinkFactory(() => new TextSink(Console.OutputEncoding, text => stringBuilder.Append(text)));

    /// <summary>Each line as it comes, without its end; the command waits while the line is handled.</summary>
    public static PipeTarget ToDelegate(Action<string> handleLine) =>
        new SinkFactory(() => new LineSink(Console.OutputEncoding, handleLine));

    /// <summary>Several targets, each of which gets everything.</summary>
    public static PipeTarget Merge(params PipeTarget[] targets) =>
        new SinkFactory(() => new MergedSink([.. targets.Select(target => target.Open())]));

    /// <summary>Begins one transfer: what it has read in part belongs to it, so that the target can be used again.</summary>
    internal abstract PipeSink Open();

    private sealed class SinkFactory(Func<PipeSink> open) : PipeTarget
    {
        internal override PipeSink Open() => open();
    }
}
