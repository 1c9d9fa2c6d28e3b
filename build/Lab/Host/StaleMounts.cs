namespace KubeLab.Lab;

/// <summary>
/// Mounts below a node's folder that this machine itself sees. There are none unless something went wrong, for a node's mounts
/// are in a namespace of its own: an overlay that is mounted twice breaks, and what is deleted while it is mounted is deleted
/// where it really lies.
/// </summary>
internal sealed class StaleMounts(CommandRunner commands)
{
    /// <summary>Unmounts all of them.</summary>
    /// <exception cref="UserError">One of them is in use.</exception>
    public async Task UnmountAsync(NodeFolder folder, CancellationToken cancellationToken)
    {
        foreach (var target in MountTable.Read().Below(folder.Path))
        {
            (await commands.RunAsync(CommandLine.Of("umount", target), cancellationToken: cancellationToken))
                .EnsureSucceeded($"Unmounting {target}", $"See what uses it: fuser --verbose --mount {target}");
        }
    }
}
