using KubeLab.Distributions;

namespace KubeLab.Ansible;

/// <summary>
/// The variables that lead what a release downloads to one server of files and one registry, read from the release's own
/// tree: each <c>*_url</c> that names a host, each <c>*_image_repo</c> that names a registry, and what the container engine
/// wants of a registry without TLS. What an inventory sets them to, they outrank.
/// </summary>
public sealed partial class OfflineVariables
{
    private const string Files = "files_repo";
    private const string Registry = "registry_host";

    // The files of defaults that name hosts, from v2.28 on, from v2.24 on, and before.
    private static readonly string[] Folders =
        ["roles/kubespray_defaults/defaults", "roles/kubespray-defaults/defaults", "roles/download/defaults"];

    private static readonly string[] Kinds = ["_url", "_image_repo"];

    private OfflineVariables(IReadOnlyDictionary<string, JsonElement> values) => Values = values;

    /// <summary>The variables by their names, without <c>files_repo</c> and <c>registry_host</c> themselves. In what Ansible
    /// makes no template of, such as keys, the registry stands as <c>{{ registry_host }}</c> too.</summary>
    public IReadOnlyDictionary<string, JsonElement> Values { get; }

    /// <summary>Reads them from a release's tree, for an inventory whose own settings of them they outrank.</summary>
    public static OfflineVariables Read(Distribution distribution, Inventory inventory)
    {
        var values = new SortedDictionary<string, JsonElement>(StringComparer.Ordinal);
        foreach (var (name, value) in Defaults(distribution))
        {
            if (Led(name, value) is { } led)
                values[name] = JsonSerializer.SerializeToElement(led);
        }

        // A release's own template leads to where the variables in it do.
        foreach (var (name, value) in Originals(distribution, inventory))
            values.TryAdd(name, JsonSerializer.SerializeToElement(value));

        if (values.Count > 0)
        {
            foreach (var (name, value) in Engines(distribution.KnownVariables.Names))
                values[name] = JsonSerializer.SerializeToElement(value);
        }

        return new OfflineVariables(values);
    }

    /// <summary>The release's own values of those of these variables that the inventory sets: with them, all comes from the hosts
    /// that the release names.</summary>
    public static IReadOnlyDictionary<string, object> Originals(Distribution distribution, Inventory inventory)
    {
        var set = inventory.Nodes.SelectMany(node => node.Variables.Keys).ToHashSet(StringComparer.Ordinal);
        var originals = new Dictionary<string, object>(StringComparer.Ordinal);
        foreach (var (name, value) in Defaults(distribution).Where(each => set.Contains(each.Name)
            && Kinds.Any(kind => each.Name.EndsWith(kind, StringComparison.Ordinal))))
            originals[name] = value;
        return originals;
    }

    /// <summary>A fingerprint of what a release's tree says of its downloads: two trees with the same one download the
    /// same.</summary>
    public static string Fingerprint(Distribution distribution)
    {
        var text = new StringBuilder();
        var folders = Folders.Concat(Folders.Select(folder => folder.Replace("/defaults", "/vars")));
        foreach (var file in folders.Select(distribution.File).Where(Directory.Exists)
            .SelectMany(folder => Directory.EnumerateFiles(folder, "*.y*ml", SearchOption.AllDirectories))
            .Order(StringComparer.Ordinal))
            text.Append(Path.GetRelativePath(distribution.Directory, file)).Append('\n').Append(File.ReadAllText(file));
        return CacheKey.Of(text.ToString());
    }

    /// <summary>All variables, for a server of files and a registry.</summary>
    /// <param name="files">Where the files are, without a slash at its end: <c>http://192.0.2.1:8080</c>.</param>
    /// <param name="registry">The registry: <c>192.0.2.1:8081</c>.</param>
    public static IReadOnlyDictionary<string, JsonElement> For(
        IReadOnlyDictionary<string, JsonElement> values, string files, string registry)
    {
        var all = new SortedDictionary<string, JsonElement>(StringComparer.Ordinal)
        {
            [Files] = JsonSerializer.SerializeToElement(files),
            [Registry] = JsonSerializer.SerializeToElement(registry),
        };
        foreach (var (name, value) in values)
        {
            all[name] = value.ValueKind == JsonValueKind.String ? value
                : JsonSerializer.Deserialize<JsonElement>(value.GetRawText().Replace("{{ registry_host }}", registry));
        }

        return all;
    }

    // Of a variable that stands twice, the role that comes later covers the other; it is the same value in every release.
    private static IEnumerable<(string Name, string Value)> Defaults(Distribution distribution) => Folders
        .Select(distribution.File).Where(Directory.Exists)
        .SelectMany(folder =>
            Directory.EnumerateFiles(folder, "*.y*ml", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        .SelectMany(file => VariablesFile.Read(file, Path.GetRelativePath(distribution.Directory, file)).Values)
        .Where(variable => !variable.IsCompound).Select(variable => (variable.Name, variable.Value));

    // The host of a URL becomes its first folder; the host of an image's repository is left out, as a registry has no such
    // folder.
    private static string? Led(string name, string value)
    {
        if (name.EndsWith("_url", StringComparison.Ordinal) && Url().Match(value) is { Success: true } url)
            return $"{{{{ {Files} }}}}/{url.Groups["rest"].Value}";
        if (name.EndsWith("_image_repo", StringComparison.Ordinal) && Repository().Match(value) is { Success: true } repository)
            return $"{{{{ {Registry} }}}}{repository.Groups["path"].Value}";
        return null;
    }

    // containerd_registries_mirrors since v2.23; before, what has no TLS was a map from the registry's name to its address.
    private static IEnumerable<(string Name, object Value)> Engines(IReadOnlySet<string> known)
    {
        const string registry = "{{ registry_host }}";
        if (known.Contains("containerd_registries_mirrors"))
        {
            yield return ("containerd_registries_mirrors", new[]
            {
                new
                {
                    prefix = registry,
                    server = $"http://{registry}",
                    mirrors = new[]
                    {
                        new { host = $"http://{registry}", capabilities = new[] { "pull", "resolve" }, skip_verify = true },
                    },
                },
            });
        }
        else if (known.Contains("containerd_insecure_registries"))
        {
            yield return ("containerd_insecure_registries", new Dictionary<string, string> { [registry] = $"http://{registry}" });
        }

        foreach (var name in new[] { "docker_insecure_registries", "crio_insecure_registries" }.Where(known.Contains))
            yield return (name, new[] { registry });
    }

    [GeneratedRegex(@"^https?://(?!localhost[:/]|127\.|\[?::1)(?<rest>[A-Za-z0-9][A-Za-z0-9.-]*(:\d+)?(/.*)?)$",
        RegexOptions.ExplicitCapture | RegexOptions.Singleline, matchTimeoutMilliseconds: 60_000)]
    private static partial Regex Url();

    [GeneratedRegex(@"^[A-Za-z0-9][A-Za-z0-9.-]*(:\d+)?(?<path>(/[A-Za-z0-9._/-]*)?)$",
        RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Repository();
}
