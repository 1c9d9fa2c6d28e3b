using System.Text;

namespace CliWrap;

/// <summary>Bytes into text; a character whose bytes come apart is put together again.</summary>
internal sealed class TextSink(Encoding encoding, Func<ReadOnlyMemory<char>, ValueTask> handle) : PipeSink
{
    private readonly Decoder decoder = encoding.GetDecoder();

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken) => DecodeAsync(bytes, flush: false);

    public override ValueTask CompleteAsync(CancellationToken cancellationToken) => DecodeAsync(default, flush: true);

    private async ValueTask DecodeAsync(ReadOnlyMemory<byte> bytes, bool flush)
    {
        var characters = new char[encoding.GetMaxCharCount(bytes.Length)];
        var count = decoder.GetChars(bytes.Span, characters, flush);
        if (count > 0)
            await handle(characters.AsMemory(0, count));
    }
}
