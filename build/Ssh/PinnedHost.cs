namespace KubeLab.Ssh;

/// <summary>What became of a node's host key.</summary>
/// <param name="Node">The node's name.</param>
/// <param name="Key">The key that it shows.</param>
/// <param name="Before">The key that was pinned for it before; null for none.</param>
public sealed record PinnedHost(string Node, HostKey Key, HostKey? Before)
{
    /// <summary>Whether it shows another key than the one that was pinned.</summary>
    public bool HasChanged => Before is not null && Before.Key != Key.Key;
}
