using System.Runtime.CompilerServices;

namespace CliWrap;

/// <summary>A running command, to be awaited.</summary>
/// <param name="task">Ends when the command has ended and its pipes are drained.</param>
/// <param name="processId">The id of the process.</param>
public class CommandTask<TResult>(Task<TResult> task, int processId)
{
    /// <summary>The task behind this one.</summary>
    public Task<TResult> Task { get; } = task;

    /// <summary>The id of the process, known as soon as it runs.</summary>
    public int ProcessId { get; } = processId;

    /// <summary>Makes the command awaitable.</summary>
    public TaskAwaiter<TResult> GetAwaiter() => Task.GetAwaiter();
}
