namespace KubeLab.Clusters;

/// <summary>Reads what <c>ansible-inventory --list</c> prints.</summary>
public static class InventoryParser
{
    /// <summary>Builds the inventory from the JSON of <c>ansible-inventory --list</c>.</summary>
    /// <param name="json">What it printed: <c>_meta.hostvars</c>, and <c>hosts</c> and <c>children</c> of each group.</param>
    /// <exception cref="UserError">The text is no such JSON.</exception>
    public static Inventory Parse(string source, string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return Build(source, document.RootElement.Clone());
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            throw new UserError(
                $"{source}: ansible-inventory did not print an inventory: {exception.Message}",
                $"See what it prints: ansible-inventory -i {ShellWords.Quote(source)} --list",
                exception);
        }
    }

    private static Inventory Build(string source, JsonElement root)
    {
        var (members, children) = Groups(root, NodeGroups.Today);
        var (written, _) = Groups(root, name => name);
        var hostVariables = HostVariables(root);
        var names = members.GetValueOrDefault("all", []).Concat(members.Values.SelectMany(hosts => hosts))
            .Concat(hostVariables.Keys).Distinct().ToList();
        names.ForEach(name => NodeNames.Check(source, name));
        var groups = members.SelectMany(group => group.Value.Select(host => (Host: host, Group: group.Key)))
            .ToLookup(each => each.Host, each => each.Group);
        var nodes = names.Select(name => new Node(
            name,
            groups[name].ToHashSet(),
            hostVariables.GetValueOrDefault(name, new Dictionary<string, JsonElement>()))).ToList();
        var withRole = nodes.Where(node => NodeGroups.WithRole.Any(node.Groups.Contains)).ToList();
        return new Inventory(source, withRole, [.. nodes.Except(withRole)], members, children) { Written = written };
    }

    private static (Dictionary<string, IReadOnlyList<string>> Members, Dictionary<string, IReadOnlyList<string>> Children) Groups(
        JsonElement root, Func<string, string> named)
    {
        var children = new Dictionary<string, IReadOnlyList<string>>();
        var direct = new Dictionary<string, List<string>>();
        foreach (var group in root.EnumerateObject().Where(group => group.Name != "_meta"))
        {
            var name = named(group.Name);
            children[name] = [.. children.GetValueOrDefault(name, []), .. Strings(group.Value, "children").Select(named)];
            if (!direct.TryGetValue(name, out var hosts))
                direct[name] = hosts = [];
            hosts.AddRange(Strings(group.Value, "hosts"));
        }

        // A group without members is only named by the one that it is in.
        var all = direct.Keys.Concat(children.Values.SelectMany(names => names)).Distinct();
        return (all.ToDictionary(group => group, group => Members(group, direct, children)), children);
    }

    private static IReadOnlyList<string> Members(
        string group, Dictionary<string, List<string>> direct, Dictionary<string, IReadOnlyList<string>> children)
    {
        var seen = new HashSet<string>();
        var hosts = new List<string>();
        var waiting = new Queue<string>([group]);
        while (waiting.TryDequeue(out var current))
        {
            if (!seen.Add(current))
                continue;
            hosts.AddRange(direct.GetValueOrDefault(current, []));
            foreach (var child in children.GetValueOrDefault(current, []))
                waiting.Enqueue(child);
        }

        return [.. hosts.Distinct()];
    }

    private static Dictionary<string, IReadOnlyDictionary<string, JsonElement>> HostVariables(JsonElement root)
    {
        var variables = new Dictionary<string, IReadOnlyDictionary<string, JsonElement>>();
        if (!root.TryGetProperty("_meta", out var meta) || !meta.TryGetProperty("hostvars", out var hosts))
            return variables;
        foreach (var host in hosts.EnumerateObject())
        {
            var own = new Dictionary<string, JsonElement>();
            foreach (var variable in host.Value.EnumerateObject())
                own[variable.Name] = variable.Value;
            variables[host.Name] = own;
        }

        return variables;
    }

    private static IEnumerable<string> Strings(JsonElement group, string property) =>
        group.TryGetProperty(property, out var values)
            ? values.EnumerateArray().Select(value => value.GetString()).OfType<string>() : [];
}
