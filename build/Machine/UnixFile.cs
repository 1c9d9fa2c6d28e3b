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

    /// <summary>How a file is opened for writing that nobody but its owner may read, mode 0600; the owner may at once.</summary>
    public static FileStreamOptions PrivateOptions(FileMode mode)
    {
        var options = new FileStreamOptions { Mode = mode, Access = FileAccess.Write, Share = FileShare.Read, BufferSize = 0 };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = Private;
        return options;
    }

    /// <summary>Makes a directory that nobody but its owner may enter, mode 0700, with its parents as usual.</summary>
    public static void MakePrivateDirectory(string path)
    {
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(path);
        else
            Directory.CreateDirectory(path, Private | UnixFileMode.UserExecute);
    }

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
        using (var writer = new StreamWriter(path, PrivateOptions(FileMode.CreateNew)))
            writer.Write(text);
        SetMode(path, mode);
    }

    /// <summary>Sets the mode of a file or directory.</summary>
    public static void SetMode(string path, UnixFileMode mode)
    {
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, mode);
    }
}
