using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace KubeLab.Distributions;

/// <summary>
/// The asserts by which a release's own playbooks refuse a cluster, file by file, in the order in which they come: in every tag
/// those of preinstall (<c>0020-verify-settings.yml</c> up to v2.21.0, <c>0040-</c> since), from v2.28.0 on
/// <c>validate_inventory</c> before any fact is gathered, and the checks of the network plugins that have some.
/// </summary>
public sealed record ReleaseAsserts
{
    private const string Preinstall = "kubernetes/preinstall";
    private const string NetworkPlugins = "network_plugin";

    // Renamed with v2.28; a role of the old name stays to say so.
    private static readonly string[] DefaultsRoles = ["kubespray_defaults", "kubespray-defaults"];

    /// <summary>What is judged without a fact of any node.</summary>
    public IReadOnlyList<AssertFile> BeforeFacts { get; private init; } = [];

    /// <summary>What is judged once the facts are there, and the files before it that set variables.</summary>
    public IReadOnlyList<AssertFile> WithFacts { get; private init; } = [];

    /// <summary>The roles whose variables are seen: those of the files, and all that they depend on.</summary>
    public IReadOnlyList<string> Roles { get; private init; } = [];

    /// <summary>The role that holds the variables of all others; null where the tree has none.</summary>
    public string? DefaultsRole { get; private init; }

    /// <summary>What of the tree can't be read, with its file; null where all can.</summary>
    public string? Problem { get; private init; }

    /// <summary>Reads where a tree keeps its asserts.</summary>
    /// <param name="directory">The tree, absolute.</param>
    public static ReleaseAsserts Read(string directory)
    {
        try
        {
            var defaults = Array.Find(DefaultsRoles, role => Directory.Exists(RolePath(directory, role)));
            var before = Existing(directory, "validate_inventory", "main", isJudged: true);
            List<AssertFile> with =
            [
                .. defaults is null ? [] : Existing(directory, defaults, "main", isJudged: false),
                .. Existing(directory, "network_facts", "main", isJudged: false),
                .. OfPreinstall(directory),
            ];
            with.AddRange(OfNetworkPlugins(directory, with));
            string[] first =
                [.. defaults is null ? [] : new[] { defaults, "download" }, .. before.Concat(with).Select(file => file.Role)];
            return new ReleaseAsserts
            {
                BeforeFacts = before,
                WithFacts = with,
                DefaultsRole = defaults,
                Roles = WithDependencies(directory, first.Where(role => Directory.Exists(RolePath(directory, role)))),
            };
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or YamlException or UserError)
        {
            return new ReleaseAsserts { Problem = exception.Message };
        }
    }

    private static string RolePath(string directory, string role) => Path.Combine(directory, "roles", role);

    private static List<AssertFile> Existing(string directory, string role, string name, bool isJudged) =>
        [.. TaskFile(directory, role, name) is { } file ? [new AssertFile(role, file, [], isJudged)] : Array.Empty<AssertFile>()];

    internal static string? TaskFile(string directory, string role, string name)
    {
        string[] names = Path.HasExtension(name) ? [name] : [$"{name}.yml", $"{name}.yaml"];
        return Array.Find(names, each => File.Exists(Path.Combine(RolePath(directory, role), "tasks", each)));
    }

    private static List<AssertFile> OfPreinstall(string directory)
    {
        var found = new List<AssertFile>();
        if (TaskFile(directory, Preinstall, "main") is not { } main)
            return found;
        foreach (var task in Tasks(Path.Combine(RolePath(directory, Preinstall), "tasks", main)))
        {
            if (Value(task, "import_tasks", "include_tasks") is YamlScalarNode { Value: { } file }
                && (IsJudged(file) || file.Contains("set_facts")) && TaskFile(directory, Preinstall, file) is not null)
                found.Add(new AssertFile(Preinstall, file, Conditions(task), IsJudged(file)));
            else if (Value(task, "include_role", "import_role") is YamlMappingNode role
                && Text(role, "name") is { } name && Text(role, "tasks_from") is { } from
                && TaskFile(directory, name, from) is { } check
                && name.StartsWith($"{NetworkPlugins}/", StringComparison.Ordinal))
                found.Add(new AssertFile(name, check, Conditions(task), IsJudged: true) { IsApart = true });
        }

        return found;

        static bool IsJudged(string file) => file.Contains("verify-settings");
    }

    // The role of the plugin that was chosen runs in a later play; only Calico's check is called earlier, from v2.19 on.
    private static IEnumerable<AssertFile> OfNetworkPlugins(string directory, List<AssertFile> known)
    {
        var plugins = RolePath(directory, NetworkPlugins);
        if (!Directory.Exists(plugins))
            return [];
        return Directory.EnumerateDirectories(plugins).Select(plugin => Path.GetFileName(plugin)).Order(StringComparer.Ordinal)
            .Where(plugin => !known.Exists(file => file.Role == $"{NetworkPlugins}/{plugin}"))
            .SelectMany(plugin => Existing(directory, $"{NetworkPlugins}/{plugin}", "check", isJudged: true)
                .Select(file => file with { When = [Chosen(plugin)], IsApart = true }));
    }

    private static string Chosen(string plugin) => plugin == "cilium"
        ? "kube_network_plugin == 'cilium' or cilium_deploy_additionally | default(false) | bool"
        : $"kube_network_plugin == '{plugin}'";

    internal static List<string> WithDependencies(string directory, IEnumerable<string> roles)
    {
        var found = new List<string>();
        var waiting = new Queue<string>(roles);
        while (waiting.TryDequeue(out var role))
        {
            if (found.Contains(role))
                continue;
            found.Add(role);
            var meta = Path.Combine(RolePath(directory, role), "meta", "main.yml");
            foreach (var dependency in File.Exists(meta) ? Dependencies(meta) : [])
                waiting.Enqueue(dependency);
        }

        return found;
    }

    private static IEnumerable<string> Dependencies(string meta) =>
        Root(meta) is YamlMappingNode root && Value(root, "dependencies") is YamlSequenceNode dependencies
            ? dependencies.Select(each => each is YamlMappingNode mapping
                ? Text(mapping, "role") ?? Text(mapping, "name")
                : (each as YamlScalarNode)?.Value).OfType<string>()
            : [];

    internal static IEnumerable<YamlMappingNode> Tasks(string file) =>
        Root(file) is YamlSequenceNode tasks ? tasks.OfType<YamlMappingNode>() : [];

    private static YamlNode? Root(string file)
    {
        using var text = new StreamReader(file);
        return YamlText.Load(text).Documents is [{ RootNode: var root }, ..] ? root : null;
    }

    internal static YamlNode? Value(YamlMappingNode mapping, params string[] names) =>
        names.SelectMany(name => new[] { name, $"ansible.builtin.{name}" })
            .Select(name => mapping.Children.TryGetValue(new YamlScalarNode(name), out var value) ? value : null)
            .FirstOrDefault(value => value is not null);

    internal static string? Text(YamlMappingNode mapping, string name) => (Value(mapping, name) as YamlScalarNode)?.Value;

    private static List<string> Conditions(YamlMappingNode task) => Value(task, "when") switch
    {
        YamlScalarNode { Value: { } condition } => [condition],
        YamlSequenceNode conditions => [.. conditions.OfType<YamlScalarNode>().Select(each => each.Value!)],
        _ => [],
    };
}

/// <summary>A file of tasks, and when the release runs it.</summary>
/// <param name="Role">The role that it belongs to, below <c>roles/</c>.</param>
/// <param name="File">Its name in the role's <c>tasks</c>.</param>
/// <param name="When">The conditions on which it is run, as the release writes them.</param>
/// <param name="IsJudged">Whether it holds asserts; else it only sets variables for those that do.</param>
public sealed record AssertFile(string Role, string File, IReadOnlyList<string> When, bool IsJudged)
{
    /// <summary>Whether the role's variables are seen by its own tasks alone, as a role is included and not listed.</summary>
    public bool IsApart { get; init; }

    /// <summary>Its path in the tree.</summary>
    public string Path => $"roles/{Role}/tasks/{File}";
}
