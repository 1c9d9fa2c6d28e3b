using KubeLab.Kubernetes;

namespace KubeLab.Smoke;

/// <summary>The leader of etcd is killed: the others choose another one, and it comes back.</summary>
internal sealed class EtcdLeaderDisturbance : IDisturbance
{
    public string Id => "etcd-leader";
    public string Title => "etcd chooses another leader when its own is killed";
    public SmokeArea Area => SmokeArea.ControlPlane;
    public string Action => "kill-etcd";
    public string Done => "had etcd's leader killed";
    public string? Changes => "etcd";

    public async Task<IReadOnlyList<DisturbanceTurn>> TurnsAsync(
        DisturbedNodes nodes, SmokeContext context, CancellationToken cancellationToken)
    {
        if (nodes.All.FirstOrDefault(node => node.IsEtcdMember) is not { } any)
            return [];
        if (nodes.WhyNot(any) is { } reason)
            return [new DisturbanceTurn(any, reason)];
        if (EtcdStores.Client(context.Kubectl, await context.SystemPodsAsync(), context.Etcd) is not { } client)
            return [new DisturbanceTurn(any, "etcd can't be asked for its leader")];
        var members = EtcdMember.ReadList(
            (await client.RunAsync(["member", "list", "-w", "json", .. EtcdStores.Limits], cancellationToken)).Output);
        var statuses = EtcdStatus.ReadList((await EtcdStores.StatusAsync(client, cancellationToken)).Output);
        var leader = members.FirstOrDefault(member => statuses.Any(status => status.Leader == member.Id));
        var addresses = (await context.NodesAsync()).ToDictionary(node => node.Name, node => node.InternalAddress);
        var node = leader is null ? null : nodes.All.FirstOrDefault(each => each.IsEtcdMember
            && leader.Hosts.Intersect([each.AccessAddress, each.Text("ip"), addresses.GetValueOrDefault(each.Name)]).Any());
        return [node is not null ? new DisturbanceTurn(node)
            : new DisturbanceTurn(any, leader is null ? "etcd names no leader"
                : $"etcd's leader {leader.Name} at {leader.Host} is none of the nodes that may be disturbed")];
    }
}
