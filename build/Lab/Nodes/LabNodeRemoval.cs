namespace KubeLab.Lab;

/// <summary>Removes a node, in whatever state it is, with everything that it left on this machine.</summary>
internal sealed class LabNodeRemoval(LabFolder lab, CgroupVersion? cgroups, Lxc lxc, CommandRunner commands)
{
    /// <summary>Ends a node and deletes its folder.</summary>
    /// <param name="keepHostKey">Keeps the key that it is known by, for a node that is made again.</param>
    /// <exception cref="UserError">Something is mounted there and can't be unmounted.</exception>
    public async Task RemoveAsync(string node, bool keepHostKey, CancellationToken cancellationToken)
    {
        var folder = lab.Of(node);
        if (!Directory.Exists(folder.Path))
            return;
        // Without a configuration LXC's commands don't look for a running container at all.
        if (!File.Exists(folder.Configuration))
            await File.WriteAllTextAsync(folder.Configuration, "", cancellationToken);
        if ((await lxc.StateAsync(node, cancellationToken)).Name is not ("ABSENT" or "STOPPED"))
            await lxc.KillAsync(node, cancellationToken);
        if (cgroups is { } version)
            new NodeCgroup(node, version).Remove();
        await new StaleMounts(commands).UnmountAsync(folder, cancellationToken);

        var kept = keepHostKey ? new[] { folder.HostKey, $"{folder.HostKey}.pub" } : [];
        var doomed = Directory.GetFileSystemEntries(folder.Path).Except(kept).ToList();
        // rm rather than .NET: containers may hold file names that are no valid text.
        if (doomed.Count > 0)
            (await commands.RunAsync(
                new CommandLine("rm", ["-rf", "--one-file-system", "--", .. doomed]), cancellationToken: cancellationToken))
                .EnsureSucceeded($"Deleting {folder.Path}");
        if (Directory.GetFileSystemEntries(folder.Path).Length == 0)
            Directory.Delete(folder.Path);
    }
}
