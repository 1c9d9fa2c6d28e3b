namespace CliWrap;

/// <summary>The same bytes into several sinks, one after the other.</summary>
internal sealed class MergedSink(IReadOnlyList<PipeSink> sinks) : PipeSink
{
    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        foreach (var sink in sinks)
            await sink.WriteAsync(bytes, cancellationToken);
    }

    public override void Complete()
    {
        foreach (var sink in sinks)
            sink.Complete();
    }
}
