using System.Diagnostics.CodeAnalysis;

namespace Nuke.Common.IO;

/// <summary>A path from the root on, of a file or a directory; <c>/</c> goes down.</summary>
public class AbsolutePath
{
    private readonly string path;

    private AbsolutePath(string path) => this.path = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));

    /// <summary>A text that is such a path, or null.</summary>
    /// <exception cref="ArgumentException">It is a relative one.</exception>
    [return: NotNullIfNotNull(nameof(path))]
    public static implicit operator AbsolutePath?(string? path) => path switch
    {
        null => null,
        _ when Path.IsPathFullyQualified(path) => new AbsolutePath(path),
        _ => throw new ArgumentException($"'{path}' is not an absolute path.", nameof(path)),
    };

    /// <summary>The path as text.</summary>
    [return: NotNullIfNotNull(nameof(path))]
    public static implicit operator string?(AbsolutePath? path) => path?.path;

    /// <summary>A path below this one.</summary>
    public static AbsolutePath operator /(AbsolutePath left, string? right) => new(Path.Join(left.path, right));

    /// <inheritdoc />
    public override string ToString() => path;
}
