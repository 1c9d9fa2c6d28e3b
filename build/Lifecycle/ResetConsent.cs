namespace KubeLab.Lifecycle;

/// <summary>A reset deletes all that a cluster holds, and a restore what it has come to since, so the cluster's name has to be
/// said, wherever it runs.</summary>
public static class ResetConsent
{
    /// <summary>Holds what was said against the cluster's name.</summary>
    /// <exception cref="UserError">It isn't the cluster's name.</exception>
    public static void Require(Cluster cluster, string? confirmed, bool isServer) =>
        Require(cluster, confirmed, isServer, "Reset", $"all that the cluster {cluster.Name} holds");

    /// <summary>Holds what was said against the cluster's name.</summary>
    /// <param name="what">What the target does that to.</param>
    /// <param name="verb">What it does.</param>
    /// <exception cref="UserError">It isn't the cluster's name.</exception>
    public static void Require(
        Cluster cluster, string? confirmed, bool isServer, string target, string what, string verb = "delete")
    {
        if (confirmed == cluster.Name)
            return;
        throw new UserError(
            confirmed is null
                ? $"{target} {verb}s {what}, and nobody has confirmed that{(isServer ? "; on CI there is nobody to ask" : "")}."
                : $"{target} would {verb} {what}, and {confirmed} was confirmed.",
            $"If that is meant: --confirm {ShellWords.Quote(cluster.Name)}. Nothing was changed.");
    }
}

/// <summary>A change that is done on the cluster as a whole: a part of it would leave the cluster half changed.</summary>
public static class RefusedLimit
{
    /// <summary>Refuses a limit.</summary>
    /// <exception cref="UserError">There is one.</exception>
    public static void Require(string target, string? limit, string instead)
    {
        if (limit is not null)
            throw new UserError($"{target} takes no --limit: {instead}.", "Leave --limit out. Nothing was changed.");
    }
}
