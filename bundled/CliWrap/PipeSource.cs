using System.Text;

namespace CliWrap;

/// <summary>Where a command's standard input comes from.</summary>
public abstract class PipeSource
{
    private protected PipeSource()
    {
    }

    /// <summary>Nothing: the command reads the end of its input at once.</summary>
    public static PipeSource Null { get; } = new DelegateSource((_, _) => Task.CompletedTask);

    /// <summary>The bytes of a file.</summary>
    public static PipeSource FromFile(string filePath) => new DelegateSource(async (destination, cancellationToken) =>
    {
        await using var file = File.OpenRead(filePath);
        await file.CopyToAsync(destination, cancellationToken);
    });

    /// <summary>A text in an encoding.</summary>
    public static PipeSource FromString(string str, Encoding encoding) => new DelegateSource((destination, cancellationToken) =>
        destination.WriteAsync(encoding.GetBytes(str), cancellationToken).AsTask());

    /// <summary>A text in the console's encoding.</summary>
    public static PipeSource FromString(string str) => FromString(str, Console.InputEncoding);

    /// <summary>Hands over the whole of the source.</summary>
    internal abstract Task CopyToAsync(Stream destination, CancellationToken cancellationToken);

    private sealed class DelegateSource(Func<Stream, CancellationToken, Task> copy) : PipeSource
    {
        internal override Task CopyToAsync(Stream destination, CancellationToken cancellationToken) =>
            copy(destination, cancellationToken);
    }
}
