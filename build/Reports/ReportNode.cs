using KubeLab.Ansible;
using KubeLab.Diagnosis;
using KubeLab.Preflight;
using KubeLab.Records;
using KubeLab.Smoke;

namespace KubeLab.Reports;

/// <summary>A node of a run: what it is, how its tasks ended, and what is wrong with it.</summary>
/// <param name="Roles"><c>control plane</c>, <c>etcd</c>, <c>worker</c>; empty where the run never read the inventory.</param>
/// <param name="Address">Where it is reached; empty where that is unknown.</param>
/// <param name="Memory">Its memory; null where it was not asked.</param>
/// <param name="Recap">Its line of Ansible's recap; null where it has none.</param>
/// <param name="Warnings">What deserves a second look, in sentences.</param>
public sealed record ReportNode(
    string Name,
    IReadOnlyList<string> Roles,
    string Address,
    MemoryMeasure? Memory,
    HostCounts? Recap,
    double BusySeconds,
    IReadOnlyList<string> Problems,
    IReadOnlyList<string> Warnings)
{
    /// <summary>How it fared.</summary>
    [JsonIgnore]
    public Mark Mark => Problems.Count > 0 ? Mark.Failed : Warnings.Count > 0 ? Mark.Warning : Mark.Passed;

    /// <summary>What its roles make it run.</summary>
    [JsonIgnore]
    public IReadOnlyList<string> Runs => [
        .. Roles.Contains("etcd") ? ["etcd"] : Array.Empty<string>(),
        .. IsControlPlane ? ["kube-apiserver", "kube-controller-manager", "kube-scheduler"] : Array.Empty<string>(),
        .. IsControlPlane || Roles.Contains("worker") ? ["kubelet", "kube-proxy"] : Array.Empty<string>(),
    ];

    private bool IsControlPlane => Roles.Contains("control plane");
}

/// <summary>A node's memory beside what the distribution wants of it.</summary>
/// <param name="RequiredMb">The highest threshold that it misses, else that it meets, in MiB; null for none.</param>
/// <param name="IsEnough">Whether the deployment may go on.</param>
public sealed record MemoryMeasure(
    double ObservedMb, double? RequiredMb, string? Source, [property: JsonPropertyName("enough")] bool IsEnough)
{
    /// <summary>What a preflight says of a node's memory; null where it says no figure.</summary>
    public static MemoryMeasure? Of(PreflightReport report, string node, IReadOnlyList<Finding> findings) =>
        PreflightRow.Of(node, findings)?.Memory is { Observed.Value: >= 0 and var observed } memory
            ? new MemoryMeasure(observed, memory.Required?.Value, memory.Source?.ToString(), !report.Fails(memory))
            : null;
}

/// <summary>Brings together what the parts of a record say of each node.</summary>
internal sealed class ReportNodes(
    RunOutcome? outcome,
    PreflightReport? preflight,
    SmokeReport? smoke,
    IReadOnlyList<Explanation> explanations,
    Timeline timeline,
    PlayRecap? recap)
{
    private readonly IReadOnlyDictionary<string, double> busy = timeline.BusySeconds();
    private readonly ILookup<string?, Finding> findings = (preflight?.Findings ?? []).ToLookup(finding => finding.Node);

    /// <summary>Every node that the record knows, the inventory's first.</summary>
    public IReadOnlyList<ReportNode> All()
    {
        var known = outcome?.Nodes ?? [];
        var others = (preflight?.Nodes ?? []).Concat(recap?.Hosts.Keys.Where(host => host != "localhost") ?? [])
            .Distinct().Except(known.Select(node => node.Name));
        return [.. known.Concat(others.Select(name => new RunNode(PlainText.Line(name, 200), [], ""))).Select(Node)];
    }

    private ReportNode Node(RunNode node) => new(
        node.Name,
        node.Roles,
        node.Address,
        preflight is null ? null : MemoryMeasure.Of(preflight, node.Name, [.. findings[node.Name]]),
        recap?.Hosts.GetValueOrDefault(node.Name),
        busy.GetValueOrDefault(node.Name),
        [.. Problems(node.Name).Distinct()],
        [.. Warnings(node.Name).Distinct()]);

    private IEnumerable<string> Problems(string node)
    {
        foreach (var finding in findings[node].Where(finding => preflight!.Fails(finding)))
            yield return finding.Message;
        var explained = explanations.Where(explanation => explanation.Nodes.Contains(node)).ToList();
        foreach (var explanation in explained)
            yield return explanation.Title;
        if (explained.Count == 0 && recap?.Hosts.GetValueOrDefault(node) is { } counts && counts.Failed + counts.Unreachable > 0)
            yield return Broken(node, counts);
        foreach (var finding in OfSmoke(node, FindingStatus.Failed))
            yield return finding.Message;
    }

    private string Broken(string node, HostCounts counts)
    {
        var word = counts.Unreachable > 0 ? "unreachable" : "failed";
        var last = timeline.Results.LastOrDefault(
            result => result.Status >= TimelineStatus.Failed && timeline.Hosts[result.Host] == node);
        return last.Status >= TimelineStatus.Failed
            ? $"{word} in {timeline.Tasks[last.Task].FullName}"
            : $"{word} while the playbook ran";
    }

    private IEnumerable<string> Warnings(string node) => findings[node]
        .Where(finding => preflight!.Mark(finding) == Mark.Warning).Select(finding => finding.Message)
        .Concat(OfSmoke(node, FindingStatus.Warning).Select(finding => finding.Message));

    private IEnumerable<Finding> OfSmoke(string node, FindingStatus status) =>
        (smoke?.Checks ?? []).SelectMany(each => each.Findings).Where(
            finding => finding.Node == node && finding.Status == status);
}
