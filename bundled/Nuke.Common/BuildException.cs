namespace Nuke.Common;

/// <summary>A build that can't begin, for a reason that its user can put right.</summary>
/// <param name="message">What is wrong and what to do.</param>
/// <param name="innerException">The cause, where there is one.</param>
internal sealed class BuildException(string message, Exception? innerException = null) : Exception(message, innerException);
