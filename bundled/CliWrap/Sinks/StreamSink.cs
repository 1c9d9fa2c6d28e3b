namespace CliWrap;

/// <summary>Bytes into a stream, at once: whoever watches the stream sees them as they come.</summary>
internal sealed class StreamSink(Stream stream) : PipeSink
{
    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        await stream.WriteAsync(bytes, cancellationToken);
        await stream.FlushAsync(cancellationToken);
    }
}
