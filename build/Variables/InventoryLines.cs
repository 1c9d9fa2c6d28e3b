using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace KubeLab.Variables;

/// <summary>The variables that stand in the inventory file itself, with their lines.</summary>
internal sealed class InventoryLines
{
    private readonly List<(string Host, string Variable, VariablePlace Place)> hosts = [];
    private readonly List<(string Group, string Variable, VariablePlace Place)> groups = [];
    /// <summary>The places where a host's variable is set; of several the last one wins, so it comes first.</summary>
    public IEnumerable<VariablePlace> OfHost(string host, string variable) =>
        hosts.Where(entry => entry.Variable == variable && HostPattern.Matches(entry.Host, host)).Select(entry => entry.Place)
            .Reverse();

    /// <summary>The places where a group's variable is set, the last one first.</summary>
    public IEnumerable<VariablePlace> OfGroup(string group, string variable) =>
        groups.Where(entry => entry.Variable == variable && entry.Group == group).Select(entry => entry.Place).Reverse();

    /// <summary>Reads an inventory file, INI or YAML. A script, a folder or anything else has no lines to point at.</summary>
    public static InventoryLines Read(string path, string shownPath)
    {
        var lines = new InventoryLines();
        try
        {
            var text = File.Exists(path) ? File.ReadAllText(path) : "";
            if (Path.GetExtension(path) is ".yml" or ".yaml" or ".json" && !text.StartsWith("#!", StringComparison.Ordinal))
                lines.ReadYaml(text, shownPath);
            else if (!text.StartsWith("#!", StringComparison.Ordinal))
                lines.ReadIni(text, shownPath);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or YamlException)
        {
            // It has no lines to point at either.
        }

        return lines;
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
                (section, kind) = line[1..line.IndexOf(']', StringComparison.Ordinal)].Split(':', 2) is [var name, var suffix]
                    ? (name, suffix) : (line[1..line.IndexOf(']', StringComparison.Ordinal)], "");
            else if (kind == "vars" && line.Split('=', 2) is [var variable, var value])
                groups.Add((section, variable.Trim(), Place(source, value.Trim().Trim('"', '\''))));
            else if (kind.Length == 0)
                hosts.AddRange(HostLine(line).Select(pair => (pair.Host, pair.Variable, Place(source, pair.Value))));
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
            ReadGroup(group, shownPath);
    }

    private void ReadGroup(KeyValuePair<YamlNode, YamlNode> group, string shownPath)
    {
        if (group is not { Key: YamlScalarNode { Value: { } name }, Value: YamlMappingNode content })
            return;
        foreach (var host in Mapping(content, "hosts"))
        {
            if (host is { Key: YamlScalarNode { Value: { } pattern }, Value: YamlMappingNode variables })
                hosts.AddRange(Places(variables, shownPath).Select(pair => (pattern, pair.Variable, pair.Place)));
        }

        groups.AddRange(Places(Mapping(content, "vars"), shownPath).Select(pair => (name, pair.Variable, pair.Place)));
        foreach (var child in Mapping(content, "children"))
            ReadGroup(child, shownPath);
    }

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
