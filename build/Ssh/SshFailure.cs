namespace KubeLab.Ssh;

/// <summary>Why a node could not be reached, in words, with what to do.</summary>
/// <param name="Reason">The kind of failure.</param>
/// <param name="Message">What the client said, the line that matters.</param>
/// <param name="Remedy">What to do.</param>
public sealed record SshFailure(SshFailureReason Reason, string Message, string Remedy);
