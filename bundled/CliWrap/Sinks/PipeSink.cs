namespace CliWrap;

/// <summary>The receiving end of one transfer.</summary>
internal abstract class PipeSink
{
    /// <summary>Takes the next bytes.</summary>
    public abstract ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken);

    /// <summary>The command has nothing more to say: passes on what is still held back.</summary>
    public virtual void Complete()
    {
    }
}
