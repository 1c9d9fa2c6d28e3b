using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Nuke.Common;

/// <summary>What has to hold for a build to go on.</summary>
public static class Assert
{
    /// <summary>Ends the target with a message.</summary>
    /// <exception cref="Exception">Always.</exception>
    [DoesNotReturn]
    [SuppressMessage("Usage", "CA2201", Justification = "NUKE throws this very type.")]
    public static void Fail(string message, Exception? exception = null) => throw new Exception(message, exception);

    /// <summary>Ends the target unless the condition holds.</summary>
    /// <exception cref="ArgumentException">It does not.</exception>
    public static void True(
        [DoesNotReturnIf(false)] bool condition,
        string? message = null,
        [CallerArgumentExpression(nameof(condition))] string? argumentExpression = null) =>
        Check(condition, message, $"{argumentExpression} does not hold");

    /// <summary>Ends the target if the condition holds.</summary>
    /// <exception cref="ArgumentException">It does.</exception>
    public static void False(
        [DoesNotReturnIf(true)] bool condition,
        string? message = null,
        [CallerArgumentExpression(nameof(condition))] string? argumentExpression = null) =>
        Check(!condition, message, $"{argumentExpression} holds");

    /// <summary>Ends the target if there is no object.</summary>
    /// <exception cref="ArgumentException">There is none.</exception>
    public static T NotNull<T>(
        [NotNull] this T? obj,
        string? message = null,
        [CallerArgumentExpression(nameof(obj))] string? argumentExpression = null)
        where T : class
    {
        Check(obj is not null, message, $"{argumentExpression} is null");
        return obj;
    }

    /// <summary>Ends the target if the text is missing or empty.</summary>
    /// <exception cref="ArgumentException">It is.</exception>
    public static string NotNullOrEmpty(
        [NotNull] this string? str,
        string? message = null,
        [CallerArgumentExpression(nameof(str))] string? argumentExpression = null)
    {
        Check(!string.IsNullOrEmpty(str), message, $"{argumentExpression} is empty");
        return str!;
    }

    /// <summary>Ends the target unless there is such a file.</summary>
    /// <exception cref="ArgumentException">There is none.</exception>
    public static void FileExists(
        [NotNull] string? path,
        string? message = null,
        [CallerArgumentExpression(nameof(path))] string? argumentExpression = null)
    {
        NotNull(path, argumentExpression: argumentExpression);
        Check(File.Exists(path), message, $"There is no file {path} ({argumentExpression})");
    }

    /// <summary>Ends the target unless there is such a directory.</summary>
    /// <exception cref="ArgumentException">There is none.</exception>
    public static void DirectoryExists(
        [NotNull] string? path,
        string? message = null,
        [CallerArgumentExpression(nameof(path))] string? argumentExpression = null)
    {
        NotNull(path, argumentExpression: argumentExpression);
        Check(Directory.Exists(path), message, $"There is no directory {path} ({argumentExpression})");
    }

    private static void Check([DoesNotReturnIf(false)] bool holds, string? message, string otherwise)
    {
        if (!holds)
            throw new ArgumentException(message ?? otherwise, paramName: null);
    }
}
