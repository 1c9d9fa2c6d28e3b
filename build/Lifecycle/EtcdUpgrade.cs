using KubeLab.Distributions;
using KubeLab.Kubernetes;
using KubeLab.Ssh;
using KubeLab.Variables;
using Version = System.Version;

namespace KubeLab.Lifecycle;

/// <summary>The way of etcd in an upgrade of Kubernetes: before its first 3.6 it has to be new enough, or the playbook stops at
/// it, halfway.</summary>
public static class EtcdUpgrade
{
    /// <summary>The etcd that an upgrade brings; null where neither the inventory nor the tree says.</summary>
    public static Version? Brings(ClusterVariables variables, Version kubernetes, EtcdVersions offered) =>
        variables.OfCluster("etcd_version") is { IsDefault: false } written
            ? KubernetesVersions.Parse(written.Text) : offered.With(kubernetes);

    /// <summary>Whether it matters which etcd runs: where the release goes to its first 3.6, and empties the old store
    /// before.</summary>
    public static bool IsStrict(Version? brings, Distribution distribution) =>
        distribution.EtcdVersions.LeastBefore is not null && brings >= EtcdVersions.FirstStrict;

    /// <summary>Reads the version of each member that tells it, by its node.</summary>
    public static async Task<IReadOnlyDictionary<string, Version>> ReadAsync(
        INodeShell shell, IReadOnlyList<Node> members, NodeBecome become, CancellationToken cancellationToken = default)
    {
        // Kubespray brings etcdctl of etcd's own version with it, out of the container where etcd runs in one.
        var answers = await Task.WhenAll(members.Select(async node => (node.Name, Version: EtcdctlVersion.Read(
            (await new NodeEtcd(shell, [node], become).RunAsync(["version"], cancellationToken)).Output))));
        return answers.Where(each => each.Version is not null).ToDictionary(each => each.Name, each => each.Version!);
    }

    /// <summary>The Kubernetes of the same minor version that brings an etcd new enough for its first 3.6; null where the release
    /// has none.</summary>
    public static Version? Between(Version from, Distribution distribution) =>
        distribution.KubernetesVersions.Supported.OrderDescending().FirstOrDefault(
            version => version.Minor == from.Minor && version >= from && distribution.EtcdVersions.With(version) is { } etcd
            && etcd >= distribution.EtcdVersions.LeastBefore && etcd < EtcdVersions.FirstStrict);

    /// <summary>Judges it.</summary>
    /// <param name="running">The version of each member, by its node.</param>
    /// <param name="brings">What the upgrade brings; null where that isn't known, so that the playbook has to judge.</param>
    /// <exception cref="UserError">A member is too old.</exception>
    public static void Judge(
        IReadOnlyDictionary<string, Version> running, Version? brings, UpgradePath path, Distribution distribution)
    {
        var offered = distribution.EtcdVersions;
        if (!IsStrict(brings, distribution) || offered.LeastBefore is not { } least
            || running.Where(member => member.Value < least).OrderBy(member => member.Key, StringComparer.Ordinal).ToList()
                is not [var old, ..])
            return;
        var between = Between(path.From, distribution);
        throw new UserError(
            $"{old.Key} runs etcd {old.Value}, and before etcd {brings}, which comes with Kubernetes {path.To}, it has to be {least} or newer ({offered.Source}).",
            between is null
                ? $"Go to etcd {least} or newer first, with the release before this one. Nothing was changed."
                : $"Go to Kubernetes {between} with this release first, which brings etcd {offered.With(between)}: --kubernetes-version {between}. Nothing was changed.");
    }
}
