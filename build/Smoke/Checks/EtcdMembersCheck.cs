using KubeLab.Kubernetes;

namespace KubeLab.Smoke;

/// <summary>Every member of etcd answers, all follow one leader, none raises an alarm, and there are as many as in the inventory.
/// etcd is asked itself, in its pod or over SSH; else the API server says which endpoints are healthy.</summary>
public sealed class EtcdMembersCheck : ISmokeCheck
{
    // etcdctl's own limits are 2 s for a connection and 5 s for an answer, which a busy machine misses.
    private const string AnswerSeconds = "10";
    private static readonly string[] Limits = ["--dial-timeout=10s", $"--command-timeout={AnswerSeconds}s"];

    public string Id => "etcd";
    public string Title => "Every member of etcd is healthy, with one leader";
    public SmokeArea Area => SmokeArea.ControlPlane;
    public string Needs => "etcd in pods, or SSH to its nodes, or the right to read component statuses";

    public async Task<SmokeVerdict> RunAsync(SmokeContext context, CancellationToken cancellationToken)
    {
        if (EtcdStores.Client(context.Kubectl, await context.SystemPodsAsync(), context.Etcd) is { } client)
        {
            var list = client.RunAsync(["member", "list", "-w", "json", .. Limits], cancellationToken);
            var status = client.RunAsync(["endpoint", "status", "--cluster", "-w", "json", .. Limits], cancellationToken);
            var members = EtcdMember.ReadList((await list).Output);
            var statuses = EtcdStatus.ReadList((await status).Output);
            if (members.Count > 0)
                return await status is { TimedOut: true, Duration.TotalSeconds: var waited }
                    ? SmokeVerdict.Fail($"{members.Count} members are listed, but how they are wasn't told within {waited:0} s")
                    : Judge(context.Expected.Nodes, members, statuses);
        }

        var components = await context.Api.ListAsync(ApiPaths.ComponentStatuses, KubeComponent.Read);
        return Judge(context.Expected.Nodes, components);
    }

    internal static SmokeVerdict Judge(
        IReadOnlyList<ExpectedNode>? expected, IReadOnlyList<EtcdMember> members, IReadOnlyList<EtcdStatus> statuses)
    {
        var byMember = statuses.ToLookup(status => status.MemberId);
        List<Finding> findings = [
            .. members.SelectMany(member => Judge(Node(expected, member), member, byMember[member.Id].FirstOrDefault())),
            .. Compare(expected, members.Count),
        ];
        var leaders = statuses.Select(status => status.Leader).Where(leader => leader != 0).Distinct().ToList();
        if (leaders.Count > 1)
            findings.Add(Finding.Fail(null, $"its members follow {leaders.Count} different leaders"));
        return SmokeVerdict.From($"{statuses.Count} of {members.Count} members are healthy and follow one leader", findings);
    }

    internal static SmokeVerdict Judge(IReadOnlyList<ExpectedNode>? expected, IReadOnlyList<KubeComponent> components)
    {
        var members = components.Where(component => component.Name.StartsWith("etcd", StringComparison.Ordinal)).ToList();
        if (members.Count == 0)
            return SmokeVerdict.Skip(
                "etcd can't be asked: it is no pod, there is no SSH to its nodes, and the API server doesn't say");

        List<Finding> findings = [
            .. members.Select(member => member.IsHealthy
                ? Finding.Pass(null, $"{member.Name} is healthy")
                : Finding.Fail(null, $"{member.Name} isn't healthy: {member.Message}")),
            .. Compare(expected, members.Count),
        ];
        return SmokeVerdict.From($"{members.Count} of {members.Count} endpoints are healthy, by the API server's word", findings);
    }

    private static IEnumerable<Finding> Judge(string? node, EtcdMember member, EtcdStatus? status)
    {
        var name = member.Name.Length > 0 ? member.Name : $"{member.Id:x}";
        if (status is null)
            return [Finding.Fail(node, $"the member {name} ({member.Host}) doesn't answer within {AnswerSeconds} s")];
        if (status.Leader == 0)
            return [Finding.Fail(node, $"the member {name} has no leader: etcd has lost its quorum")];
        if (status.Errors.Count > 0)
            return status.Errors.Select(error => Finding.Fail(node, $"the member {name} raises an alarm: {error}"));
        return member.IsLearner
            ? [Finding.Warn(node, $"the member {name} is still a learner and doesn't vote")]
            : [Finding.Pass(node, $"the member {name} is healthy")];
    }

    private static IEnumerable<Finding> Compare(IReadOnlyList<ExpectedNode>? expected, int actual)
    {
        var wanted = expected?.Count(node => node.IsEtcdMember) ?? 0;
        return wanted == 0 || wanted == actual ? [] : [Finding.Fail(null, $"it has {actual} members, in the inventory {wanted}")];
    }

    private static string? Node(IReadOnlyList<ExpectedNode>? expected, EtcdMember member) => expected?
        .FirstOrDefault(node => node.IsEtcdMember
            && (node.Address == member.Host || node.Name == member.Host || node.Name == member.Name))?.Name;
}
