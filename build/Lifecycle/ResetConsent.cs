using KubeLab.Clusters;

namespace KubeLab.Lifecycle;

/// <summary>A reset deletes all that a cluster holds, so its name has to be said, wherever it runs.</summary>
public static class ResetConsent
{
    /// <summary>Holds what was said against the cluster's name.</summary>
    /// <param name="confirmed">What <c>--confirm</c> says; null for nothing.</param>
    /// <exception cref="UserError">It isn't the cluster's name.</exception>
    public static void Require(Cluster cluster, string? confirmed, bool isServer)
    {
        if (confirmed == cluster.Name)
            return;
        throw new UserError(
            confirmed is null
                ? $"Reset deletes all that the cluster {cluster.Name} holds, and nobody has confirmed that{(isServer ? "; on CI there is nobody to ask" : "")}."
                : $"Reset would delete all that the cluster {cluster.Name} holds, and {confirmed} was confirmed.",
            $"If that is meant: --confirm {ShellWords.Quote(cluster.Name)}. Nothing was changed.");
    }
}
