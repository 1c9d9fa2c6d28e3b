namespace KubeLab.Ssh;

/// <summary>The ways in which an SSH connection fails that a person can tell apart and mend.</summary>
public enum SshFailureReason
{
    /// <summary>Something that no other value names.</summary>
    Other,

    /// <summary>The name has no address.</summary>
    UnknownAddress,

    /// <summary>Nothing listens on the port.</summary>
    Refused,

    /// <summary>No answer in time.</summary>
    TimedOut,

    /// <summary>No route to the address.</summary>
    Unreachable,

    /// <summary>The node's host key isn't known.</summary>
    HostKeyUnknown,

    /// <summary>The node's host key isn't the one that is known.</summary>
    HostKeyChanged,

    /// <summary>The node accepts none of the keys that were offered.</summary>
    KeyRejected,

    /// <summary>The private key file can't be used.</summary>
    KeyUnusable,

    /// <summary>The connection broke before the command ended.</summary>
    Disconnected,

    /// <summary>The node accepted the connection, but the command did not end in time.</summary>
    CommandTimedOut,
}
