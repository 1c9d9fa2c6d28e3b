namespace KubeLab.Smoke;

/// <summary>What a finding says about its subject.</summary>
public enum SmokeSeverity
{
    /// <summary>It holds.</summary>
    Passed,

    /// <summary>It was not looked at.</summary>
    Skipped,

    /// <summary>It holds, and deserves a second look.</summary>
    Warning,

    /// <summary>It does not hold.</summary>
    Failed,
}
