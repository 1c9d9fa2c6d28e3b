namespace KubeLab.Lifecycle;

/// <summary>A change that is done on the cluster as a whole: a part of it would leave the cluster half changed.</summary>
public static class RefusedLimit
{
    /// <summary>Refuses a limit.</summary>
    /// <param name="limit">What <c>--limit</c> says; null for nothing.</param>
    /// <exception cref="UserError">There is one.</exception>
    public static void Require(string target, string? limit, string instead)
    {
        if (limit is not null)
            throw new UserError($"{target} takes no --limit: {instead}.", "Leave --limit out. Nothing was changed.");
    }
}
