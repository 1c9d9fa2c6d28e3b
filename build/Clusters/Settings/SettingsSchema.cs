using System.Text.Json;
using System.Text.Json.Nodes;

namespace KubeLab.Clusters;

/// <summary>Every key of <c>kubelab.yml</c>: what the reader accepts, and what editors are told.</summary>
public static class SettingsSchema
{
    /// <summary>The keys, in the order in which they are documented.</summary>
    public static IReadOnlyList<SettingsKey> Keys { get; } =
    [
        new("distribution", SettingsKind.Choice, "Which distribution of Kubernetes is installed. Default: kubespray.")
            { Choices = ["kubespray", "lab"] },
        new("inventory", SettingsKind.File, "The inventory file or script in this folder. Default: the one that is there."),
        new("inventories", SettingsKind.List, "More inventory files, folders or scripts, given to Ansible with -i after the first, in this order."),
        new("kubespray.version", SettingsKind.Text, "The Kubespray version: a git tag, branch or commit. Default: v2.31.0."),
        new("kubespray.path", SettingsKind.File, "A local Kubespray checkout, instead of a version."),
        new("kubespray.url", SettingsKind.Text, "Where Kubespray is cloned from: its public repository, a mirror or a local one."),
        new("ansible.version", SettingsKind.Text, "Picks requirements-<version>.txt and requirements-<version>.yml, where the distribution has them."),
        new("ansible.wheels", SettingsKind.File, "A folder of wheels that Ansible is installed from, instead of Python's package index."),
        new("ansible.index", SettingsKind.Text, "The package index that Ansible is installed from: a mirror. Default: pip's own."),
        new("ansible.vault_password_file", SettingsKind.File, "A file, readable by you alone, with the password of vaulted variables, or a program that prints it."),
        new("ssh.user", SettingsKind.Text, "The user to log in as, where the inventory names none."),
        new("ssh.private_key", SettingsKind.File, "The private key file, as ansible-playbook's --private-key."),
        new("ssh.known_hosts", SettingsKind.File, "A file of pinned host keys. Default: OpenSSH's own."),
        new("ssh.host_key_checking", SettingsKind.Choice, "What to do about an unknown host key: refuse it (yes), accept it once (accept-new), or never check (no). Default: yes.")
            { Choices = ["yes", "accept-new", "no"] },
        new("ssh.connect_timeout", SettingsKind.Duration, "How long a connection may take to open. Default: 10s."),
        new("ssh.kex_algorithms", SettingsKind.Text, "The key exchange to offer, as KexAlgorithms of ssh_config(5). Default: OpenSSH's own."),
        new("ssh.client", SettingsKind.Choice, "The SSH client: the system's OpenSSH, or SSH.NET. Default: openssh.")
            { Choices = ["openssh", "sshnet"] },
        new("become.user", SettingsKind.Text, "The user that tasks run as on the nodes. Default: root."),
        new("become.password_file", SettingsKind.File, "A file, readable by you alone, that holds the password for sudo."),
        new("preflight.skip", SettingsKind.List, "Ids of preflight checks to leave out; the result shows them as skipped."),
        new("preflight.concurrency", SettingsKind.Number, "How many nodes are asked at a time. Default: all, 32 at most."),
        new("smoke.image", SettingsKind.Text, "The image of the smoke test's pods: a busybox. Default: busybox from the public registry."),
        new("smoke.mirror", SettingsKind.Text, "A registry prefix that is put before the default image."),
        new("smoke.timeout", SettingsKind.Duration, "How long the smoke test may take. Default: 15m."),
        new("smoke.allowed_taints", SettingsKind.List, "Keys of taints that are meant to be there, beside those of the control plane."),
        new("smoke.external_name", SettingsKind.Text, "A name outside of the cluster that pods must be able to resolve. Default: none, and the check is skipped."),
        new("smoke.certificate_reserve", SettingsKind.Duration, "How long certificates must still be valid. Default: 720h, which is 30 days."),
        new("smoke.skip", SettingsKind.List, "Ids of smoke checks to leave out; the result shows them as skipped."),
    ];

    /// <summary>The key of a path, or null where there is none.</summary>
    public static SettingsKey? Find(string path) => Keys.FirstOrDefault(key => key.Path == path);

    /// <summary>Whether a word is a section that holds keys.</summary>
    public static bool IsSection(string word) => Keys.Any(key => key.Path.StartsWith($"{word}.", StringComparison.Ordinal));

    /// <summary>The JSON schema (draft 7, as YAML language support in editors reads it) of <c>kubelab.yml</c>.</summary>
    public static string ToJsonSchema()
    {
        var properties = new JsonObject();
        foreach (var key in Keys)
        {
            var words = key.Path.Split('.');
            var owner = words.Length == 1 ? properties : Section(properties, words[0]);
            owner[words[^1]] = Describe(key);
        }

        var schema = new JsonObject
        {
            ["$schema"] = "http://json-schema.org/draft-07/schema#",
            ["title"] = "KubeLab's settings of a cluster (kubelab.yml)",
            ["type"] = "object",
            ["additionalProperties"] = false,
            ["properties"] = properties,
        };
        return schema.ToJsonString(new JsonSerializerOptions { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }) + "\n";
    }

    private static JsonObject Section(JsonObject properties, string name)
    {
        properties[name] ??= new JsonObject
        {
            ["type"] = "object",
            ["additionalProperties"] = false,
            ["properties"] = new JsonObject(),
        };
        return properties[name]!["properties"]!.AsObject();
    }

    private static JsonObject Describe(SettingsKey key)
    {
        var described = new JsonObject { ["description"] = key.Description };
        switch (key.Kind)
        {
            case SettingsKind.List:
                described["type"] = "array";
                described["items"] = new JsonObject { ["type"] = "string" };
                break;
            case SettingsKind.Number:
                described["type"] = "integer";
                described["minimum"] = 1;
                break;
            case SettingsKind.Duration:
                described["type"] = "string";
                described["pattern"] = Durations.Pattern;
                break;
            case SettingsKind.Choice:
                described["enum"] = new JsonArray([.. key.Choices.Select(choice => JsonValue.Create(choice))]);
                break;
            default:
                described["type"] = "string";
                break;
        }

        return described;
    }
}

/// <summary>One key that <c>kubelab.yml</c> may hold.</summary>
/// <param name="Path">Section and key: <c>ssh.user</c>; a key at the top has no dot.</param>
/// <param name="Description">What it does, in one sentence, with its default.</param>
public sealed record SettingsKey(string Path, SettingsKind Kind, string Description)
{
    /// <summary>The values that are allowed, for a choice.</summary>
    public IReadOnlyList<string> Choices { get; init; } = [];
}

/// <summary>What a setting's value is.</summary>
public enum SettingsKind
{
    /// <summary>Any text.</summary>
    Text,

    /// <summary>A file or folder; relative paths count from the file that names them, <c>~</c> is the home folder.</summary>
    File,

    /// <summary>A whole number above zero.</summary>
    Number,

    /// <summary>A time span: <c>90s</c>, <c>2m</c>, <c>1h</c>.</summary>
    Duration,

    /// <summary>One of a few words.</summary>
    Choice,

    /// <summary>A list of words.</summary>
    List,
}
