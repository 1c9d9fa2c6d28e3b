using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace KubeLab.Ansible;

/// <summary>
/// Lists what the deployment of an inventory downloads, as the release itself would choose it
/// (<c>roles/download/tasks/main.yml</c>, <c>prep_kubeadm_images.yml</c>): what is enabled, for the groups that have hosts,
/// at the versions that Ansible resolves. Kubespray's own list (<c>contrib/offline</c>) ignores what is enabled.
/// </summary>
public sealed partial class DownloadLister(CommandRunner commands, AnsibleEnvironment ansible, Inventory inventory)
{
    // Where the packages of the operating system stand: from v2.28 on, and before.
    private static readonly string[] PackageRoles = ["system_packages", "kubernetes/preinstall"];

    // Far more than it takes on a busy machine: all of a release's variables are resolved.
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    private const string KubeadmConfiguration = "roles/download/templates/kubeadm-images.yaml.j2";

    private const string Tasks = """
        - ansible.builtin.debug:
            msg: "kubelab:{{ inventory_hostname }}:{{ found | to_json | b64encode }}:kubelab"
          vars:
            found:
              downloads: "{{ downloads }}"
              defaults: "{{ download_defaults | default({}) }}"
              groups: "{{ group_names }}"
              skipped: "{{ skip_downloads | default(false) | bool }}"
              images: "{{ download_container | default(true) | bool }}"
              delegate: "{{ download_delegate | default('') if (download_run_once | default(false) | bool) else '' }}"
              kubernetes: "{{ kube_version | default('') }}"
              kubeadm: >-
                {{ lookup('template', kubelab_kubeadm, template_vars={'etcd_access_addresses': '', 'cri_socket': ''})
                if kubelab_kubeadm and not (skip_kubeadm_images | default(false) | bool) else '' }}
              pkgs: "{{ pkgs | default({}) }}"
              common: "{{ common_required_pkgs | default([]) }}"
              proxy_mode: "{{ kube_proxy_mode | default('') }}"

        """;

    /// <summary>Lists it.</summary>
    /// <param name="system">What the machines are.</param>
    /// <param name="forced">Variables that outrank all others.</param>
    /// <exception cref="UserError">Ansible could not resolve the release's downloads.</exception>
    public async Task<DownloadList> ListAsync(
        TargetSystem system, IReadOnlyDictionary<string, object>? forced = null, CancellationToken cancellationToken = default)
    {
        var alike = inventory.Nodes.GroupBy(Signature).ToDictionary(
            nodes => nodes.First().Name, IReadOnlyList<string> (nodes) => [.. nodes.Select(node => node.Name)]);
        if (alike.Count == 0)
            throw new UserError(
                $"The inventory has no node that downloads anything: {inventory.Source}",
                "Add nodes to kube_control_plane and kube_node.");
        var facts = Directory.CreateTempSubdirectory("kubelab-facts-");
        try
        {
            foreach (var host in alike.Keys)
                await File.WriteAllTextAsync(Path.Combine(facts.FullName, host), FactsOf(host, system), cancellationToken);
            using var play = new DownloadPlay(ansible, Tasks, PackageRoles) { Facts = facts.FullName, Limit = Limit };
            var template = ansible.Distribution.File(KubeadmConfiguration);
            var command = play.Command(
                alike.Keys, new PlaybookOptions { ForcedVariables = forced ?? new Dictionary<string, object>() },
                new { kubelab_kubeadm = File.Exists(template) ? template : "" });
            var result = await commands.RunAsync(command, cancellationToken: cancellationToken);
            var answers = Read(result.StandardOutput);
            var missing = alike.Keys.Where(host => !answers.ContainsKey(host)).ToList();
            return missing.Count == 0 ? Merge(alike, answers, system) : throw new UserError(
                $"Ansible can't resolve what {ansible.Distribution.Name} has {missing[0]} download:\n{Reason(result)}",
                "Most often a version was set that the release has no checksum of. Correct that variable in the inventory.");
        }
        finally
        {
            facts.Delete(recursive: true);
        }
    }

    /// <summary>Reads what the play said: an object by the host's name.</summary>
    public static IReadOnlyDictionary<string, JsonElement> Read(string output)
    {
        var found = new Dictionary<string, JsonElement>();
        foreach (var answer in Answers().Matches(output).Cast<Match>())
        {
            try
            {
                var said = JsonSerializer.Deserialize<JsonElement>(Convert.FromBase64String(answer.Groups["base64"].Value));
                if (said.ValueKind == JsonValueKind.Object)
                    found[answer.Groups["host"].Value] = said;
            }
            catch (Exception exception) when (exception is JsonException or FormatException)
            {
                // It did not come whole: the host counts as silent.
            }
        }

        return found;
    }

    /// <summary>The images that <c>kubeadm config images list</c> names for a configuration, without CoreDNS and pause, which the
    /// release's own downloads have (GetControlPlaneImages of kubeadm).</summary>
    public static IReadOnlyList<(string Name, string Image)> KubernetesImages(string configuration)
    {
        try
        {
            var roots = YamlText.Load(new StringReader(configuration)).Documents.Select(document => document.RootNode)
                .OfType<YamlMappingNode>().ToList();
            var cluster = roots.Find(root => Text(root, "kind") == "ClusterConfiguration");
            if (cluster is null || Text(cluster, "imageRepository") is not { } repository
                || Text(cluster, "kubernetesVersion") is not { } version)
                return [];
            // Image tags have no plus sign (kubeadm's KubernetesVersionToImageTag).
            var tag = version.Replace('+', '_');
            var images = new[] { "kube-apiserver", "kube-controller-manager", "kube-scheduler", "kube-proxy" }
                .Select(name => ($"kubeadm_{name}", $"{repository}/{name}:{tag}"));
            var local = Child(Child(cluster, "etcd"), "local");
            return [.. images, .. local is null ? [] : new[]
            {
                ("kubeadm_etcd", $"{Text(local, "imageRepository") ?? repository}/etcd:{Text(local, "imageTag")}"),
            }];
        }
        catch (YamlException)
        {
            return [];
        }
    }

    private static string FactsOf(string host, TargetSystem system)
    {
        var facts = new Dictionary<string, object>(system.Facts)
        {
            ["ansible_hostname"] = host,
            ["ansible_nodename"] = host,
            // Defaults that nothing of this depends on ask for an address.
            ["ansible_default_ipv4"] = new { address = "192.0.2.1" },
            ["ansible_default_ipv6"] = new { address = "2001:db8::1" },
        };
        return JsonSerializer.Serialize(facts);
    }

    private DownloadList Merge(
        Dictionary<string, IReadOnlyList<string>> alike, IReadOnlyDictionary<string, JsonElement> answers, TargetSystem system)
    {
        var found = answers.Where(answer => alike.ContainsKey(answer.Key))
            .Select(answer => (Hosts: alike[answer.Key], Answer: new HostAnswer(answer.Key, answer.Value))).ToList();
        var downloads = found.SelectMany(each => each.Answer.Downloads().Select(item => (item, each.Hosts)))
            .GroupBy(each => (each.item.Name, each.item.Url, each.item.Image, each.item.Checksum))
            .Select(same => same.First().item with { Hosts = [.. same.SelectMany(each => each.Hosts)] });
        var packages = found.SelectMany(each => each.Answer.Packages(system).Concat(OlderPackages(system, each.Answer)));
        return new DownloadList(
            found.Max(each => each.Answer.Known),
            [.. downloads.OrderBy(each => each.Image is not null).ThenBy(each => each.Name, StringComparer.Ordinal)],
            [.. packages.Distinct().Order(StringComparer.Ordinal)],
            found.Select(each => each.Answer.Kubernetes).FirstOrDefault(version => version.Length > 0));
    }

    // Up to v2.23: a file by the system's name, of which the first is read (main.yml of preinstall), and a list for all.
    private IEnumerable<string> OlderPackages(TargetSystem system, HostAnswer answer)
    {
        if (answer.Common.Count == 0)
            return [];
        var name = system.Name.ToLowerInvariant();
        string[] files = [$"{name}-{system.Version}", $"{name}-{system.MajorVersion}", name, system.Family.ToLowerInvariant()];
        var written = files.Select(file => $"roles/kubernetes/preinstall/vars/{file}.yml")
            .Select(file => ansible.Distribution.Default(file, "required_pkgs")).FirstOrDefault(variable => variable is not null);
        string[] ofProxy = answer.ProxyMode == "ipvs" ? ["ipvsadm", "ipset"] : [];
        return [.. answer.Common, .. written?.Items ?? [], .. ofProxy];
    }

    // What is the host's own, and nothing that is downloaded depends on.
    private static readonly HashSet<string> OwnVariables = new(StringComparer.Ordinal)
    {
        "ansible_host", "ansible_ssh_host", "ansible_port", "ansible_ssh_port", "ip", "access_ip", "ip6", "etcd_member_name",
        "inventory_hostname", "ansible_user",
    };

    private static string Signature(Node node) => string.Join(
        '\n', node.Groups.Order(StringComparer.Ordinal).Concat(node.Variables
            .Where(variable => !OwnVariables.Contains(variable.Key)).OrderBy(variable => variable.Key, StringComparer.Ordinal)
            .Select(variable => $"{variable.Key}={variable.Value.GetRawText()}")));

    // Ansible repeats all downloads before it says what is wrong with one of them.
    private static string Reason(CommandResult result)
    {
        var lines = (result.StandardOutput + "\n" + result.StandardError).Split('\n').Select(line => line.Trim());
        var said = lines.FirstOrDefault(line => line.StartsWith("fatal:", StringComparison.Ordinal)
            || line.StartsWith("ERROR", StringComparison.Ordinal) || line.StartsWith("[ERROR]", StringComparison.Ordinal));
        var cause = said is null ? null : Undefined().Match(said);
        return cause is { Success: true } ? cause.Value
            : PlainText.Of(said ?? $"exit code {result.ExitCode} of {result.Command.Program}", 1000);
    }

    private static string? Text(YamlMappingNode? mapping, string key) =>
        mapping is not null && mapping.Children.TryGetValue(key, out var value)
            && value is YamlScalarNode { Value.Length: > 0 } scalar ? scalar.Value : null;

    private static YamlMappingNode? Child(YamlMappingNode? mapping, string key) =>
        mapping is not null && mapping.Children.TryGetValue(key, out var value) ? value as YamlMappingNode : null;

    [GeneratedRegex(@"'[^'{}\\]{1,80}' (is undefined|has no attribute '[^'{}]{1,80}')",
        RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Undefined();

    [GeneratedRegex("kubelab:(?<host>[^: ]+):(?<base64>[A-Za-z0-9+/=]+):kubelab",
        RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Answers();
}

/// <summary>What Ansible resolved for one host.</summary>
internal sealed class HostAnswer(string host, JsonElement answer)
{
    public int Known =>
        Property(answer, "downloads") is { ValueKind: JsonValueKind.Object } all ? all.EnumerateObject().Count() : 0;

    public string Kubernetes => Text(answer, "kubernetes") ?? "";

    public string ProxyMode => Text(answer, "proxy_mode") ?? "";

    public IReadOnlyList<string> Common => Items(Property(answer, "common"));

    private HashSet<string> Groups => [.. Items(Property(answer, "groups"))];

    // As roles/download/tasks/main.yml chooses: with download_run_once, one host loads what any needs.
    public IEnumerable<Download> Downloads()
    {
        if (IsTrue(Property(answer, "skipped")) || Property(answer, "downloads") is not { ValueKind: JsonValueKind.Object } all)
            yield break;
        var groups = Groups;
        var isDelegate = Text(answer, "delegate") == host;
        foreach (var item in all.EnumerateObject())
        {
            var isImage = IsTrue(OfItem(item.Value, "container"));
            var wanted = IsTrue(OfItem(item.Value, "enabled")) && (!isImage || IsTrue(Property(answer, "images")))
                && (isDelegate || Items(OfItem(item.Value, "groups")).Any(groups.Contains));
            if (wanted && Of(item.Name, item.Value, isImage) is { } download)
                yield return download;
        }

        if (!new[] { NodeGroups.Cluster, NodeGroups.ControlPlane, NodeGroups.Worker }.Any(groups.Contains))
            yield break;
        foreach (var (name, image) in DownloadLister.KubernetesImages(Text(answer, "kubeadm") ?? ""))
            yield return new Download(name, null, null, image, []);
    }

    // From v2.28 on a list of conditions a package, before (from v2.24 on) what it is for, as pkgs-schema.json has it.
    public IEnumerable<string> Packages(TargetSystem system)
    {
        if (Property(answer, "pkgs") is not { ValueKind: JsonValueKind.Object } packages)
            return [];
        return packages.EnumerateObject().Where(package => package.Value.ValueKind switch
        {
            JsonValueKind.Array => package.Value.EnumerateArray().All(condition => IsTrue(condition)),
            JsonValueKind.Object => (Property(package.Value, "enabled") is not { } enabled || IsTrue(enabled))
                && (Property(package.Value, "groups") is not { } groups || Items(groups).Any(Groups.Contains))
                && (Property(package.Value, "os") is not { } systems || IsFor(systems, system)),
            _ => true,
        }).Select(package => package.Name);
    }

    private static bool IsFor(JsonElement systems, TargetSystem system)
    {
        if (Items(Property(systems, "families")).Contains(system.Family))
            return true;
        if (Property(systems, "distributions") is not { } distributions
            || Property(distributions, system.Name) is not { } distribution)
            return false;
        return !distribution.EnumerateObject().Any()
            || Items(Property(distribution, "major_versions")).Contains(system.MajorVersion)
            || Items(Property(distribution, "versions")).Contains(system.Version)
            || Items(Property(distribution, "releases")).Contains(system.Codename ?? "");
    }

    // The checksum is in sha256 up to v2.27, and in checksum since; of an image it is the digest, which no release sets.
    private static Download? Of(string name, JsonElement item, bool isImage)
    {
        var checksum = Text(item, "checksum") ?? Text(item, "sha256");
        if (isImage)
        {
            if (Text(item, "repo") is not { } repository)
                return null;
            var digest = Text(item, "sha256")?.Replace("sha256:", "");
            var image = digest is null ? $"{repository}:{Text(item, "tag") ?? "latest"}" : $"{repository}@sha256:{digest}";
            return new Download(name, null, null, image, []);
        }

        var url = Items(Property(item, "mirrors")) is [var mirror, ..] ? mirror : Text(item, "url");
        if (url is null)
            return null;
        var wanted = checksum is null ? null : checksum.Contains(':') ? checksum : $"sha256:{checksum}";
        return new Download(name, WithoutUser(url), wanted, null, []);
    }

    private static string WithoutUser(string url) =>
        Uri.TryCreate(url, UriKind.Absolute, out var parsed) && parsed.UserInfo.Length > 0
            ? url.Replace($"{parsed.UserInfo}@", "") : url;

    private JsonElement? OfItem(JsonElement item, string name) =>
        Property(item, name) ?? (Property(answer, "defaults") is { } defaults ? Property(defaults, name) : null);

    private static JsonElement? Property(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value)
            && value.ValueKind is not (JsonValueKind.Null or JsonValueKind.Undefined) ? value : null;

    // Kubespray's defaults for nothing are the word None, and an empty text.
    private static string? Text(JsonElement element, string name) =>
        Property(element, name)?.ToString().Trim() is { Length: > 0 } text && text is not ("None" or "omit") ? text : null;

    private static IReadOnlyList<string> Items(JsonElement? value) => value switch
    {
        { ValueKind: JsonValueKind.Array } list => [.. list.EnumerateArray().Select(item => item.ToString())],
        { ValueKind: JsonValueKind.String } text when text.GetString() is { Length: > 0 } one => [one],
        _ => [],
    };

    private static bool IsTrue(JsonElement? value) => value switch
    {
        { ValueKind: JsonValueKind.True } => true,
        { ValueKind: JsonValueKind.String } text => text.GetString()!.Trim().ToLowerInvariant() is "true" or "yes" or "on" or "1",
        { ValueKind: JsonValueKind.Number } number => number.GetDouble() is not 0,
        _ => false,
    };
}
