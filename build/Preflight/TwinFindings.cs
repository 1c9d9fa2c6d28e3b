namespace KubeLab.Preflight;

/// <summary>What a rule says of twins.</summary>
public static class TwinFindings
{
    /// <summary>One finding for each group of twins, or one that there are none.</summary>
    public static IEnumerable<Finding> Judge(this IReadOnlyList<Twins> all, Func<Twins, Finding> found, Func<Finding> none) =>
        all.Count == 0 ? [none()] : all.Select(twins => found(twins) with { Observed = twins.Value, Required = "one each" });
}
