using YamlDotNet.Core;

namespace KubeLab.Yaml;

/// <summary>Reads a file of variables (role defaults, group_vars) with line numbers.</summary>
public static class VariablesFile
{
    /// <summary>Reads the top-level variables of a YAML file; of one that comes twice, the last holds.</summary>
    /// <returns>The variables by name; none where the file isn't there.</returns>
    /// <exception cref="UserError">The file is no YAML.</exception>
    public static IReadOnlyDictionary<string, WrittenVariable> Read(string path, string shownPath)
    {
        var variables = new Dictionary<string, WrittenVariable>();
        if (!File.Exists(path))
            return variables;
        foreach (var variable in Outline(path, shownPath).Variables)
            variables[variable.Name] = variable;
        return variables;
    }

    private static YamlOutline Outline(string path, string shownPath)
    {
        try
        {
            using var reader = File.OpenText(path);
            return YamlOutline.Read(reader, shownPath);
        }
        catch (YamlException exception)
        {
            var place = $"{shownPath}:{exception.Start.Line}:{exception.Start.Column}";
            throw new UserError($"{place}: {exception.Message}", "Correct the YAML there.", exception);
        }
    }
}

/// <summary>A variable of a role's defaults, or of an inventory.</summary>
/// <param name="Value">Its value as it is written; a template is not resolved; lists and maps are empty.</param>
/// <param name="Items">The items where the value is a list of plain values.</param>
/// <param name="Source">Where it stands, relative to the distribution or the repository's root.</param>
public sealed record WrittenVariable(string Name, string Value, IReadOnlyList<string> Items, VariableSource Source)
{
    /// <summary>Whether it is written in quotes or as a block, so that it is text even where it looks like a number.</summary>
    public bool IsQuoted { get; init; }

    /// <summary>Whether it is encrypted, so that only Ansible can tell what it holds.</summary>
    public bool IsEncrypted { get; init; }

    /// <summary>Whether it is a list or a map.</summary>
    public bool IsCompound { get; init; }

    /// <summary>Whether Ansible has to resolve it first.</summary>
    public bool IsTemplate => Template.IsIn(Value);
}

/// <summary>Jinja in the value of a variable, which only Ansible resolves.</summary>
public static class Template
{
    /// <summary>Whether a value has to be resolved first.</summary>
    public static bool IsIn(string text) => text.Contains("{{") || text.Contains("{%");
}

/// <summary>What <c>ansible-vault</c> encrypted, which only Ansible decrypts.</summary>
public static class Vault
{
    /// <summary>Whether a value or a file is encrypted.</summary>
    public static bool IsIn(string text) => text.StartsWith("$ANSIBLE_VAULT;", StringComparison.Ordinal);

    /// <summary>Whether a value of an inventory is one that <c>ansible-inventory</c> left encrypted.</summary>
    public static bool IsIn(JsonElement value) =>
        value.ValueKind == JsonValueKind.Object && value.TryGetProperty("__ansible_vault", out _);
}

/// <summary>Where a variable's value was written.</summary>
/// <param name="Path">The file, relative to what a person knows: the repository's root or the distribution's.</param>
/// <param name="Line">The line, counted from 1, or null where only the file is known.</param>
public sealed record VariableSource(string Path, int? Line)
{
    /// <summary>The source as editors read it: <c>inventory/lab/group_vars/all.yml:12</c>.</summary>
    public override string ToString() => Line is null ? Path : $"{Path}:{Line}";
}
