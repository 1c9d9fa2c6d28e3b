namespace KubeLab.Lab;

/// <summary>The mounts that a process sees: <c>/proc/PID/mountinfo</c>, proc(5).</summary>
/// <param name="Mounts">In the order in which they were made.</param>
public sealed partial record MountTable(IReadOnlyList<MountTable.Mount> Mounts)
{
    /// <summary>One mount.</summary>
    /// <param name="Device">The device as <c>major:minor</c>.</param>
    /// <param name="FileSystem">Its type, as <c>ext4</c> or <c>fuse.lxcfs</c>.</param>
    public sealed record Mount(string Device, string Target, string FileSystem);

    /// <summary>Reads the mounts of a process; none if there is no such process.</summary>
    /// <param name="process">Its id, or <c>self</c>.</param>
    public static MountTable Read(string process = "self")
    {
        try
        {
            return Parse(File.ReadAllText($"/proc/{process}/mountinfo"));
        }
        catch (IOException)
        {
            return new MountTable([]);
        }
    }

    /// <summary>Parses <c>mountinfo</c>; lines that aren't of its form are left out.</summary>
    public static MountTable Parse(string text) => new([.. text.Split('\n').Select(ParseLine).OfType<Mount>()]);

    /// <summary>The mount at a path; of several on top of each other the uppermost.</summary>
    public Mount? At(string target) => Mounts.LastOrDefault(mount => mount.Target == target);

    /// <summary>The mounts at a path and below it, in the order in which they can be unmounted.</summary>
    public IReadOnlyList<string> Below(string path) =>
        [.. Mounts.Select(mount => mount.Target)
            .Where(target => target == path || target.StartsWith($"{path}/", StringComparison.Ordinal))
            .Reverse()];

    // 36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw: any number of optional fields before the dash.
    private static Mount? ParseLine(string line)
    {
        var fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var dash = Array.IndexOf(fields, "-");
        return dash >= 6 && fields.Length > dash + 1 ? new Mount(fields[2], Unescape(fields[4]), fields[dash + 1]) : null;
    }

    // Blanks, tabs, newlines and backslashes stand as three octal digits.
    private static string Unescape(string field) =>
        Octal().Replace(field, digits => $"{(char)Convert.ToInt32(digits.Value[1..], 8)}");

    [GeneratedRegex(@"\\[0-7]{3}", RegexOptions.None, matchTimeoutMilliseconds: 60_000)]
    private static partial Regex Octal();
}

/// <summary>Mounts below a node's folder that this machine itself sees. There are none unless something went wrong, as a node has
/// its own mount namespace: an overlay mounted twice breaks, and deleting in a mount deletes where it lies.</summary>
internal sealed class StaleMounts(CommandRunner commands)
{
    /// <summary>Unmounts all of them.</summary>
    /// <exception cref="UserError">One of them is in use.</exception>
    public async Task UnmountAsync(NodeFolder folder, CancellationToken cancellationToken)
    {
        foreach (var target in MountTable.Read().Below(folder.Path))
            (await commands.RunAsync(CommandLine.Of("umount", target), cancellationToken: cancellationToken))
                .EnsureSucceeded($"Unmounting {target}", $"See what uses it: fuser --verbose --mount {target}");
    }
}
