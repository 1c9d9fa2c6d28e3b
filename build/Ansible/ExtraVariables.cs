using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace KubeLab.Ansible;

/// <summary>What <c>--extra-vars</c> may be: JSON, in which booleans stay booleans, or <c>@file</c>.</summary>
public static class ExtraVariables
{
    /// <summary>Checks them before anything runs.</summary>
    /// <exception cref="UserError">They are no JSON object and no existing file, or would make strings of switches.</exception>
    public static void Check(string? text)
    {
        if (text is null)
            return;
        if (text.StartsWith('@'))
        {
            if (!File.Exists(text[1..]))
                throw new UserError($"--extra-vars: there is no file {text[1..]}", "Name a file of YAML or JSON, as @vars.yml.");
            return;
        }

        if (!text.TrimStart().StartsWith('{'))
            throw new UserError(
                $"--extra-vars {ShellWords.Quote(text)}: of name=value Ansible makes a string, and Kubespray's switches have to be booleans.",
                "Give JSON: --extra-vars '{\"helm_enabled\": true}', or a file: --extra-vars @vars.yml");
        try
        {
            using var document = JsonDocument.Parse(text);
        }
        catch (JsonException exception)
        {
            throw new UserError(
                $"--extra-vars is no JSON: {exception.Message}",
                "As --extra-vars '{\"helm_enabled\": true}', or a file: --extra-vars @vars.yml", exception);
        }
    }

    /// <summary>What they say of one variable, as text; null where they don't have it.</summary>
    /// <exception cref="UserError">The file that they name is no YAML.</exception>
    public static string? Value(string? text, string name)
    {
        try
        {
            var stream = YamlText.Load(new StringReader(Read(text) ?? ""));
            return stream.Documents is [{ RootNode: YamlMappingNode variables }, ..]
                && variables.Children.TryGetValue(name, out var value) && value is YamlScalarNode scalar
                ? scalar.Value
                : null;
        }
        catch (YamlException exception)
        {
            throw new UserError($"--extra-vars {text}: this is no YAML: {exception.Message}", "Correct the file.", exception);
        }
    }

    /// <summary>What they say, a file's text included: what a run has read of them.</summary>
    public static string? Read(string? text) => text is ['@', .. var file] && File.Exists(file) ? File.ReadAllText(file) : text;
}
