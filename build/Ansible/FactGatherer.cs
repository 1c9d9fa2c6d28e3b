namespace KubeLab.Ansible;

/// <summary>Gathers nodes' facts with Ansible itself, as the playbook would, and changes nothing.</summary>
public sealed partial class FactGatherer(CommandRunner commands, AnsibleEnvironment ansible)
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    private const string Prefix = "ansible_";

    /// <summary>Gathers them.</summary>
    /// <param name="nodes">Those that answer: one that doesn't would be waited for.</param>
    /// <returns>The facts of each node that gave some, by Ansible's names without <c>ansible_</c>.</returns>
    public async Task<IReadOnlyDictionary<string, IReadOnlyDictionary<string, object?>>> GatherAsync(
        IReadOnlyCollection<string> nodes, CancellationToken cancellationToken = default)
    {
        if (nodes.Count == 0)
            return new Dictionary<string, IReadOnlyDictionary<string, object?>>();
        var settings = ansible.Cluster.Settings;
        var ask = ansible.Ask(
            "ansible",
            [
                string.Join(',', nodes), "--module-name", "ansible.builtin.setup", "--args", "gather_subset=!facter,!ohai",
                .. settings.Ssh.PrivateKey is { } key ? [$"--private-key={key}"] : Array.Empty<string>(),
                .. settings.Ssh.User is { } user ? [$"--user={user}"] : Array.Empty<string>(),
                "--become", $"--become-user={settings.Become.User}",
            ]);
        var environment = ansible.For(nodes.Count);
        environment["ANSIBLE_CACHE_PLUGIN"] = "memory";
        environment["ANSIBLE_LOAD_CALLBACK_PLUGINS"] = "False";
        var result = await commands.RunToLimitAsync(
            ask with { Environment = environment, Timeout = Limit }, cancellationToken: cancellationToken);
        cancellationToken.ThrowIfCancellationRequested();
        return Read(result.StandardOutput);
    }

    /// <summary>Reads what <c>ansible</c> prints of each host: <c>k8s-m0 | SUCCESS => {…}</c>.</summary>
    public static IReadOnlyDictionary<string, IReadOnlyDictionary<string, object?>> Read(string output)
    {
        var found = new Dictionary<string, IReadOnlyDictionary<string, object?>>();
        var heads = Head().Matches(output).Cast<Match>().ToList();
        foreach (var (at, head) in heads.Index())
        {
            var end = at + 1 < heads.Count ? heads[at + 1].Index : output.Length;
            if (Facts(output[(head.Index + head.Length - 1)..end]) is { } facts)
                found[head.Groups["host"].Value] = facts;
        }

        return found;
    }

    // What other programs say after it is none of it.
    private static Dictionary<string, object?>? Facts(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text[..(text.LastIndexOf('}') + 1)]);
            return document.RootElement.TryGetProperty("ansible_facts", out var facts)
                && facts.ValueKind == JsonValueKind.Object
                ? facts.EnumerateObject().Where(fact => fact.Name.StartsWith(Prefix, StringComparison.Ordinal))
                    .DistinctBy(fact => fact.Name)
                    .ToDictionary(fact => fact.Name[Prefix.Length..], fact => (object?)fact.Value.Clone())
                : null;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    [GeneratedRegex(@"^(?<host>\S+) \| SUCCESS => \{",
        RegexOptions.Multiline | RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Head();
}
