using KubeLab.Kubernetes;

namespace KubeLab.Smoke;

/// <summary>Every member of etcd answers, all follow one leader, none raises an alarm, there are as many as in the inventory, and
/// every API server asks all of them. etcd is asked itself, in its pod or over SSH; else the API server says which endpoints are
/// healthy.</summary>
public sealed class EtcdMembersCheck : ISmokeCheck
{
    public string Id => "etcd";
    public string Title => "Every member of etcd is healthy, with one leader";
    public SmokeArea Area => SmokeArea.ControlPlane;
    public string Needs => "etcd in pods, or SSH to its nodes, or the right to read component statuses";

    public async Task<SmokeVerdict> RunAsync(SmokeContext context, CancellationToken cancellationToken)
    {
        var pods = await context.SystemPodsAsync();
        if (EtcdStores.Client(context.Kubectl, pods, context.Etcd) is { } client)
        {
            var list = client.RunAsync(["member", "list", "-w", "json", .. EtcdStores.Limits], cancellationToken);
            var status = EtcdStores.StatusAsync(client, cancellationToken);
            var members = EtcdMember.ReadList((await list).Output);
            var statuses = EtcdStatus.ReadList((await status).Output);
            if (members.Count > 0)
                return await status is { TimedOut: true, Duration.TotalSeconds: var waited }
                    ? SmokeVerdict.Fail($"{members.Count} members are listed, but how they are wasn't told within {waited:0} s")
                    : Judge(context.Expected.Nodes, members, statuses, pods);
        }

        var components = await context.Api.ListAsync(ApiPaths.ComponentStatuses, KubeComponent.Read);
        return Judge(context.Expected.Nodes, components);
    }

    internal static SmokeVerdict Judge(
        IReadOnlyList<ExpectedNode>? expected, IReadOnlyList<EtcdMember> members, IReadOnlyList<EtcdStatus> statuses,
        IReadOnlyList<KubePod>? systemPods = null)
    {
        var byMember = statuses.ToLookup(status => status.MemberId);
        List<Finding> findings = [
            .. members.SelectMany(member => Judge(Node(expected, member), member, byMember[member.Id].FirstOrDefault())),
            .. Compare(expected, members.Count),
            .. systemPods?.Where(pod => pod.Labels.GetValueOrDefault("component") == "kube-apiserver")
                .SelectMany(pod => Asked(pod, members)) ?? [],
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
            return [Finding.Fail(node, $"the member {name} ({member.Host}) doesn't answer within {EtcdStores.AnswerSeconds} s")];
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

    // Kubespray's cluster.yml writes it anew on a control plane that was there before up to v2.23; since then upgrade-cluster.yml
    // alone does (docs/nodes.md, "Adding an etcd node"). An API server whose etcd is beside it asks that one, and may.
    private static IEnumerable<Finding> Asked(KubePod apiServer, IReadOnlyList<EtcdMember> members)
    {
        const string option = "--etcd-servers=";
        var asked = apiServer.Command.Where(word => word.StartsWith(option, StringComparison.Ordinal))
            .SelectMany(word => word[option.Length..].Split(','))
            .Select(url => Uri.TryCreate(url, UriKind.Absolute, out var parsed) ? parsed : null).OfType<Uri>().ToList();
        if (asked.Count == 0 || asked.Any(url => url.IsLoopback))
            return [];
        var hosts = asked.Select(url => url.Host).ToHashSet();
        var missing = members.Where(member => !member.Hosts.Any(hosts.Contains)).ToList();
        // By names that are not the members' own, nothing can be told but how many they are.
        if (missing.Count == 0 || (missing.Count == members.Count && hosts.Count >= members.Count))
            return [];
        return
        [
            Finding.Warn(
                apiServer.Node,
                $"its API server asks {string.Join(", ", hosts.Order())} (--etcd-servers), and not "
                    + $"{string.Join(", ", missing.Select(member => $"{member.Name} ({member.Host})"))}: it ends with those that it knows. "
                    + "./build.sh Upgrade writes it anew, to the same Kubernetes too"),
        ];
    }

    private static string? Node(IReadOnlyList<ExpectedNode>? expected, EtcdMember member) => expected?
        .FirstOrDefault(node => node.IsEtcdMember
            && (node.Address == member.Host || node.Name == member.Host || node.Name == member.Name))?.Name;
}
