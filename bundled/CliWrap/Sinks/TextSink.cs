using System.Text;

namespace CliWrap;

/// <summary>Bytes into text; a character whose bytes come apart is put together again.</summary>
internal sealed class TextSink(Encoding encoding, TextSink.Handler handle) : PipeSink
{
    private readonly Decoder decoder = encoding.GetDecoder();

    public delegate void Handler(ReadOnlySpan<char> text);

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        Decode(bytes.Span, flush: false);
        return ValueTask.CompletedTask;
    }

    public override void Complete() => Decode([], flush: true);

    private void Decode(ReadOnlySpan<byte> bytes, bool flush)
    {
        var text = new char[encoding.GetMaxCharCount(bytes.Length)];
        var length = decoder.GetChars(bytes, text, flush);
        if (length > 0)
            handle(text.AsSpan(0, length));
    }
}
