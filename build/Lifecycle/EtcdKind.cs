using KubeLab.Distributions;
using KubeLab.Variables;

namespace KubeLab.Lifecycle;

/// <summary>
/// How a cluster's etcd is run, and what of that the playbooks that come after the installation can't serve. Kubespray runs it on
/// the host or in Docker, with its own certificates, and both are served by all of them; kubeadm's is a pod with certificates of
/// its own, and a second etcd for events is known to the installation alone.
/// </summary>
/// <param name="variables">The variables, templates among <see cref="Variables"/> resolved.</param>
public sealed class EtcdKind(ClusterVariables variables, Distribution distribution)
{
    private const string Type = "etcd_deployment_type";
    private const string ByKubeadm = "etcd_kubeadm_enabled";
    private const string Events = "etcd_events_cluster_enabled";
    private const string Removal = "roles/remove-node/remove-etcd-node/tasks/main.yml";

    // Up to v2.21 at the root, since v2.22 imported from there.
    private static readonly string[] UpgradePlaybooks = ["upgrade-cluster.yml", "playbooks/upgrade_cluster.yml"];

    /// <summary>The variables that tell it.</summary>
    public static IReadOnlyList<string> Variables { get; } = [Type, ByKubeadm, Events];

    /// <summary>Whether etcd's members are pods of kubeadm's.</summary>
    public bool IsKubeadms => Kubeadm is not null;

    // Up to v2.18 a switch of its own, which releases still read for some years.
    private EffectiveVariable? Kubeadm => Known(Type) is { Text: "kubeadm" } type ? type
        : Known(ByKubeadm) is { IsTrue: true } old && distribution.KnownVariables.Names.Contains(ByKubeadm) ? old : null;

    private EffectiveVariable? ForEvents => Known(Events) is { IsTrue: true } events ? events : null;

    /// <summary>Refuses the recovery of members that the playbook can't recover: roles/recover_control_plane (v2.18.2 to main)
    /// asks etcd by the certificates of Kubespray's own role, and knows of no second etcd.</summary>
    /// <exception cref="UserError">It is kubeadm's, or there is one for events, or that can't be told.</exception>
    public void RequireRecoverable()
    {
        if (Kubeadm is { } type)
            throw new UserError(
                $"{Written(type)}, and the playbook only recovers an etcd that Kubespray runs itself.",
                "Restore etcd from a snapshot as kubeadm's documentation says, or make the node anew: RemoveNode, then InstallCluster.");
        if (ForEvents is { } events)
            throw new UserError(
                $"{Written(events)}, and the playbook leaves the etcd of events as it is, with the broken members in it.",
                "Take the broken members out of the etcd of events (port 2383) yourself, set the variable to false for this run, and then back.");
    }

    /// <summary>Refuses what only an etcd can have that Kubespray runs itself, on the host or in Docker.</summary>
    /// <param name="does">What is to be done, as <c>saves</c>.</param>
    /// <exception cref="UserError">It is kubeadm's, or that can't be told.</exception>
    public void RequireOwn(string does)
    {
        if (Kubeadm is { } type)
            throw new UserError(
                $"{Written(type)}, and KubeLab only {does} an etcd that is a service of its node.",
                "Use etcdctl in the etcd pod of a control plane, as kubeadm's documentation says. Nothing was changed.");
    }

    /// <summary>Refuses a removal that would leave a member behind in etcd, which then counts for its quorum for ever.</summary>
    /// <exception cref="UserError">The playbook doesn't take such a member out, or whether it does can't be told.</exception>
    public void RequireRemovable(IReadOnlyList<Node> leaving)
    {
        if (Kubeadm is { } type
            && leaving.Where(node => node.IsControlPlane || node.IsEtcdMember).ToList() is { Count: > 0 } members)
        {
            var names = string.Join(", ", members.Select(node => node.Name));
            const string byHand =
                "take the member out yourself, in the etcd pod of another control plane (etcdctl member list, then member remove)";
            if (!TakesOutKubeadms)
                throw new UserError(
                    $"{Written(type)}, and this release takes no member of kubeadm's etcd out: {names} would stay in it.",
                    $"Go to a release that does (v2.19 or later), or {byHand}, and leave {names} to kubeadm reset.");
            if (members.FirstOrDefault(node => !node.IsEtcdMember) is { } unlisted)
                throw new UserError(
                    $"{Written(type)}, and {unlisted.Name} is not in the group etcd, by which the playbook knows members: its member would stay in etcd.",
                    $"Put the control plane nodes into etcd ([etcd:children] with kube_control_plane) for this run, or {byHand}.");
        }

        if (ForEvents is { } events && leaving.FirstOrDefault(node => node.IsEtcdMember) is { } member)
            throw new UserError(
                $"{Written(events)}, and the playbook doesn't take {member.Name} out of the etcd of events, which would count it for its quorum for ever.",
                $"Take it out there first (port 2383: etcdctl member list, then member remove), and set {Events} to false for this run.");
    }

    /// <summary>What of etcd an upgrade leaves as it is; null where it leaves nothing.</summary>
    /// <param name="brings">The etcd that it brings; null where that isn't known.</param>
    public string? LeftByUpgrade(Version? brings) => ForEvents is not { } events ? null
        : !UpgradesEvents ? $"{Written(events)}, and this release upgrades etcd but not the one for events, which stays at its version."
        : distribution.EtcdVersions.LeastBefore is not null && brings >= EtcdVersions.FirstStrict
            ? $"{Written(events)}, and before etcd {EtcdVersions.FirstStrict} only the main etcd's old store is emptied ({distribution.EtcdVersions.Source}): have a snapshot of the one for events, as it may refuse to start."
            : null;

    private bool TakesOutKubeadms => Text(Removal).Contains("kubeadm");

    private bool UpgradesEvents => UpgradePlaybooks.Any(file => Text(file).Contains(Events));

    private string Text(string file) => File.Exists(distribution.File(file)) ? File.ReadAllText(distribution.File(file)) : "";

    private EffectiveVariable? Known(string name) => variables.OfCluster(name) switch
    {
        { Unresolved: { } why } unknown => throw new UserError(
            $"{unknown.Source}: how etcd is run can't be told, as {name} has no value: {why}.",
            "Correct it there. Nothing was changed."),
        var known => known,
    };

    private static string Written(EffectiveVariable variable) =>
        $"{variable.Source}: {variable.Name} is {(variable.IsTrue ? "set" : variable.Text)}";
}
