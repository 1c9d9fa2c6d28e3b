using KubeLab.Distributions;
using KubeLab.Variables;

namespace KubeLab.Ansible;

/// <summary>
/// The folder of a rehearsal, in place of a checkout: plays that name files of the release's tasks, the inventory as Ansible
/// has read it, and roles that have the release's own variables and no tasks but those to be judged, so that none of a role's
/// dependencies does anything. It is removed when it is disposed of.
/// </summary>
internal sealed class RehearsalFolder : IDisposable
{
    // What a role has beside tasks and handlers, as far as variables and conditions can depend on it.
    private static readonly string[] PartsOfRoles =
        ["defaults", "vars", "meta", "files", "templates", "filter_plugins", "test_plugins"];

    private readonly TemporaryFolder folder = new("rehearsal");

    /// <summary>Makes the folder, with nothing in it yet that means anything.</summary>
    public RehearsalFolder()
    {
        UnixFile.MakeDirectory(Home);
        // Ansible looks whether it is there before it reads the inventory.
        UnixFile.Write(Playbook, "", UnixFile.Readable);
    }

    /// <summary>Writes what is to be played.</summary>
    /// <param name="written">The groups within groups as the inventory's files have them, where they can be read.</param>
    /// <param name="limit">How long one task may take on one node.</param>
    /// <param name="rendersFiles">Whether the files that the release writes are wanted, in place of its asserts.</param>
    /// <returns>How many plays it has.</returns>
    public int Write(
        Distribution distribution, Inventory inventory, IReadOnlyList<InventoryEntry> written, TimeSpan limit,
        bool rendersFiles = false)
    {
        inventory = distribution.DerivedGroups.MadeIn(inventory);
        var plays = rendersFiles ? RenderingPlays(distribution, inventory, limit) : Plays(distribution, inventory, limit);
        UnixFile.Write(Playbook, JsonSerializer.Serialize(plays), UnixFile.Readable);
        var asserts = distribution.Asserts.BeforeFacts.Concat(distribution.Asserts.WithFacts);
        var rendered = rendersFiles ? distribution.Configuration.Files.Select(each => each.File) : [];
        var withTasks = asserts.Concat(rendered).Select(file => file.Role).ToHashSet();
        foreach (var role in distribution.Asserts.Roles.Union(rendersFiles ? distribution.Configuration.Roles : []))
            WriteRole(distribution, role, withTasks.Contains(role));
        UnixFile.Write(Inventory, JsonSerializer.Serialize(InventoryOf(inventory, written)), UnixFile.Readable);
        return plays.Length;
    }

    /// <summary>Lets the folder's group, but nobody else, look at what is in it.</summary>
    public void ShowToGroup() =>
        UnixFile.SetMode(Path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
            | UnixFileMode.GroupRead | UnixFileMode.GroupExecute);

    /// <summary>The folder itself.</summary>
    public string Path => folder.Path;

    /// <summary>An empty folder, to be in.</summary>
    public string Home => System.IO.Path.Combine(Path, "home");

    /// <summary>The inventory.</summary>
    public string Inventory => System.IO.Path.Combine(Path, "hosts.json");

    /// <summary>The playbook. JSON is YAML.</summary>
    public string Playbook => System.IO.Path.Combine(Path, "rehearsal.yml");

    /// <summary>The roles.</summary>
    public string Roles => System.IO.Path.Combine(Path, "roles");

    /// <summary>Removes the folder, which may hold what was decrypted from a vault.</summary>
    public void Dispose() => folder.Dispose();

    private void WriteRole(Distribution distribution, string role, bool hasTasks)
    {
        var source = distribution.File(System.IO.Path.Combine("roles", role));
        var target = UnixFile.MakeDirectory(System.IO.Path.Combine(Roles, role));
        string[] parts = [.. PartsOfRoles, .. hasTasks ? ["tasks"] : Array.Empty<string>()];
        foreach (var part in parts.Where(part => Directory.Exists(System.IO.Path.Combine(source, part))))
            Directory.CreateSymbolicLink(System.IO.Path.Combine(target, part), System.IO.Path.Combine(source, part));
    }

    private static object[] Plays(Distribution distribution, Inventory inventory, TimeSpan limit)
    {
        var asserts = distribution.Asserts;
        var members = inventory.Groups.ContainsKey("k8s_cluster") ? "k8s_cluster:etcd" : "all";
        string[] defaults = asserts.DefaultsRole is { } role ? [role] : [];
        var listed = defaults.Length > 0 ? defaults.Append("download").Where(asserts.Roles.Contains) : [];
        return
        [
            .. asserts.BeforeFacts.Count > 0
                ? [Play("before the facts", "all", asserts.BeforeFacts, defaults, waitsForFacts: false)] : Array.Empty<object>(),
            Play("with the facts", members, asserts.WithFacts, listed, waitsForFacts: true),
        ];

        Dictionary<string, object> Play(
            string name, string hosts, IReadOnlyList<AssertFile> files, IEnumerable<string> roles, bool waitsForFacts) => PlayOf(
            name, hosts, files, roles, new
            {
                files = files.Where(file => file.IsJudged).Select(file => distribution.File(file.Path)),
                prepare = files.Where(file => !file.IsJudged).Select(file => distribution.File(file.Path)),
                facts = waitsForFacts,
                limit = limit.TotalSeconds,
            });
    }

    // As they are on a cluster that works: a file is compared with what is written there.
    private static readonly object Given = new
    {
        etcd_cluster_is_healthy = new { rc = 0 },
        etcd_events_cluster_is_healthy = new { rc = 0 },
    };

    // What only sets variables before the asserts, sets them for the files too.
    private static object[] RenderingPlays(Distribution distribution, Inventory inventory, TimeSpan limit)
    {
        var asserts = distribution.Asserts;
        var isGrouped = inventory.Groups.ContainsKey(NodeGroups.Cluster);
        List<AssertFile> before = [.. asserts.WithFacts.Where(file => !file.IsJudged)];
        string[] defaults = asserts.DefaultsRole is { } role ? [role, .. asserts.Roles.Where(each => each == "download")] : [];
        return
        [
            PlayOf("what is set before", "all", before, defaults, new
            {
                render = before.Select(file => distribution.File($"roles/{file.Role}")),
                facts = true,
                limit = limit.TotalSeconds,
            }),
            .. distribution.Configuration.Files.Select(each => PlayOf(
                each.File.Role, isGrouped ? each.Hosts : each.Hosts.Replace(NodeGroups.Cluster, "all"), [each.File], defaults, new
            {
                render = new[] { distribution.File($"roles/{each.File.Role}") },
                given = Given,
                facts = false,
                limit = limit.TotalSeconds,
            })),
            PlayOf(ReleaseFiles.LastPlay, "all", [], [], new { facts = false, limit = limit.TotalSeconds }),
        ];
    }

    private static Dictionary<string, object> PlayOf(
        string name, string hosts, IReadOnlyList<AssertFile> files, IEnumerable<string> roles, object does) => new()
        {
            ["name"] = name,
            ["hosts"] = hosts,
            ["gather_facts"] = false,
            ["strategy"] = "kubelab_rehearsal",
            ["vars"] = new { kubelab_rehearsal = does },
            ["roles"] = roles.Where(role => !files.Any(file => file.Role == role)),
            ["tasks"] = files.Select(Task),
        };

    // Listed roles see each other's variables, which included ones don't.
    private static Dictionary<string, object> Task(AssertFile file) => new()
    {
        [file.IsApart ? "include_role" : "import_role"] = new { name = file.Role, tasks_from = file.File },
        ["when"] = file.When,
    };

    // Variables are those that each node has in the end, whatever file they are from: all of them are weaker than facts.
    private static object InventoryOf(Inventory inventory, IReadOnlyList<InventoryEntry> written)
    {
        var machines = inventory.Nodes.Concat(inventory.Others).ToList();
        var groups = inventory.Groups.Keys.Concat(inventory.Children.Keys).Distinct()
            .Where(group => group is not ("all" or "ungrouped"))
            .ToDictionary(group => group, group => Group(inventory, group, written));
        var shared = Shared(machines);
        return new
        {
            all = new
            {
                hosts = machines.ToDictionary(
                    machine => machine.Name, machine => Own(machine, shared, inventory)),
                children = groups,
                vars = shared,
            },
        };
    }

    // Ansible gives the last two to each machine by itself, of this folder.
    private static Dictionary<string, object> Own(
        Node machine, Dictionary<string, JsonElement> shared, Inventory inventory) =>
        new(machine.Variables.Where(variable => !shared.ContainsKey(variable.Key))
            .Select(variable => KeyValuePair.Create(variable.Key, (object)variable.Value)))
        {
            ["inventory_file"] = inventory.Source,
            ["inventory_dir"] = System.IO.Path.GetDirectoryName(inventory.Source) ?? ".",
        };

    // What all machines have, and have alike, is written once for thousands of them.
    private static Dictionary<string, JsonElement> Shared(IReadOnlyList<Node> machines) => machines is not [var first, ..]
        ? []
        : first.Variables.Where(variable => machines.All(machine => machine.Variables.TryGetValue(variable.Key, out var value)
            && JsonElement.DeepEquals(value, variable.Value))).ToDictionary();

    // Ansible lists children by name, and has them in the order of the file: a task that runs once runs on the first one's
    // first node.
    private static object Group(Inventory inventory, string group, IReadOnlyList<InventoryEntry> written)
    {
        var order = written.Where(entry => entry.Parent == group).Select(entry => entry.Name).ToList();
        var children = inventory.Children.GetValueOrDefault(group, [])
            .OrderBy(child => order.IndexOf(child) is >= 0 and var place ? place : order.Count).ToList();
        var ofChildren = children.SelectMany(child => inventory.Groups.GetValueOrDefault(child, [])).ToHashSet();
        return new
        {
            hosts = inventory.Groups.GetValueOrDefault(group, []).Where(name => !ofChildren.Contains(name))
                .ToDictionary(name => name, _ => new Dictionary<string, string>()),
            children = children.ToDictionary(child => child, _ => new Dictionary<string, string>()),
        };
    }
}
