namespace KubeLab.Preflight;

/// <summary>No two members of etcd have the same name: the second would never join.</summary>
internal sealed class EtcdMemberNamesRule() : ClusterRule("etcd-member-names", "Names of etcd's members", RuleStage.Inventory)
{
    private const string Name = "etcd_member_name";

    public override IReadOnlyList<string> Variables => [Name];

    public override IEnumerable<Finding> Judge(PreflightContext scene) => scene.Inventory.EtcdMembers
        .Select(node => (Node: node, Variable: scene.Variables.Of(node, Name)))
        .Where(each => each.Variable is { IsDefault: false, Unresolved: null })
        .GroupBy(each => each.Variable!.Text, StringComparer.Ordinal).Where(each => each.Count() > 1)
        .Select(each => Fail(
            $"{string.Join(", ", each.Select(member => $"{member.Variable!.Source}"))}: {string.Join(", ", each.Select(member => member.Node.Name))} have the same {Name}: {each.Key}",
            $"Give each member of etcd its own {Name}.")
                .Compared(each.Key, $"one {Name} a member", each.First().Variable!.Source))
        .DefaultIfEmpty(Pass("every member has a name of its own"));
}
