namespace KubeLab.Variables;

/// <summary>Finds the file and line where an inventory sets a variable, for messages. Ansible alone decides the value; a place
/// counts only where it holds that very value, and where none does, the answer is the command that shows it.</summary>
/// <param name="inventoryFile">What Ansible reads the inventory from, absolute.</param>
/// <param name="root">The folder that paths are shown relative to.</param>
public sealed class VariableLocator(string inventoryFile, Inventory inventory, string root)
{
    private static readonly string[] Extensions = ["", ".yml", ".yaml", ".json"];

    private readonly string folder = Directory.Exists(inventoryFile)
        ? inventoryFile
        : Path.GetDirectoryName(inventoryFile) ?? ".";
    private readonly ConcurrentDictionary<string, IReadOnlyDictionary<string, WrittenVariable>> files = new();
    private readonly Lazy<InventoryLines> lines = new(
        () => InventoryLines.Read(inventoryFile, ShownPath.Of(root, inventoryFile)));
    private readonly Lazy<Dictionary<string, int>> depths = new(() => Depths(inventory));

    /// <summary>The file in which a person would set a variable for all nodes.</summary>
    public string FileForAllNodes =>
        ShownPath.Of(root, Path.Combine(
            folder, "group_vars",
            Directory.Exists(Path.Combine(folder, "group_vars", "all")) ? Path.Combine("all", "all.yml") : "all.yml"));

    /// <summary>Finds where a node's variable was set.</summary>
    public VariableSource Locate(Node node, string variable)
    {
        var value = node.Variables[variable];
        return Candidates(node, variable).FirstOrDefault(place => place.Holds(value))?.Source
            ?? new VariableSource($"{ShownPath.Of(root, inventoryFile)} (ansible-inventory --host {node.Name})", null);
    }

    // From the highest precedence to the lowest (Ansible's documentation, "Understanding variable precedence"): host_vars, the
    // inventory's host variables, group_vars with the deepest group first, the inventory's group variables.
    private IEnumerable<VariablePlace> Candidates(Node node, string variable)
    {
        var groups = GroupsOf(node);
        return Files("host_vars", node.Name).Select(file => InFile(file, variable)).OfType<VariablePlace>()
            .Concat(lines.Value.OfHost(node.Name, variable))
            .Concat(groups.SelectMany(group => Files("group_vars", group)).Select(file => InFile(file, variable))
                .OfType<VariablePlace>())
            .Concat(groups.SelectMany(group => lines.Value.OfGroup(group, variable)));
    }

    private VariablePlace? InFile(string file, string variable) => files.GetOrAdd(file, Read).TryGetValue(variable, out var found)
        ? new VariablePlace(found.Source, found.Value, found.IsQuoted, found.Value.Length == 0) : null;

    private IReadOnlyDictionary<string, WrittenVariable> Read(string file)
    {
        try
        {
            return VariablesFile.Read(file, ShownPath.Of(root, file));
        }
        catch (Exception exception) when (exception is UserError or IOException or UnauthorizedAccessException)
        {
            // A vault, or a file that Ansible has its own opinion of: the place stays unknown.
            return new Dictionary<string, WrittenVariable>();
        }
    }

    // group_vars/NAME, NAME.yml and so on, or all files of the folder NAME, of which the last wins.
    private IEnumerable<string> Files(string kind, string name)
    {
        var path = Path.Combine(folder, kind, name);
        if (Directory.Exists(path))
        {
            return Directory.EnumerateFiles(path, "*", SearchOption.AllDirectories)
                .Where(file => Extensions.Contains(Path.GetExtension(file))
                    && !Path.GetFileName(file).StartsWith('.')
                    && !file.EndsWith('~'))
                .OrderDescending(StringComparer.Ordinal);
        }

        return Extensions.Select(extension => path + extension).Where(File.Exists).Reverse();
    }

    // Files may still go by the names that groups had before Kubespray v2.16.
    private List<string> GroupsOf(Node node) => [
        .. node.Groups.Append("all").Distinct()
            .OrderByDescending(group => group == "all" ? -1 : depths.Value.GetValueOrDefault(group))
            .ThenByDescending(group => group, StringComparer.Ordinal)
            .SelectMany(group => NodeGroups.Names(group)),
    ];

    private static Dictionary<string, int> Depths(Inventory inventory)
    {
        var found = new Dictionary<string, int>();
        var waiting = new Queue<(string Group, int Depth)>([("all", 0)]);
        while (waiting.TryDequeue(out var next))
        {
            if (next.Depth > inventory.Groups.Count || (found.TryGetValue(next.Group, out var known) && known >= next.Depth))
                continue;
            found[next.Group] = next.Depth;
            foreach (var child in inventory.Children.GetValueOrDefault(next.Group, []))
                waiting.Enqueue((child, next.Depth + 1));
        }

        return found;
    }
}

/// <summary>A place in an inventory where a variable is set.</summary>
/// <param name="IsCompound">Whether it is a list or a map, whose items aren't compared.</param>
internal sealed record VariablePlace(VariableSource Source, string Text, bool IsQuoted, bool IsCompound)
{
    /// <summary>Whether the place holds a value, as far as can be told: a plain one, unless a template, the very same.</summary>
    public bool Holds(JsonElement value) => Template.IsIn(Text) || value.ValueKind switch
    {
        JsonValueKind.Array or JsonValueKind.Object => IsCompound,
        JsonValueKind.Null => Text.Length == 0 || Text is "~" or "null",
        JsonValueKind.String => value.GetString() == Text,
        JsonValueKind.Number => YamlScalar.ToJson(Text, IsQuoted) is { ValueKind: JsonValueKind.Number } number
            && number.GetDouble().Equals(value.GetDouble()),
        JsonValueKind.True or JsonValueKind.False => YamlScalar.ToJson(Text, IsQuoted).ValueKind == value.ValueKind,
        _ => false,
    };
}
