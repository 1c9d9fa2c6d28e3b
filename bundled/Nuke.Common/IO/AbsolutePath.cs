using System.Diagnostics.CodeAnalysis;

namespace Nuke.Common.IO;

/// <summary>A path from the root on, of a file or a directory; <c>/</c> goes down, <see cref="Parent" /> goes up.</summary>
public class AbsolutePath
{
    private readonly string path;

    private AbsolutePath(string path) => this.path = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));

    /// <summary>The last part of the path.</summary>
    public string Name => Path.GetFileName(path);

    /// <summary>The last part of the path up to its last dot.</summary>
    public string NameWithoutExtension => Path.GetFileNameWithoutExtension(path);

    /// <summary>The last dot of the path's last part, and what follows it.</summary>
    public string Extension => Path.GetExtension(path);

    /// <summary>The directory that it is in, or null for a root.</summary>
    public AbsolutePath? Parent => Path.GetDirectoryName(path) is { } parent ? new AbsolutePath(parent) : null;

    /// <summary>A text that is such a path.</summary>
    /// <exception cref="ArgumentException">It is a relative one.</exception>
    public static AbsolutePath Create(string path)
    {
        Assert.True(Path.IsPathFullyQualified(path), $"'{path}' is not an absolute path.");
        return new AbsolutePath(path);
    }

    /// <summary>A text that is such a path, or null.</summary>
    /// <exception cref="ArgumentException">It is a relative one.</exception>
    [return: NotNullIfNotNull(nameof(path))]
    public static implicit operator AbsolutePath?(string? path) => path is null ? null : Create(path);

    /// <summary>The path as text.</summary>
    [return: NotNullIfNotNull(nameof(path))]
    public static implicit operator string?(AbsolutePath? path) => path?.path;

    /// <summary>A path below this one.</summary>
    public static AbsolutePath operator /(AbsolutePath left, string? right) =>
        new(Path.Join(left.path, right));

    /// <summary>The path with a text at its end.</summary>
    public static AbsolutePath operator +(AbsolutePath left, string? right) => new(left.path + right);

    /// <summary>Whether both are the same path.</summary>
    public static bool operator ==(AbsolutePath? a, AbsolutePath? b) => Equals(a, b);

    /// <summary>Whether they are two paths.</summary>
    public static bool operator !=(AbsolutePath? a, AbsolutePath? b) => !Equals(a, b);

    /// <inheritdoc />
    public override bool Equals(object? obj) =>
        obj is AbsolutePath other && string.Equals(path, other.path, StringComparison.Ordinal);

    /// <inheritdoc />
    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(path);

    /// <inheritdoc />
    public override string ToString() => path;
}
