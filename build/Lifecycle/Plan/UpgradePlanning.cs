using KubeLab.Ansible;
using KubeLab.Distributions;
using KubeLab.Variables;

namespace KubeLab.Lifecycle;

/// <summary>Plans a cluster's way to another release: brings the trees of the releases between, and asks the cluster
/// meanwhile.</summary>
public sealed class UpgradePlanning(Deployment current, ReleaseTrees trees, TemplateResolver resolver)
{
    /// <summary>Makes the plan.</summary>
    /// <param name="asking">What the cluster says.</param>
    /// <param name="to">The tag, branch or commit to go to; null for the newest release.</param>
    /// <param name="wanted">The Kubernetes to end with; null for what the last release brings.</param>
    /// <param name="command">The command that goes a step.</param>
    /// <exception cref="UserError">There is no way there, or where it begins can't be told.</exception>
    public async Task<UpgradePlan> MakeAsync(
        Task<LivingCluster> asking, string? to, string? wanted, Func<UpgradeLeg, string> command,
        CancellationToken cancellationToken = default)
    {
        if (current.Cluster.Settings.Distribution != "kubespray")
            throw new UserError(
                $"{current.Distribution.Name} has no releases that an upgrade could lead over.",
                "./build.sh Upgrade --kubernetes-version goes to another Kubernetes that it has.");
        var from = trees.Deployed(current.Distribution);
        List<(string Tag, Distribution Tree)> releases = [(from, current.Distribution)];
        foreach (var tag in (await trees.WayAsync(from, to, cancellationToken)).Skip(1))
            releases.Add((tag, await trees.OpenAsync(tag, cancellationToken)));
        var trying = releases.Select(release => Task.Run(
            () => (release.Tree.KnownVariables, release.Tree.ChecksumTables, release.Tree.ObjectNames), cancellationToken));
        await Task.WhenAll(trying);
        // What nobody has set is the release's own to bring.
        string[] names = [.. UpgradePlanner.Variables(releases.Select(release => release.Tree))
            .Where(name => current.Variables.OfCluster(name) is { IsDefault: false })];
        var resolved = current.WithVariables(await current.Variables.ResolveAsync([], names, resolver, cancellationToken));
        var living = await asking;
        var running = living.Lowest ?? UpgradePath.Wanted(resolved.ConfiguredKubernetes);
        var way = UpgradeRoute.Find(releases, running, wanted is null ? null : UpgradePath.Wanted(wanted), living.Etcd);
        return new UpgradePlanner(resolved, living, command)
            .Make(releases[0], releases[^1].Tag, running, way);
    }
}
