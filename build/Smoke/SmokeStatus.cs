namespace KubeLab.Smoke;

/// <summary>What became of a check. Skipped is not passed.</summary>
public enum SmokeStatus
{
    /// <summary>It was looked at and holds.</summary>
    Passed,

    /// <summary>It was not looked at; the message says why.</summary>
    Skipped,

    /// <summary>It was looked at and does not hold.</summary>
    Failed,
}
