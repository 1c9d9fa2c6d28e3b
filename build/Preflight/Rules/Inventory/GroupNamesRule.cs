using System.Text.RegularExpressions;
using KubeLab.Variables;

namespace KubeLab.Preflight;

/// <summary>
/// Groups have the names that the playbooks ask for, and no group stands among the hosts of another: Ansible makes a group or a
/// host
/// of any name.
/// </summary>
internal sealed partial class GroupNamesRule() : ClusterRule("group-names", "Names of the groups", RuleStage.Inventory)
{
    private const double Tolerance = 0.2;
    private static readonly string[] Names = [NodeGroups.ControlPlane, NodeGroups.Etcd, NodeGroups.Worker, NodeGroups.Cluster,
        "calico_rr"];
    private static readonly string[] Known = [.. Names.SelectMany(NodeGroups.Names), "all", "ungrouped"];

    // A group that stands among hosts is a host of a name that none may have.
    public override IReadOnlyList<string> Restates => ["inventory_hostname is match"];

    public override IEnumerable<Finding> Judge(PreflightContext scene) =>
        AsHosts(scene).Concat(Mistyped(scene)).DefaultIfEmpty(Pass("the groups have the names that the release knows"));

    private IEnumerable<Finding> AsHosts(PreflightContext scene)
    {
        var groups = scene.Inventory.Written.Keys.Concat(Known).ToHashSet(StringComparer.Ordinal);
        foreach (var host in scene.Inventory.Nodes.Concat(scene.Inventory.Others).Where(node => groups.Contains(node.Name)))
        {
            var lines = scene.Deployment.Lines.Members.Where(entry => entry.Name == host.Name).ToList();
            foreach (var line in lines
                .DefaultIfEmpty(new InventoryEntry(host.Name, "all", new VariableSource(scene.Inventory.Source, null))))
            {
                var heading = scene.Deployment.Lines.Headings
                    .FirstOrDefault(entry => entry.Name == line.Parent && entry.Source.Path == line.Source.Path)?.Source
                    ?? line.Source;
                yield return Fail(
                    $"{heading}: {line.Parent} has a host {host.Name} (line {line.Source.Line?.ToString() ?? "unknown"}), which is the name of a group",
                    $"Write [{line.Parent}:children] there (in YAML, put {host.Name} under children), so that {line.Parent} has its members.")
                        .Compared($"a host {host.Name}", $"[{line.Parent}:children]", line.Source);
            }
        }
    }

    private IEnumerable<Finding> Mistyped(PreflightContext scene)
    {
        var written = scene.Inventory.Written;
        foreach (var group in written.Keys.Where(group => !Known.Contains(group) && !scene.Distribution.KnownVariables.Names
            .Contains(group)))
        {
            if ((NearestName.Of(group, Names, Tolerance) ?? MeantByAnother(scene, group)) is not { } near)
                continue;
            // Parts of a group go by names like its own.
            var members = scene.Inventory.Groups.GetValueOrDefault(near, []);
            if (members.Count > 0 && written[group].All(members.Contains))
                continue;
            var place = scene.Deployment.Lines.Of(group) ?? new VariableSource(scene.Inventory.Source, null);
            var problem = $"{place}: the release knows no group {group}. Did you mean {near}?";
            var remedy = $"Rename it to {near}, also where it is a child of another group.";
            yield return (members.Count == 0 && near != "calico_rr" ? Fail(problem, remedy) : Warn(problem, remedy))
                .Compared(group, near, place);
        }
    }

    // Other words for the same machines are a user's own groups, unless the group that they would be has no members.
    private static string? MeantByAnother(PreflightContext scene, string group)
    {
        var meant = ControlPlaneWords().IsMatch(group) ? NodeGroups.ControlPlane
            : WorkerWords().IsMatch(group) ? NodeGroups.Worker : null;
        return meant is not null && scene.Inventory.Groups.GetValueOrDefault(meant, []).Count == 0 ? meant : null;
    }

    [GeneratedRegex("^((kube|k8s|kubernetes)[-_]?)?(masters?|controllers?|control[-_]?planes?)$",
        RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex ControlPlaneWords();

    [GeneratedRegex("^((kube|k8s|kubernetes)[-_]?(workers?|nodes?|minions?)|workers?)$",
        RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex WorkerWords();
}
