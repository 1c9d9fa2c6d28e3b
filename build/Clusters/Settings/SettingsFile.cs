using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace KubeLab.Clusters;

/// <summary>Reads <c>kubelab.yml</c>. An unknown key or a wrong shape is an error with file, line and column.</summary>
public static class SettingsFile
{
    /// <summary>The file's name in a cluster's folder.</summary>
    public static string Name => "kubelab.yml";

    /// <summary>Reads a file of settings.</summary>
    /// <returns>The values by key path.</returns>
    /// <exception cref="UserError">The file is no YAML, or holds what no setting is.</exception>
    public static IReadOnlyDictionary<string, SettingValue> Read(string path, string shownPath)
    {
        if (!File.Exists(path))
            return new Dictionary<string, SettingValue>();
        if (YamlText.NoUtf8(File.ReadAllBytes(path)) is { } bad)
            throw new UserError($"{shownPath}:{bad.Line}:{bad.Column}: this is no UTF-8", "Correct the file there.");
        return Parse(File.ReadAllText(path), shownPath, Path.GetDirectoryName(Path.GetFullPath(path))!);
    }

    /// <summary>Reads settings from text.</summary>
    /// <param name="directory">The folder that relative paths count from.</param>
    /// <exception cref="UserError">The text is no YAML, or holds what no setting is.</exception>
    public static IReadOnlyDictionary<string, SettingValue> Parse(string yaml, string shownPath, string directory)
    {
        var values = new Dictionary<string, SettingValue>();
        if (Load(yaml, shownPath) is not { } root)
            return values;
        foreach (var (key, value) in Mapping(root, shownPath, "kubelab.yml").Children)
        {
            var name = Word(key, shownPath);
            if (!SettingsSchema.IsSection(name))
                Add(values, name, key, value, shownPath, directory);
            else if (!IsEmpty(value))
                AddSection(values, name, value, shownPath, directory);
        }

        return values;
    }

    private static void AddSection(
        Dictionary<string, SettingValue> values, string section, YamlNode node, string shownPath, string directory)
    {
        foreach (var (key, value) in Mapping(node, shownPath, section).Children)
            Add(values, $"{section}.{Word(key, shownPath)}", key, value, shownPath, directory);
    }

    private static void Add(
        Dictionary<string, SettingValue> values, string path, YamlNode key, YamlNode value, string shownPath, string directory)
    {
        var setting = SettingsSchema.Find(path) ?? throw Unknown(path, key, shownPath);
        if (IsEmpty(value))
            return;
        foreach (var scalar in (value as YamlSequenceNode)?.Children
            .OfType<YamlScalarNode>() ?? (value is YamlScalarNode one ? [one] : []))
        {
            if (Template.IsIn(scalar.Value ?? ""))
                throw new UserError(
                    $"{At(scalar, shownPath)}: {path} is a template, and {Name} knows none: Ansible doesn't read it.",
                    "Write the value out, or give it as a parameter on the command line or in the environment.");
        }

        var text = setting.IsList ? Items(value, path, shownPath) : Scalar(value, path, setting, shownPath);
        values[path] = new SettingValue(text, At(value, shownPath), directory);
    }

    private static UserError Unknown(string path, YamlNode key, string shownPath)
    {
        var section = path.Contains('.') ? path[..(path.IndexOf('.', StringComparison.Ordinal) + 1)] : "";
        var known = SettingsSchema.Keys.Select(each => each.Path)
            .Where(each => each.StartsWith(section, StringComparison.Ordinal))
            .Select(each => section.Length > 0 ? each : each.Split('.')[0]).Distinct().ToList();
        var nearest = NearestName.Of(path, known) ?? NearestName.Of(path, SettingsSchema.Keys.Select(each => each.Path));
        return new UserError(
            $"{At(key, shownPath)}: {path} is no setting.{(nearest is null ? "" : $" Did you mean {nearest}?")}",
            $"There are: {string.Join(", ", known)}.");
    }

    private static string Scalar(YamlNode value, string path, SettingsKey setting, string shownPath) =>
        value is YamlScalarNode scalar
            ? scalar.Value ?? ""
            : throw new UserError(
                $"{At(value, shownPath)}: {path} is {Shape(value)}, but it takes one value.", setting.Description);

    private static string Items(YamlNode value, string path, string shownPath)
    {
        if (value is not YamlSequenceNode items || items.Any(item => item is not YamlScalarNode))
            throw new UserError(
                $"{At(value, shownPath)}: {path} is {Shape(value)}, but it takes a list.",
                $"Write it as {path.Split('.')[^1]}: [one, two].");
        return string.Join('\n', items.Cast<YamlScalarNode>().Select(item => item.Value));
    }

    private static YamlNode? Load(string yaml, string shownPath)
    {
        try
        {
            var stream = YamlText.Load(new StringReader(yaml));
            return stream.Documents.Count == 0 || IsEmpty(stream.Documents[0].RootNode) ? null : stream.Documents[0].RootNode;
        }
        catch (YamlException exception)
        {
            // YAML's reader names the line before a tab.
            var tab = YamlText.IndentedByTab(yaml);
            var (line, column) = tab ?? (exception.Start.Line, exception.Start.Column);
            throw new UserError(
                $"{shownPath}:{line}:{column}: this is no YAML: "
                    + (tab is null ? exception.InnerException?.Message ?? exception.Message
                        : "a tab indents it, where only blanks may"),
                "Correct the file there.",
                exception);
        }
    }

    private static YamlMappingNode Mapping(YamlNode node, string shownPath, string what) => node as YamlMappingNode
        ?? throw new UserError(
            $"{At(node, shownPath)}: {what} is {Shape(node)}, but it holds keys.", $"Write it as {what}: {{ key: value }}.");

    private static string Word(YamlNode key, string shownPath) => key is YamlScalarNode { Value: { } word }
        ? word
        : throw new UserError(
            $"{At(key, shownPath)}: a key is {Shape(key)}, but it has to be a word.", "Correct the file there.");

    private static bool IsEmpty(YamlNode node) =>
        node is YamlScalarNode { Style: ScalarStyle.Plain or ScalarStyle.Any, Value: null or "" or "~" or "null" };

    private static string Shape(YamlNode node) => node switch
    {
        YamlMappingNode => "a mapping",
        YamlSequenceNode => "a list",
        _ => $"\"{(node as YamlScalarNode)?.Value}\"",
    };

    private static string At(YamlNode node, string shownPath) => $"{shownPath}:{node.Start.Line}:{node.Start.Column}";
}
