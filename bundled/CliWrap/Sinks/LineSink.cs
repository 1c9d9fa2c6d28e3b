using System.Text;

namespace CliWrap;

/// <summary>Bytes into lines, which end in LF, CR LF or CR; the last one need not end in anything.</summary>
internal sealed class LineSink : PipeSink
{
    private readonly Action<string> handleLine;
    private readonly TextSink text;
    private readonly StringBuilder line = new();
    private bool endedInCarriageReturn;

    public LineSink(Encoding encoding, Action<string> handleLine)
    {
        this.handleLine = handleLine;
        text = new TextSink(encoding, Split);
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken) =>
        text.WriteAsync(bytes, cancellationToken);

    public override void Complete()
    {
        text.Complete();
        if (line.Length > 0)
            EndLine();
    }

    private void Split(ReadOnlySpan<char> characters)
    {
        while (!characters.IsEmpty)
        {
            if (endedInCarriageReturn && characters[0] == '\n')
                characters = characters[1..];
            var end = characters.IndexOfAny('\r', '\n');
            endedInCarriageReturn = end >= 0 && characters[end] == '\r';
            line.Append(end < 0 ? characters : characters[..end]);
            if (end < 0)
                return;
            characters = characters[(end + 1)..];
            EndLine();
        }
    }

    private void EndLine()
    {
        var ended = line.ToString();
        line.Clear();
        handleLine(ended);
    }
}
