using System.Text;

namespace CliWrap;

/// <summary>Where a command's standard input comes from.</summary>
public abstract class PipeSource
{
    private protected PipeSource()
    {
    }

    /// <summary>Nothing: the command reads the end of its input at once.</summary>
    public static PipeSource Null { get; } = new StreamSource(() => Stream.Null);

    /// <summary>The bytes of a file.</summary>
    public static PipeSource FromFile(string filePath) => new StreamSource(() => File.OpenRead(filePath));

    /// <summary>A text in an encoding.</summary>
    public static PipeSource FromString(string str, Encoding encoding) =>
        new StreamSource(() => new MemoryStream(encoding.GetBytes(str)));

    /// <summary>A text in the console's encoding.</summary>
    public static PipeSource FromString(string str) => FromString(str, Console.InputEncoding);

    /// <summary>Begins one transfer.</summary>
    internal abstract Stream Open();

    private sealed class StreamSource(Func<Stream> open) : PipeSource
    {
        internal override Stream Open() => open();
    }
}
