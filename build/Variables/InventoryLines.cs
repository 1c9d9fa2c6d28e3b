using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace KubeLab.Variables;

/// <summary>What stands in the inventory files themselves, with the lines: groups, their members, and variables.</summary>
public sealed class InventoryLines
{
    private readonly List<(string Host, string Variable, VariablePlace Place)> hosts = [];
    private readonly List<(string Group, string Variable, VariablePlace Place)> groups = [];
    private readonly List<InventoryEntry> headings = [];
    private readonly List<InventoryEntry> members = [];
    private readonly List<InventoryEntry> children = [];

    /// <summary>The places where a group begins; its parent is the group that it is written in, in YAML, else empty.</summary>
    public IReadOnlyList<InventoryEntry> Headings => headings;

    /// <summary>The hosts, or patterns of hosts, of each group.</summary>
    public IReadOnlyList<InventoryEntry> Members => members;

    /// <summary>The groups within groups.</summary>
    public IReadOnlyList<InventoryEntry> Children => children;

    /// <summary>Every variable that is set there, with the place.</summary>
    public IEnumerable<WrittenVariable> Variables => hosts.Select(each => (each.Variable, each.Place))
        .Concat(groups.Select(each => (each.Variable, each.Place)))
        .Select(each => new WrittenVariable(each.Variable, each.Place.Text, [], each.Place.Source)
        {
            IsQuoted = each.Place.IsQuoted,
            IsCompound = each.Place.IsCompound,
        });

    /// <summary>The line on which a host or group is written first; null where none is known.</summary>
    public VariableSource? Of(string name) => headings.Concat(children).Concat(members)
        .FirstOrDefault(entry => entry.Name == name)?.Source;

    /// <summary>The places where a host's variable is set; where there are several, the last one wins, so it comes
    /// first.</summary>
    internal IEnumerable<VariablePlace> OfHost(string host, string variable) =>
        hosts.Where(entry => entry.Variable == variable && HostPattern.Matches(entry.Host, host)).Select(entry => entry.Place)
            .Reverse();

    /// <summary>The places where a group's variable is set, the last one first.</summary>
    internal IEnumerable<VariablePlace> OfGroup(string group, string variable) =>
        groups.Where(entry => entry.Variable == variable && entry.Group == group).Select(entry => entry.Place).Reverse();

    /// <summary>Reads inventories: files, and those of folders.</summary>
    /// <param name="root">The folder that paths are shown relative to.</param>
    public static InventoryLines ReadAll(IEnumerable<string> inventories, string root)
    {
        var lines = new InventoryLines();
        foreach (var file in inventories.SelectMany(Files))
            lines.Add(file, ShownPath.Of(root, file));
        return lines;
    }

    private static IEnumerable<string> Files(string inventory) =>
        Directory.Exists(inventory) ? Directory.EnumerateFiles(inventory).Order(StringComparer.Ordinal) : [inventory];

    /// <summary>Reads an inventory file, INI or YAML. A script, a folder or anything else has no lines to point at.</summary>
    public static InventoryLines Read(string path, string shownPath)
    {
        var lines = new InventoryLines();
        lines.Add(path, shownPath);
        return lines;
    }

    private void Add(string path, string shownPath)
    {
        try
        {
            var text = File.Exists(path) ? File.ReadAllText(path) : "";
            if (Path.GetExtension(path) is ".yml" or ".yaml" or ".json" && !text.StartsWith("#!", StringComparison.Ordinal))
                ReadYaml(text, shownPath);
            else if (!text.StartsWith("#!", StringComparison.Ordinal))
                ReadIni(text, shownPath);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or YamlException)
        {
            // It has no lines to point at either.
        }
    }

    private void ReadIni(string text, string shownPath)
    {
        var section = "ungrouped";
        var kind = "";
        var number = 0;
        foreach (var line in text.Split('\n').Select(line => line.Trim()))
        {
            number++;
            if (line.Length == 0 || line[0] is '#' or ';')
                continue;
            var source = new VariableSource(shownPath, number);
            if (line[0] == '[' && line.Contains(']'))
            {
                (section, kind) = line[1..line.IndexOf(']', StringComparison.Ordinal)].Split(':', 2) is [var name, var suffix]
                    ? (name, suffix) : (line[1..line.IndexOf(']', StringComparison.Ordinal)], "");
                headings.Add(new InventoryEntry(section, "", source));
            }
            else if (kind == "vars" && line.Split('=', 2) is [var variable, var value])
                groups.Add((section, variable.Trim(), Place(source, value.Trim().Trim('"', '\''))));
            else if (kind is "" or "children")
            {
                (kind.Length == 0 ? members : children).Add(new InventoryEntry(line.Split(' ', '\t')[0], section, source));
                if (kind.Length == 0)
                    hosts.AddRange(HostLine(line).Select(pair => (pair.Host, pair.Variable, Place(source, pair.Value))));
            }
        }
    }

    // "k8s-n[0:9] ansible_user=ubuntu  # comment"
    private static IEnumerable<(string Host, string Variable, string Value)> HostLine(string line)
    {
        IReadOnlyList<string> words;
        try
        {
            words = ShellWords.Split(line);
        }
        catch (FormatException)
        {
            return [];
        }

        return words.Skip(1).TakeWhile(word => !word.StartsWith('#')).Select(word => word.Split('=', 2))
            .Where(parts => parts.Length == 2)
            .Select(parts => (words[0], parts[0], parts[1]));
    }

    private void ReadYaml(string text, string shownPath)
    {
        var roots = YamlText.Load(new StringReader(text)).Documents
            .Select(document => document.RootNode).OfType<YamlMappingNode>();
        foreach (var group in roots.SelectMany(root => root.Children))
            ReadGroup(group, "", shownPath);
    }

    private void ReadGroup(KeyValuePair<YamlNode, YamlNode> group, string parent, string shownPath)
    {
        if (group.Key is not YamlScalarNode { Value: { } name })
            return;
        var entry = new InventoryEntry(name, parent, Source(group.Key, shownPath));
        headings.Add(entry);
        if (parent.Length > 0)
            children.Add(entry);
        if (group.Value is not YamlMappingNode content)
            return;
        foreach (var host in Mapping(content, "hosts"))
        {
            members.Add(new InventoryEntry((host.Key as YamlScalarNode)?.Value ?? "", name, Source(host.Key, shownPath)));
            if (host is { Key: YamlScalarNode { Value: { } pattern }, Value: YamlMappingNode variables })
                hosts.AddRange(Places(variables, shownPath).Select(pair => (pattern, pair.Variable, pair.Place)));
        }

        groups.AddRange(Places(Mapping(content, "vars"), shownPath).Select(pair => (name, pair.Variable, pair.Place)));
        foreach (var child in Mapping(content, "children"))
            ReadGroup(child, name, shownPath);
    }

    private static VariableSource Source(YamlNode node, string shownPath) => new(shownPath, (int)node.Start.Line);

    private static YamlMappingNode Mapping(YamlMappingNode content, string key) =>
        content.Children.TryGetValue(new YamlScalarNode(key), out var value) && value is YamlMappingNode mapping ? mapping : [];

    private static IEnumerable<(string Variable, VariablePlace Place)> Places(YamlMappingNode variables, string shownPath) =>
        variables.Where(pair => pair.Key is YamlScalarNode { Value: not null }).Select(pair => (
            ((YamlScalarNode)pair.Key).Value!,
            new VariablePlace(
                new VariableSource(shownPath, (int)pair.Key.Start.Line),
                (pair.Value as YamlScalarNode)?.Value ?? "",
                pair.Value is YamlScalarNode { Style: not (ScalarStyle.Plain or ScalarStyle.Any) },
                pair.Value is not YamlScalarNode)));

    private static VariablePlace Place(VariableSource source, string value) =>
        new(source, value, IsQuoted: false, IsCompound: value is ['[' or '{', ..]);
}

/// <summary>A group or a host where it is written in an inventory.</summary>
/// <param name="Parent">The group that it is written in; empty for none.</param>
public sealed record InventoryEntry(string Name, string Parent, VariableSource Source);
