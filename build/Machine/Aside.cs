namespace KubeLab.Machine;

/// <summary>Files and folders made aside and moved into place: nobody reads half of one, nor takes one for complete.</summary>
public static class Aside
{
    /// <summary>Writes a file whole; its folder is made where it isn't there.</summary>
    /// <param name="mode">The file's permissions; null for the usual ones.</param>
    public static void Write(string path, string text, UnixFileMode? mode = null) => Write(path, stream =>
    {
        using var writer = new StreamWriter(stream);
        writer.Write(text);
    }, mode);

    /// <inheritdoc cref="Write(string, string, UnixFileMode?)" />
    public static void Write(string path, Action<Stream> write, UnixFileMode? mode = null)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var aside = Path.Combine(Path.GetDirectoryName(path)!, $".{Path.GetFileName(path)}.{Guid.NewGuid():N}");
        // A new file, whatever lies there: nothing is followed.
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (mode is not null && !OperatingSystem.IsWindows())
            options.UnixCreateMode = mode;
        try
        {
            using (var stream = new FileStream(aside, options))
                write(stream);
            File.Move(aside, path, overwrite: true);
        }
        finally
        {
            File.Delete(aside);
        }
    }

    /// <summary>Moves a complete folder into its place. Where another run was faster, its folder is the same and stays.</summary>
    public static void Publish(string aside, string directory)
    {
        try
        {
            Directory.Move(aside, directory);
        }
        catch (IOException) when (Directory.Exists(directory))
        {
        }
    }
}
