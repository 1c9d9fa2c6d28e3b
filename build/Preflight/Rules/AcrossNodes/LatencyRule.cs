using KubeLab.Variables;

namespace KubeLab.Preflight;

/// <summary>
/// The way between two members of etcd and back is shorter than the interval of its heartbeats, and no more than a tenth of its
/// election timeout; and between no two nodes packets are lost.
/// </summary>
internal sealed class LatencyRule() : ClusterRule("latency", "Latency and loss between nodes", RuleStage.Nodes)
{
    private const string Heartbeat = "etcd_heartbeat_interval";
    private const string Election = "etcd_election_timeout";
    private const string Source = "etcd.io, Tuning, Time parameters";

    // etcd's own defaults, in milliseconds.
    private const int DefaultHeartbeat = 100;
    private const int DefaultElection = 1000;

    private const int TripsInElection = 10;

    private sealed record Pair(Node From, Node To, NetworkWay Way);

    public override IReadOnlyList<string> Variables => [Heartbeat, Election, RolePorts.EtcdDeployment];

    public override IEnumerable<Finding> Judge(PreflightContext scene)
    {
        if (scene.Reach is not { } reach)
            return [Skip("only tried with --deep")];
        var nodes = scene.Nodes.Select(each => each.Node).Where(node => reach.ContainsKey(node.Name)).ToList();
        var pairs = (
            from sender in nodes
            from to in nodes
            where sender.Name != to.Name
            let way = reach[sender.Name].Ways.GetValueOrDefault(to.AccessAddress)
            where way is not null
            select new Pair(sender, to, way)).ToList();
        var silent = nodes.Where(node => reach[node.Name].Failure is not null)
            .Select(node => Unknown($"the way to it was not measured: {reach[node.Name].Failure}",
                $"See whether Python 3 runs on {node.Name}, and run the check again.", node, stops: false));
        var slow = pairs
            .Where(pair => RolePorts.RunsEtcd(pair.From, scene.Variables) && RolePorts.RunsEtcd(pair.To, scene.Variables))
            .Select(pair => Slow(pair, scene.Variables)).OfType<Finding>();
        var lossy = pairs.Where(pair => pair.Way.Lost > 0).GroupBy(pair => pair.To).Select(Lossy);
        return slow.Concat(lossy).Concat(silent)
            .DefaultIfEmpty(pairs.Count == 0 ? Skip("no two nodes reach each other, which port-matrix says")
                : Pass($"at most {Shown(pairs.Max(pair => pair.Way.RoundTrip))}, no packet lost"));
    }

    private Finding? Slow(Pair pair, ClusterVariables variables)
    {
        var (heartbeat, election) = (Milliseconds(variables, Heartbeat, DefaultHeartbeat),
            Milliseconds(variables, Election, DefaultElection));
        var trip = pair.Way.RoundTrip;
        if (trip <= heartbeat.Time && trip * TripsInElection <= election.Time)
            return null;
        var problem = $"{pair.From.Name}: etcd's packets take {Shown(trip)} to {pair.To.Name} and back";
        return trip * TripsInElection > election.Time
            ? Fail($"{problem}, and {TripsInElection} times that is more than its election timeout",
                $"Bring the members of etcd nearer to each other, or raise {Election} to {TripsInElection} times the way.",
                pair.From)
                .Compared(Shown(trip), $"at most {Shown(election.Time / TripsInElection)}", election.Source ?? Source)
            : Warn($"{problem}, which is more than the interval of its heartbeats",
                $"Bring the members of etcd nearer to each other, or raise {Heartbeat}.", pair.From)
                .Compared(Shown(trip), $"at most {Shown(heartbeat.Time)}", heartbeat.Source ?? Source);
    }

    private Finding Lossy(IGrouping<Node, Pair> group)
    {
        var senders = string.Join(", ", group.Select(pair => $"{pair.From.Name} ({pair.Way.Lost} of {pair.Way.Tried})"));
        return Warn(
            $"{group.Key.Name}: connections to it lost packets, from {senders}",
            $"Look at the network between them: cables, a full link, a firewall that limits connections, a wrong duplex on {group.Key.Name}.", group.Key)
            .Compared($"{group.Sum(pair => pair.Way.Lost)} of {group.Sum(pair => pair.Way.Tried)} connections", "none",
                "a packet that is not answered within a second (RFC 6298)");
    }

    private static (TimeSpan Time, FindingSource? Source) Milliseconds(ClusterVariables variables, string name, int otherwise) =>
        variables.OfCluster(name) is { Unresolved: null, WholeNumber: > 0 and var set } variable
            ? (TimeSpan.FromMilliseconds(set), variable.Source) : (TimeSpan.FromMilliseconds(otherwise), null);

    private static string Shown(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{time.TotalMilliseconds:0.#} ms");
}
