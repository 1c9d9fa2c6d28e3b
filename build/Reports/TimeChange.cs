namespace KubeLab.Reports;

/// <summary>How long the same thing took in two runs.</summary>
/// <param name="Name">What it is.</param>
/// <param name="Before">Its seconds in the earlier run; null where it did not run.</param>
/// <param name="After">Its seconds in the later run; null where it did not run.</param>
public sealed record TimeChange(string Name, double? Before, double? After)
{
    /// <summary>Whether it ran both times.</summary>
    public bool IsInBoth => Before is not null && After is not null;

    /// <summary>How many seconds longer it took in the later run.</summary>
    public double Difference => (After ?? 0) - (Before ?? 0);
}
