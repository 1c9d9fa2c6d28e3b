using System.Runtime.CompilerServices;

namespace Nuke.Common.IO;

/// <summary>What can be asked of the file or directory at a path, or done with it.</summary>
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
        Assert.True(
            EndsInAny(DirectoryWords),
            $"The name {expression} does not say whether it is a file or a directory: use FileExists or DirectoryExists.");
        return path.DirectoryExists();

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
}
