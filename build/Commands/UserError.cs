namespace KubeLab.Commands;

/// <summary>A failure that a person can put right: the message names the node, the file and line or the command, and
/// <see cref="Remedy"/> says what to do next. It is shown without a stack trace.</summary>
public sealed class UserError(string message, string? remedy = null, Exception? innerException = null)
    : Exception(remedy is null ? message : $"{message}\n{remedy}", innerException)
{
    /// <summary>What is wrong, without the remedy.</summary>
    public string Problem { get; } = message;

    /// <summary>What to do next.</summary>
    public string? Remedy { get; } = remedy;

    /// <summary>The message alone: a stack trace would only stand between a person and the remedy.</summary>
    public override string ToString() => Message;
}
