using System.Text;

namespace CliWrap;

/// <summary>Bytes into lines, which end in LF, CR LF or CR; the last one need not end in anything.</summary>
internal sealed class LineSink : PipeSink
{
    private readonly Func<string, Task> handleLine;
    private readonly TextSink text;
    private readonly StringBuilder line = new();
    private bool endedInCarriageReturn;

    public LineSink(Encoding encoding, Func<string, Task> handleLine)
    {
        this.handleLine = handleLine;
        text = new TextSink(encoding, SplitAsync);
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken) =>
        text.WriteAsync(bytes, cancellationToken);

    public override async ValueTask CompleteAsync(CancellationToken cancellationToken)
    {
        await text.CompleteAsync(cancellationToken);
        if (line.Length > 0)
            await EndLineAsync();
    }

    private async ValueTask SplitAsync(ReadOnlyMemory<char> characters)
    {
        while (!characters.IsEmpty)
        {
            if (endedInCarriageReturn && characters.Span[0] == '\n')
                characters = characters[1..];
            endedInCarriageReturn = false;
            var end = characters.Span.IndexOfAny('\r', '\n');
            line.Append(end < 0 ? characters.Span : characters.Span[..end]);
            if (end < 0)
                return;
            endedInCarriageReturn = characters.Span[end] == '\r';
            characters = characters[(end + 1)..];
            await EndLineAsync();
        }
    }

    private Task EndLineAsync()
    {
        var ended = line.ToString();
        line.Clear();
        return handleLine(ended);
    }
}
