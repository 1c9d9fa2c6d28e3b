using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace KubeLab.Distributions;

/// <summary>
/// The groups that a distribution's playbooks make of others before they do anything else: those that had other names before
/// Kubespray v2.16, and from v2.27.0 on <c>k8s_cluster</c>, from its members' groups instead of from <c>k8s-cluster</c>.
/// </summary>
/// <param name="Origins">The groups whose members each group gets, by its name.</param>
/// <param name="Source">Where that is written; null where the tree makes no groups.</param>
public sealed record DerivedGroups(IReadOnlyDictionary<string, IReadOnlyList<string>> Origins, VariableSource? Source)
{
    // Kubespray: from v2.29.0 on, from v2.24.0, from v2.22.0, and before.
    private static readonly string[] Files =
        ["roles/dynamic_groups/tasks/main.yml", "playbooks/boilerplate.yml", "playbooks/legacy_groups.yml", "legacy_groups.yml"];

    /// <summary>Reads them from a distribution's tree.</summary>
    public static DerivedGroups Read(string directory)
    {
        foreach (var file in Files.Where(file => File.Exists(Path.Combine(directory, file))))
        {
            var origins = new Dictionary<string, IReadOnlyList<string>>();
            var line = 0;
            foreach (var mapping in Mappings(Path.Combine(directory, file)))
            {
                foreach (var (group, from) in Of(mapping))
                {
                    origins[group] = [.. origins.GetValueOrDefault(group, []), .. from];
                    line = line == 0 ? (int)mapping.Start.Line : line;
                }
            }

            if (origins.Count > 0)
                return new DerivedGroups(origins, new VariableSource(file, line));
        }

        return new DerivedGroups(new Dictionary<string, IReadOnlyList<string>>(), null);
    }

    /// <summary>The members of a group once the playbook has made the groups.</summary>
    /// <param name="written">The members of each group as the inventory has it, child groups included.</param>
    public IReadOnlySet<string> Members(string group, IReadOnlyDictionary<string, IReadOnlyList<string>> written) =>
        Origins.GetValueOrDefault(group, []).Prepend(group)
            .SelectMany(name => written.GetValueOrDefault(name, [])).ToHashSet(StringComparer.Ordinal);

    /// <summary>The inventory as it is once the playbook has made the groups: those that get no member aren't made.</summary>
    public Inventory MadeIn(Inventory inventory)
    {
        var groups = inventory.Groups.ToDictionary(StringComparer.Ordinal);
        foreach (var group in Origins.Keys)
        {
            var members = Members(group, inventory.Written);
            var made = inventory.Nodes.Concat(inventory.Others).Select(node => node.Name).Where(members.Contains).ToList();
            if (made.Count > 0)
                groups[group] = [.. groups.GetValueOrDefault(group, []).Union(made)];
        }

        return inventory with { Groups = groups };
    }

    // A table for one task that loops over it, or a play on the members of one group that adds them to another.
    private static IEnumerable<(string Group, IEnumerable<string> From)> Of(YamlMappingNode mapping)
    {
        if (Value(mapping, "group_mappings") is YamlMappingNode table)
        {
            foreach (var (group, from) in table.Children)
                yield return (Text(group), from is YamlSequenceNode items ? items.Select(Text) : [Text(from)]);
        }

        if (Value(mapping, "hosts") is YamlScalarNode hosts && Value(mapping, "tasks") is YamlSequenceNode tasks)
        {
            foreach (var task in tasks.OfType<YamlMappingNode>())
            {
                if (Value(task, "group_by") is YamlMappingNode groupBy
                    && Value(groupBy, "key") is YamlScalarNode { Value: { } key } && !Template.IsIn(key))
                    yield return (key, [Text(hosts)]);
            }
        }
    }

    private static IEnumerable<YamlMappingNode> Mappings(string path)
    {
        try
        {
            using var reader = File.OpenText(path);
            return [.. YamlText.Load(reader).Documents.SelectMany(document => document.AllNodes).OfType<YamlMappingNode>()];
        }
        catch (YamlException)
        {
            // Ansible will say so; no groups are known to be made.
            return [];
        }
    }

    private static YamlNode? Value(YamlMappingNode mapping, string key) =>
        mapping.Children.TryGetValue(new YamlScalarNode(key), out var value) ? value : null;

    private static string Text(YamlNode node) => (node as YamlScalarNode)?.Value ?? "";
}
