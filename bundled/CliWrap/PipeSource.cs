using System.Text;

namespace CliWrap;

/// <summary>Where a command's standard input comes from.</summary>
public abstract class PipeSource
{
    /// <summary>Nothing: the command reads the end of its input at once.</summary>
    public static PipeSource Null { get; } = Create((_, _) => Task.CompletedTask);

    /// <summary>Hands over the whole of the source.</summary>
    /// <param name="destination">The command's standard input.</param>
    /// <param name="cancellationToken">Ends the transfer early.</param>
    public abstract Task CopyToAsync(Stream destination, CancellationToken cancellationToken = default);

    /// <summary>A source that writes what it likes.</summary>
    public static PipeSource Create(Func<Stream, CancellationToken, Task> handlePipeAsync) => new DelegateSource(handlePipeAsync);

    /// <summary>The bytes of a stream, from where it stands to its end.</summary>
    public static PipeSource FromStream(Stream stream) => Create(stream.CopyToAsync);

    /// <summary>The bytes of a file.</summary>
    public static PipeSource FromFile(string filePath) => Create(async (destination, cancellationToken) =>
    {
        await using var file = File.OpenRead(filePath);
        await file.CopyToAsync(destination, cancellationToken);
    });

    /// <summary>The given bytes.</summary>
    public static PipeSource FromBytes(byte[] data) =>
        Create((destination, cancellationToken) => destination.WriteAsync(data, cancellationToken).AsTask());

    /// <summary>A text in an encoding.</summary>
    public static PipeSource FromString(string str, Encoding encoding) => FromBytes(encoding.GetBytes(str));

    /// <summary>A text in the console's encoding.</summary>
    public static PipeSource FromString(string str) => FromString(str, Console.InputEncoding);

    private sealed class DelegateSource(Func<Stream, CancellationToken, Task> copy) : PipeSource
    {
        public override Task CopyToAsync(Stream destination, CancellationToken cancellationToken = default) =>
            copy(destination, cancellationToken);
    }
}
