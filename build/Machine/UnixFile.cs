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
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = Private;
        using (var writer = new StreamWriter(path, options))
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
