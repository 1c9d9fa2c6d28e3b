namespace KubeLab.Machine;

/// <summary>A folder of this user's alone among the temporary ones, gone when it is disposed of. What a KubeLab that was killed
/// has left of the same kind is removed with the next one's.</summary>
public sealed class TemporaryFolder : IDisposable
{
    private const string LockName = ".lock";

    // Between a folder and its lock lies a moment.
    private static readonly TimeSpan TimeToLock = TimeSpan.FromMinutes(1);

    private readonly DirectoryInfo directory;
    private readonly FileStream held;

    /// <summary>Makes the folder.</summary>
    /// <param name="kind">What it is for, a part of its name.</param>
    public TemporaryFolder(string kind)
    {
        directory = Directory.CreateTempSubdirectory($"kubelab-{kind}-");
        var file = System.IO.Path.Combine(directory.FullName, LockName);
        held = UnixFile.OpenPrivate(file, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None);
        // On a file system without locks, nobody can tell what is still in use.
        using var again = Take(directory.FullName);
        if (again is not null)
            return;
        foreach (var other in directory.Parent!.EnumerateDirectories($"kubelab-{kind}-*"))
        {
            if (directory.LastWriteTimeUtc - other.LastWriteTimeUtc > TimeToLock)
                RemoveAbandoned(other.FullName);
        }
    }

    /// <summary>Where it is.</summary>
    public string Path => directory.FullName;

    /// <summary>Removes it.</summary>
    public void Dispose()
    {
        held.Dispose();
        directory.Delete(recursive: true);
    }

    private static void RemoveAbandoned(string folder)
    {
        if (!TrustedFolder.IsOwn(folder))
            return;
        using var mine = Take(folder);
        try
        {
            if (mine is not null)
                Directory.Delete(folder, recursive: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // It stays for the one after this.
        }
    }

    // flock(2): the kernel lets go of it when the process ends, in whatever way.
    private static FileStream? Take(string folder)
    {
        try
        {
            return new FileStream(
                System.IO.Path.Combine(folder, LockName), FileMode.Open, FileAccess.ReadWrite, FileShare.None);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
