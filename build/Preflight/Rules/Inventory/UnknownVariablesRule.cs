using KubeLab.Ansible;
using KubeLab.Distributions;
using KubeLab.Variables;

namespace KubeLab.Preflight;

/// <summary>
/// The release, or another variable, reads each variable that the inventory's files or the command line set: a mistyped one, or
/// one that was removed
/// releases ago, changes nothing without a word.
/// </summary>
internal sealed class UnknownVariablesRule() : ClusterRule("unknown-variables", "Variables that nothing reads",
    RuleStage.Inventory, FindingStatus.Warning)
{
    // Ansible's own, and those of the lab's nodes.
    private static readonly string[] OwnPrefixes = ["ansible_", "lab_"];

    // A third of a long name is another name.
    private const double Tolerance = 0.2;

    public override IEnumerable<Finding> Judge(PreflightContext scene)
    {
        var known = scene.Distribution.KnownVariables;
        if (known.Names.Count == 0)
            return [Skip("the distribution's tree has no roles to read them in")];
        var written = Written(scene).ToList();
        var read = written.SelectMany(each => each.Names).ToHashSet(StringComparer.Ordinal);
        return written.Select(each => each.Variable)
            .Where(each => !known.Names.Contains(each.Name) && !read.Contains(each.Name)
                && !OwnPrefixes.Any(prefix => each.Name.StartsWith(prefix, StringComparison.Ordinal)))
            .GroupBy(each => each.Name, StringComparer.Ordinal)
            .Select(each => Unknown(each.Key, [.. each.Select(place => place.Source).Distinct()], known))
            .DefaultIfEmpty(Pass("the release reads every variable"));
    }

    private Finding Unknown(string name, IReadOnlyList<VariableSource> places, KnownVariables known)
    {
        var removed = RemovedVariable.Find(name);
        var nearest = removed?.Replacement is { } replacement && known.Names.Contains(replacement)
            ? replacement : NearestName.Of(name, known.Settable, Tolerance);
        var history = removed is null ? "" : $", and Kubespray has not had it since {removed.Release}";
        return Warn(
            $"{string.Join(", ", places)}: nothing in the release reads {name}{history}.{(nearest is null ? "" : $" Did you mean {nearest}?")}",
            nearest is null ? $"Take {name} out; it changes nothing."
                : $"Write {nearest} in its place, or take it out: {name} changes nothing.")
                .Compared(name, nearest ?? "a variable that the release reads", places[0]);
    }

    // Each variable, and the names that its value reads.
    private static IEnumerable<(WrittenVariable Variable, IEnumerable<string> Names)> Written(PreflightContext scene)
    {
        foreach (var outline in FilesRead.Of(scene).Select(file => file.Text.Outline).OfType<YamlOutline>())
        {
            var names = outline.Texts.SelectMany(KnownVariables.InExpressions).ToList();
            foreach (var variable in outline.Variables)
                yield return (variable, names);
        }

        foreach (var variable in scene.Deployment.Lines.Variables
            .Concat(ExtraVariables.Written(scene.Deployment.Ansible.ExtraVariables)))
            yield return (variable, KnownVariables.InExpressions(variable.Value));
    }
}
