using System.Runtime.InteropServices;

namespace KubeLab.Machine;

/// <summary>Files and directories with just the mode that they need, whatever the umask of whoever runs KubeLab.</summary>
public static class UnixFile
{
    /// <summary>Mode 0600.</summary>
    public static UnixFileMode Private => UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Mode 0644.</summary>
    public static UnixFileMode Readable => Private | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    private static UnixFileMode Directories =>
        Readable | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    /// <summary>Opens a file for writing that nobody but its owner may read, mode 0600; the owner may at once.</summary>
    /// <exception cref="IOException">It can't be opened, or leads somewhere else.</exception>
    public static FileStream OpenPrivate(
        string path, FileMode mode, FileAccess access = FileAccess.Write, FileShare share = FileShare.Read)
    {
        if (new FileInfo(path).LinkTarget is { } target)
            throw new IOException($"{path} is a link to {target}, and KubeLab writes through none.");
        var options = new FileStreamOptions { Mode = mode, Access = access, Share = share, BufferSize = 0 };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = Private;
        return new FileStream(path, options);
    }

    /// <summary>Makes a directory that nobody but its owner may enter, mode 0700, with its parents as usual.</summary>
    public static void MakePrivateDirectory(string path)
    {
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(path);
        else
            Directory.CreateDirectory(path, Private | UnixFileMode.UserExecute);
    }

    /// <summary>Makes a directory that nobody but its owner may enter, where nothing is yet: of several who try at the same time,
    /// one has made it.</summary>
    /// <returns>Whether it was made; not where something is there already.</returns>
    /// <exception cref="IOException">It can't be made.</exception>
    public static bool TryMakePrivateDirectory(string path)
    {
        if (Path.Exists(path))
            return false;
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(path);
        else if (MakeNew(path, (uint)(Private | UnixFileMode.UserExecute)) != 0)
            return Path.Exists(path) ? false
                : throw new IOException($"{path} can't be made: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}");
        return true;
    }

    [DllImport("libc", EntryPoint = "mkdir", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int MakeNew([MarshalAs(UnmanagedType.LPUTF8Str)] string path, uint mode);

    /// <summary>Makes a directory with mode 0755, with its parents.</summary>
    /// <returns>The path.</returns>
    public static string MakeDirectory(string path)
    {
        Directory.CreateDirectory(path);
        SetMode(path, Directories);
        return path;
    }

    /// <summary>Writes a file anew. Its text is never there with a wider mode than it gets.</summary>
    public static void Write(string path, string text, UnixFileMode mode)
    {
        File.Delete(path);
        using (var writer = new StreamWriter(OpenPrivate(path, FileMode.CreateNew)))
            writer.Write(text);
        SetMode(path, mode);
    }

    /// <summary>From now on, whatever this process and what it starts make is for its owner alone to change.</summary>
    public static void LetOthersWriteNothing()
    {
        if (!OperatingSystem.IsWindows())
            _ = SetMask(SetMask(GroupAndOthersWrite) | GroupAndOthersWrite);
    }

    private const uint GroupAndOthersWrite = 0b000_010_010;

    [DllImport("libc", EntryPoint = "umask")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern uint SetMask(uint mask);

    /// <summary>Sets the mode of a file or directory.</summary>
    public static void SetMode(string path, UnixFileMode mode)
    {
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, mode);
    }
}
