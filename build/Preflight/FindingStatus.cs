namespace KubeLab.Preflight;

/// <summary>What a check found. Skipped is not passed.</summary>
public enum FindingStatus
{
    /// <summary>It holds.</summary>
    Pass,

    /// <summary>It was not judged; the finding says why.</summary>
    Skipped,

    /// <summary>It deserves a look, but the deployment can go on.</summary>
    Warn,

    /// <summary>The deployment would fail, or would leave a broken cluster.</summary>
    Fail,
}
