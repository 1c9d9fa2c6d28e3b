using System.Collections;
using KubeLab.Variables;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace KubeLab.Runs;

/// <summary>Where a run's secrets come from, and so what must not stand in its record.</summary>
public static partial class SecretSources
{
    /// <summary>The environment's secrets: by their names, in proxy URLs, and in the files of Ansible's passwords.</summary>
    public static IEnumerable<string> OfEnvironment(IDictionary environment) => environment.Keys.OfType<string>()
        .SelectMany(name => environment[name] is string value ? OfEnvironment(name, value) : []);

    /// <summary>The secrets of a cluster's settings: the password for sudo and the private key.</summary>
    public static IEnumerable<string> OfSettings(ClusterSettings settings) => [
        .. settings.Become.PasswordFile is { } passwordFile ? OfPasswordFile(passwordFile) : [],
        // Its lines, as whatever prints a key prints it by line; the ends of all keys are alike.
        .. Text(settings.Ssh.PrivateKey).Split('\n').Select(line => line.Trim())
            .Where(line => line.Length >= 16 && !line.StartsWith("-----", StringComparison.Ordinal)),
    ];

    /// <summary>The secrets of extra variables: JSON, <c>@file</c>, or <c>name=value</c> pairs.</summary>
    public static IEnumerable<string> OfExtraVariables(string? variables)
    {
        if (string.IsNullOrWhiteSpace(variables))
            return [];
        var text = variables.TrimStart().StartsWith('@') ? Text(variables.Trim()[1..]) : variables;
        if (text.TrimStart() is ['{' or '[', ..] || variables.TrimStart().StartsWith('@'))
            return OfYaml(text);
        return [.. Pair().Matches(text)
            .SelectMany(pair => OfVariable(pair.Groups["name"].Value, pair.Groups["value"].Value.Trim('"', '\'')))];
    }

    /// <summary>The secrets of an inventory's variables, as far as Ansible has decrypted them.</summary>
    public static IEnumerable<string> OfInventory(Inventory inventory) => inventory.Nodes.Concat(inventory.Others)
        .SelectMany(node => node.Variables).SelectMany(variable => OfJson(variable.Key, variable.Value)).Distinct();

    /// <summary>The variables of an inventory that are encrypted one by one: only Ansible can tell what they hold.</summary>
    public static IReadOnlyList<TemplateRequest> Encrypted(Inventory inventory) =>
        [.. inventory.Nodes.Concat(inventory.Others).SelectMany(node => node.Variables
            .Where(variable => Vault.IsIn(variable.Value))
            .Select(variable => new TemplateRequest(node, variable.Key, variable.Value, IsDefault: false)))];

    /// <summary>The secrets that encrypted variables turned out to hold.</summary>
    public static IEnumerable<string> OfAnswers(IEnumerable<TemplateResult> answers) => answers
        .SelectMany(answer => answer.Value is { } value ? OfJson("password", value) : []).Distinct();

    /// <summary>The files of an inventory's variables, and of extra variables, that are encrypted as a whole.</summary>
    public static IReadOnlyList<string> EncryptedFiles(Cluster cluster, string? extraVariables) => [.. cluster.Inventories
        .Select(inventory => Directory.Exists(inventory) ? inventory : Path.GetDirectoryName(inventory)!)
        .Append(cluster.Directory).Distinct()
        .SelectMany(folder => new[] { "group_vars", "host_vars" }.Select(vars => Path.Combine(folder, vars)))
        .Where(Directory.Exists)
        .SelectMany(folder => Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
        .Concat(extraVariables is ['@', .. var given] ? [Path.GetFullPath(given)] : [])
        .Where(file => Text(file).StartsWith("$ANSIBLE_VAULT", StringComparison.Ordinal))];

    /// <summary>The secrets of such a file, decrypted: all that it holds, whatever the names.</summary>
    public static IEnumerable<string> OfEncryptedFile(string text) => OfYaml(text, "password");

    /// <summary>The secrets of a kubeconfig: tokens, passwords and keys of its users.</summary>
    public static IEnumerable<string> OfKubeconfig(string? file) => OfYaml(Text(file));

    private static IEnumerable<string> OfEnvironment(string name, string value) => name switch
    {
        "ANSIBLE_VAULT_PASSWORD_FILE" or "ANSIBLE_BECOME_PASSWORD_FILE" or "ANSIBLE_CONNECTION_PASSWORD_FILE" =>
            OfPasswordFile(value),
        "ANSIBLE_VAULT_IDENTITY_LIST" => value.Split(',').SelectMany(identity => OfPasswordFile(identity.Split('@')[^1])),
        _ => OfVariable(name, value),
    };

    private static IEnumerable<string> OfJson(string name, JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => OfVariable(name, value.GetString()!),
        JsonValueKind.Object => value.EnumerateObject().SelectMany(
            property => OfJson(IsSecret(name) ? name : property.Name, property.Value)),
        JsonValueKind.Array => value.EnumerateArray().SelectMany(item => OfJson(name, item)),
        _ => [],
    };

    // JSON is YAML too, and Ansible reads both alike.
    private static List<string> OfYaml(string text, string name = "")
    {
        try
        {
            var stream = YamlText.Load(new StringReader(text));
            return [.. stream.Documents.SelectMany(document => OfNode(name, document.RootNode, []))];
        }
        catch (YamlException)
        {
            // What Ansible can't read either; it says so itself.
            return [];
        }
    }

    // By aliases a node may be held by thousands of others: it is looked at once under a secret's name, and once under others.
    private static IEnumerable<string> OfNode(
        string name, YamlNode node, HashSet<(YamlDotNet.Core.Mark Start, bool IsSecret)> seen) => node switch
        {
            YamlScalarNode { Value: { } value } => OfVariable(name, value),
            _ when !seen.Add((node.Start, IsSecret(name))) => [],
            YamlMappingNode mapping => mapping.Children.SelectMany(
                each => OfNode(IsSecret(name) ? name : Key(each.Key), each.Value, seen)),
            YamlSequenceNode sequence => sequence.Children.SelectMany(item => OfNode(name, item, seen)),
            _ => [],
        };

    private static string Key(YamlNode key) => (key as YamlScalarNode)?.Value ?? "";

    private static IEnumerable<string> OfVariable(string name, string value) => [
        .. UrlPassword().Matches(value).Select(match => match.Groups["password"].Value)
            .SelectMany(password => new[] { password, Uri.UnescapeDataString(password) }),
        .. IsSecret(name) && IsLiteral(value) ? value.Split('\n') : [],
    ];

    private static bool IsSecret(string name) => SecretName().IsMatch(name) && !HarmlessName().IsMatch(name);

    // A template names its value, and a path its file; a password may begin with a slash too.
    private static bool IsLiteral(string value) =>
        !Template.IsIn(value) && !Folders().IsMatch(value) && !File.Exists(ShownPath.WithHome(value))
        && !bool.TryParse(value, out _)
        && value.Trim() is not ("yes" or "no" or "none" or "null");

    // A file that can be executed is a program that says the password; it is not run for this.
    private static IEnumerable<string> OfPasswordFile(string path) =>
        ShownPath.WithHome(path) is var file && File.Exists(file)
            && (OperatingSystem.IsWindows() || (File.GetUnixFileMode(file) & UnixFileMode.UserExecute) == 0)
            ? [Text(path).Trim()]
            : [];

    private static string Text(string? path)
    {
        try
        {
            return path is not null && File.Exists(ShownPath.WithHome(path)) ? File.ReadAllText(ShownPath.WithHome(path)) : "";
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    [GeneratedRegex(
        "passw(or)?d|passphrase|passwd|_pass$|^pass$|secret|token|private_?key|api_?key|access_?key|credential|certificate_key|encryption_key|^client-key-data$",
        RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 60_000)]
    private static partial Regex SecretName();

    [GeneratedRegex(
        "_(file|path|dir|directory|ttl|size|length|name|enabled|auth|mode|type|audience|issuer|users?|groups?|mount|data|url)$",
        RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 60_000)]
    private static partial Regex HarmlessName();

    [GeneratedRegex("^(~|~?(/[A-Za-z0-9._-]+){2,}/?)$", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Folders();

    // Nothing is tried where a text of megabytes has no such mark.
    [GeneratedRegex(@"://[^\s/?#@:]{0,200}:(?<password>[^\s/?#]{1,300})@",
        RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 60_000)]
    private static partial Regex UrlPassword();

    // From the beginning of a word only: a long one without a value is read once.
    [GeneratedRegex("""(?<![A-Za-z0-9_.-])(?<name>[A-Za-z0-9_.-]+)=(?<value>"[^"]*"|'[^']*'|\S+)""",
        RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 60_000)]
    private static partial Regex Pair();
}
