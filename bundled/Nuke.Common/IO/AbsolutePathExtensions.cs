using System.Runtime.CompilerServices;
using System.Text;

namespace Nuke.Common.IO;

/// <summary>What can be done with the file or directory at a path.</summary>
public static class AbsolutePathExtensions
{
    private static readonly string[] FileWords = ["file", "executable", "exe", "script", "archive"];
    private static readonly string[] DirectoryWords = ["directory", "dir", "folder"];

    /// <summary>
    /// Whether the file or directory is there. Which of them is meant, the name of the variable says by its end:
    /// <c>keyFile</c>, <c>inventoryDirectory</c>.
    /// </summary>
    /// <exception cref="ArgumentException">The name doesn't say.</exception>
    public static bool Exists(this AbsolutePath path, [CallerArgumentExpression(nameof(path))] string? expression = null)
    {
        if (EndsInAny(FileWords))
            return path.FileExists();
        if (EndsInAny(DirectoryWords))
            return path.DirectoryExists();
        throw new ArgumentException(
            $"The name '{expression}' does not say whether it is a file or a directory: use FileExists or DirectoryExists.",
            nameof(path));

        bool EndsInAny(string[] words) =>
            words.Any(word => expression?.EndsWith(word, StringComparison.OrdinalIgnoreCase) ?? false);
    }

    /// <summary>Whether there is such a file.</summary>
    public static bool FileExists(this AbsolutePath path) => File.Exists(path);

    /// <summary>Whether there is such a directory.</summary>
    public static bool DirectoryExists(this AbsolutePath path) => Directory.Exists(path);

    /// <summary>Makes the directory, and those it is in, where they are missing.</summary>
    public static AbsolutePath CreateDirectory(this AbsolutePath path)
    {
        Directory.CreateDirectory(path);
        return path;
    }

    /// <summary>Makes the directory, or removes all that is in it.</summary>
    public static AbsolutePath CreateOrCleanDirectory(this AbsolutePath path)
    {
        path.DeleteDirectory();
        return path.CreateDirectory();
    }

    /// <summary>Removes the file, if it is there.</summary>
    public static void DeleteFile(this AbsolutePath path)
    {
        if (path.FileExists())
            File.Delete(path);
    }

    /// <summary>Removes the directory with all that is in it, if it is there.</summary>
    public static void DeleteDirectory(this AbsolutePath path)
    {
        if (path.DirectoryExists())
            Directory.Delete(path, recursive: true);
    }

    /// <summary>The text in the file.</summary>
    public static string ReadAllText(this AbsolutePath path, Encoding? encoding = null) =>
        File.ReadAllText(path, encoding ?? Encoding.UTF8);

    /// <summary>The lines in the file.</summary>
    public static string[] ReadAllLines(this AbsolutePath path, Encoding? encoding = null) =>
        File.ReadAllLines(path, encoding ?? Encoding.UTF8);
}
