using KubeLab.Distributions;

namespace KubeLab.Ansible;

/// <summary>A variable that is set for this cluster: in the files beside the inventory, in the inventory itself or on the command
/// line.</summary>
/// <param name="Names">The names that its value, or another one of the same file, reads.</param>
public sealed record GivenVariable(WrittenVariable Variable, IEnumerable<string> Names)
{
    // Ansible's own, and those of the lab's nodes.
    private static readonly string[] OwnPrefixes = ["ansible_", "lab_"];

    // A third of a long name is another name.
    private const double Tolerance = 0.2;

    /// <summary>All of them; one that is set in several places comes several times.</summary>
    public static IEnumerable<GivenVariable> All(Deployment deployment)
    {
        foreach (var outline in FilesRead.Of(deployment).Select(file => file.Text.Outline).OfType<YamlOutline>())
        {
            var names = outline.Texts.SelectMany(KnownVariables.InExpressions).ToList();
            foreach (var variable in outline.Variables)
                yield return new GivenVariable(variable, names);
        }

        foreach (var variable in deployment.Lines.Variables
            .Concat(ExtraVariables.Written(deployment.Ansible.ExtraVariables)))
            yield return new GivenVariable(variable, KnownVariables.InExpressions(variable.Value));
    }

    /// <summary>Those that nothing reads, by their names: neither a release nor another of these variables.</summary>
    public static IReadOnlyList<IGrouping<string, WrittenVariable>> Unread(
        IReadOnlyCollection<GivenVariable> all, KnownVariables known)
    {
        var read = all.SelectMany(each => each.Names).ToHashSet(StringComparer.Ordinal);
        return [.. all.Select(each => each.Variable)
            .Where(each => !known.Names.Contains(each.Name) && !read.Contains(each.Name)
                && !OwnPrefixes.Any(prefix => each.Name.StartsWith(prefix, StringComparison.Ordinal)))
            .GroupBy(each => each.Name, StringComparer.Ordinal)];
    }

    /// <summary>The name that is read in place of one that is not; null where none comes near.</summary>
    public static string? InPlaceOf(string name, KnownVariables known) =>
        RemovedVariable.Find(name)?.Replacement is { } replacement && known.Names.Contains(replacement)
            ? replacement : NearestName.Of(name, known.Settable, Tolerance);
}
