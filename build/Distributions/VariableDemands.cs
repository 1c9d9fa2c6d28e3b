using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace KubeLab.Distributions;

/// <summary>What a distribution's own checks demand of variables and groups, as far as it can be read out of the asserts
/// themselves.</summary>
public sealed partial class VariableDemands
{
    // Kubespray: from v2.28.0 on, since v2.22, and before.
    private static readonly string[] Files =
    [
        "roles/validate_inventory/tasks/main.yml",
        "roles/kubernetes/preinstall/tasks/0040-verify-settings.yml",
        "roles/kubernetes/preinstall/tasks/0020-verify-settings.yml",
    ];

    private readonly Dictionary<string, AllowedValues> allowed = [];
    private readonly Dictionary<string, VariableSource> booleans = [];
    private readonly Dictionary<string, VariableSource> groups = [];
    private readonly Dictionary<string, VariableSource> named = [];

    /// <summary>The only values that a variable may have, by its name.</summary>
    public IReadOnlyDictionary<string, AllowedValues> Allowed => allowed;

    /// <summary>The variables that have to be booleans, with the assert that wants it.</summary>
    public IReadOnlyDictionary<string, VariableSource> Booleans => booleans;

    /// <summary>The groups that may not be empty, with the assert that wants it.</summary>
    public IReadOnlyDictionary<string, VariableSource> Groups => groups;

    /// <summary>Every name in a condition of an assert, with the assert: a value of another type would break it.</summary>
    public IReadOnlyDictionary<string, VariableSource> Asserted => named;

    /// <summary>Reads them from a distribution's tree.</summary>
    public static VariableDemands Read(string directory)
    {
        var demands = new VariableDemands();
        foreach (var file in Files.Where(file => File.Exists(Path.Combine(directory, file))))
        {
            foreach (var task in Tasks(Path.Combine(directory, file)))
                demands.Add(task, file);
        }

        return demands;
    }

    private void Add(YamlMappingNode task, string file)
    {
        if ((Value(task, "assert") ?? Value(task, "ansible.builtin.assert")) is not YamlMappingNode assert)
            return;
        var items = Items(Value(task, "with_items") ?? Value(task, "loop"));
        var isPlain = Items(Value(task, "when")).OfType<YamlScalarNode>().All(when => PlainCondition().IsMatch(when.Value ?? ""));
        foreach (var condition in Items(Value(assert, "that")).OfType<YamlScalarNode>())
        {
            var text = condition.Value ?? "";
            var source = new VariableSource(file, (int)condition.Start.Line);
            if (isPlain && In().Match(text) is { Success: true } match)
                Allow(new AllowedValues(match.Groups["name"].Value,
                    [.. Quoted().Matches(match.Groups["list"].Value).Select(value => value.Groups["value"].Value)], source));
            if (TypeIsBoolean().Match(text) is { Success: true } boolean)
            {
                foreach (var name in boolean.Groups["name"].Value == "item.value" ? items
                    .Select(item => Text(Value(item as YamlMappingNode, "name"))) : [boolean.Groups["name"].Value])
                    booleans.TryAdd(name, source);
            }

            if (Group().Match(text) is { Success: true } group)
            {
                foreach (var name in group.Groups["name"].Value is "item" ? items.Select(Text)
                    : [group.Groups["name"].Value.Trim('\'', '"')])
                    groups.TryAdd(name, source);
            }

            foreach (var name in KnownVariables.InExpressions($"{{{{ {text} }}}}"))
                named.TryAdd(name, source);
        }
    }

    // Where two asserts name a list, the shorter one holds only in some cases.
    private void Allow(AllowedValues values)
    {
        if (values.Values.Count > (allowed.GetValueOrDefault(values.Variable)?.Values.Count ?? 0)
            && !values.Variable.StartsWith("ansible_", StringComparison.Ordinal))
            allowed[values.Variable] = values;
    }

    private static IEnumerable<YamlMappingNode> Tasks(string path)
    {
        try
        {
            using var reader = File.OpenText(path);
            return [.. YamlText.Load(reader).Documents.SelectMany(document => document.AllNodes).OfType<YamlMappingNode>()];
        }
        catch (YamlException)
        {
            // Ansible will say so; nothing is known to be demanded.
            return [];
        }
    }

    private static IReadOnlyList<YamlNode> Items(YamlNode? node) => node switch
    {
        YamlSequenceNode items => [.. items],
        null => [],
        _ => [node],
    };

    private static YamlNode? Value(YamlMappingNode? mapping, string key) =>
        mapping is not null && mapping.Children.TryGetValue(new YamlScalarNode(key), out var value) ? value : null;

    private static string Text(YamlNode? node) => (node as YamlScalarNode)?.Value ?? "";

    // It holds for every cluster on which the checks aren't switched off.
    [GeneratedRegex(@"^\s*(not ignore_assert_errors|\w+ is defined)\s*$",
        RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex PlainCondition();

    [GeneratedRegex(@"^\s*(?<name>\w+)(\s*\|\s*d(efault)?\('[^']*'\))? in \[(?<list>[^\]]*)\]\s*$",
        RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex In();

    [GeneratedRegex("""['"](?<value>[^'"]*)['"]""", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Quoted();

    [GeneratedRegex(@"^\s*(?<name>[\w.]+)\s*\|\s*type_debug\s*==\s*'bool'",
        RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex TypeIsBoolean();

    [GeneratedRegex(@"^\s*groups\.get\(\s*(?<name>item|'[^']+'|""[^""]+"")\s*\)\s*$",
        RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Group();
}

/// <summary>The values that an assert accepts.</summary>
/// <param name="Source">The assert.</param>
public sealed record AllowedValues(string Variable, IReadOnlyList<string> Values, VariableSource Source);
