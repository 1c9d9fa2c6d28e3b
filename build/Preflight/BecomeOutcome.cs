namespace KubeLab.Preflight;

/// <summary>How the escalation of privileges on a node ended.</summary>
public enum BecomeOutcome
{
    /// <summary>The node's output does not tell.</summary>
    Unknown,

    /// <summary>It worked, or the login user is the user to become.</summary>
    Worked,

    /// <summary>It was refused.</summary>
    Refused,

    /// <summary>The method is one that the probe does not try.</summary>
    NotTried,
}
