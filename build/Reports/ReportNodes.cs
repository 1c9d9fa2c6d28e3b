using KubeLab.Ansible;
using KubeLab.Diagnosis;
using KubeLab.Preflight;
using KubeLab.Records;
using KubeLab.Smoke;

namespace KubeLab.Reports;

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

    private ReportNode Node(RunNode node) => new()
    {
        Name = node.Name,
        Roles = node.Roles,
        Address = node.Address,
        Memory = preflight is null ? null : MemoryMeasure.Of(preflight, node.Name, [.. findings[node.Name]]),
        Recap = recap?.Hosts.GetValueOrDefault(node.Name),
        BusySeconds = busy.GetValueOrDefault(node.Name),
        Problems = [.. Problems(node.Name).Distinct()],
        Warnings = [.. Warnings(node.Name).Distinct()],
    };

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
        var last = timeline.Results.LastOrDefault(result => result.Status >= TimelineStatus.Failed && timeline.Hosts[result.Host] == node);
        return last.Status >= TimelineStatus.Failed ? $"{word} in {timeline.Tasks[last.Task].FullName}" : $"{word} while the playbook ran";
    }

    private IEnumerable<string> Warnings(string node) => findings[node]
        .Where(finding => preflight!.Mark(finding) == Mark.Warning).Select(finding => finding.Message)
        .Concat(OfSmoke(node, FindingStatus.Warning).Select(finding => finding.Message));

    private IEnumerable<Finding> OfSmoke(string node, FindingStatus status) =>
        (smoke?.Checks ?? []).SelectMany(each => each.Findings).Where(finding => finding.Node == node && finding.Status == status);
}
