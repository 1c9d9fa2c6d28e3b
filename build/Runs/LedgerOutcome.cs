namespace KubeLab.Runs;

/// <summary>How a target ended, in the ledger's words.</summary>
public static class LedgerOutcome
{
    /// <summary>It came to its end without an error.</summary>
    public const string Succeeded = "succeeded";

    /// <summary>It ended in an error.</summary>
    public const string Failed = "failed";

    /// <summary>A person or a signal ended it.</summary>
    public const string Interrupted = "interrupted";

    /// <summary>It began, and KubeLab ended before it: killed, or with its machine.</summary>
    public const string Begun = "begun";
}
