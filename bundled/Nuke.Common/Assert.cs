using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Nuke.Common;

/// <summary>What has to hold for a target to go on.</summary>
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
        [CallerArgumentExpression(nameof(condition))] string? argumentExpression = null)
    {
        if (!condition)
            throw new ArgumentException(message ?? $"{argumentExpression} does not hold", paramName: null);
    }

    /// <summary>Ends the target if there is no object.</summary>
    /// <exception cref="ArgumentException">There is none.</exception>
    public static T NotNull<T>(
        [NotNull] this T? obj,
        string? message = null,
        [CallerArgumentExpression(nameof(obj))] string? argumentExpression = null)
        where T : class
    {
        True(obj is not null, message ?? $"{argumentExpression} is null");
        return obj;
    }

    /// <summary>Ends the target unless there is such a file.</summary>
    /// <exception cref="ArgumentException">There is none.</exception>
    public static void FileExists(
        string? path, string? message = null, [CallerArgumentExpression(nameof(path))] string? argumentExpression = null) =>
        True(File.Exists(path), message ?? $"There is no file {path} ({argumentExpression})");
}
