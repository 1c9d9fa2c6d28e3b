namespace CliWrap.Exceptions;

/// <summary>What all errors of this library have in common.</summary>
/// <param name="message">What is wrong.</param>
/// <param name="innerException">The cause, where there is one.</param>
public abstract class CliWrapException(string message, Exception? innerException = null) : Exception(message, innerException);
