using KubeLab.Ansible;
using KubeLab.Distributions;

namespace KubeLab.Preflight;

/// <summary>
/// The release, or another variable, reads each variable that the inventory's files or the command line set: a mistyped one, or
/// one that was removed
/// releases ago, changes nothing without a word.
/// </summary>
internal sealed class UnknownVariablesRule() : ClusterRule("unknown-variables", "Variables that nothing reads",
    RuleStage.Inventory, FindingStatus.Warning)
{
    public override IEnumerable<Finding> Judge(PreflightContext scene)
    {
        var known = scene.Distribution.KnownVariables;
        if (known.Names.Count == 0)
            return [Skip("the distribution's tree has no roles to read them in")];
        return GivenVariable.Unread([.. GivenVariable.All(scene.Deployment)], known)
            .Select(each => Unknown(each.Key, [.. each.Select(place => place.Source).Distinct()], known))
            .DefaultIfEmpty(Pass("the release reads every variable"));
    }

    private Finding Unknown(string name, IReadOnlyList<VariableSource> places, KnownVariables known)
    {
        var removed = RemovedVariable.Find(name);
        var nearest = GivenVariable.InPlaceOf(name, known);
        var history = removed is null ? "" : $", and Kubespray has not had it since {removed.Release}";
        return Warn(
            $"{string.Join(", ", places)}: nothing in the release reads {name}{history}.{(nearest is null ? "" : $" Did you mean {nearest}?")}",
            nearest is null ? $"Take {name} out; it changes nothing."
                : $"Write {nearest} in its place, or take it out: {name} changes nothing.")
                .Compared(name, nearest ?? "a variable that the release reads", places[0]);
    }
}
