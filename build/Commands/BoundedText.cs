using System.Text;

namespace KubeLab.Commands;

/// <summary>A stream that keeps the first bytes written to it and drops the rest, so that no command can fill the memory.</summary>
/// <param name="onWrite">Is told whenever something comes, kept or not; null for nobody.</param>
internal sealed class BoundedText(int limit, Action? onWrite = null) : Stream
{
    private readonly MemoryStream kept = new();

    /// <summary>What was kept, as UTF-8 text; invalid bytes become replacement characters.</summary>
    public string Text => Encoding.UTF8.GetString(kept.GetBuffer(), 0, (int)kept.Length);

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => kept.Length;

    public override long Position { get => kept.Position; set => throw new NotSupportedException(); }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        kept.Write(buffer[..(int)Math.Min(buffer.Length, limit - kept.Length)]);
        onWrite?.Invoke();
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Write(buffer.Span);
        return ValueTask.CompletedTask;
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            kept.Dispose();
        base.Dispose(disposing);
    }
}
