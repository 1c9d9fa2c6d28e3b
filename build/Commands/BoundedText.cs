using System.Buffers;

namespace KubeLab.Commands;

/// <summary>The first bytes that a command says; the rest is read and dropped, so that no command can fill the memory.</summary>
/// <param name="limit">How many bytes are kept.</param>
/// <param name="onRead">Is told whenever something comes, kept or not; null for nobody.</param>
public sealed class BoundedText(int limit, Action? onRead = null)
{
    private readonly ArrayBufferWriter<byte> kept = new();

    /// <summary>What was kept, as UTF-8 text; invalid bytes become replacement characters.</summary>
    public string Text => Encoding.UTF8.GetString(kept.WrittenSpan);

    /// <summary>Reads a stream to its end.</summary>
    public async Task ReadAsync(Stream stream, CancellationToken cancellationToken)
    {
        var buffer = new byte[81920];
        while (await stream.ReadAsync(buffer, cancellationToken) is > 0 and var count)
        {
            kept.Write(buffer.AsSpan(0, Math.Min(count, limit - kept.WrittenCount)));
            onRead?.Invoke();
        }
    }
}
