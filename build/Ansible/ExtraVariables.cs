using KubeLab.Variables;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace KubeLab.Ansible;

/// <summary>What <c>--extra-vars</c> may be: JSON, in which booleans stay booleans, or <c>@file</c>.</summary>
public static class ExtraVariables
{
    private static readonly ConcurrentDictionary<string, string> HandedOver = new(StringComparer.Ordinal);

    private const string FileRemedy = "Name a file of YAML or JSON, as @vars.yml.";

    /// <summary>Checks them before anything runs.</summary>
    /// <exception cref="UserError">They are no JSON object, no file of variables, or would make strings of switches.</exception>
    public static void Check(string? text)
    {
        if (text is null)
            return;
        if (text.StartsWith('@'))
        {
            CheckFile(text[1..]);
            return;
        }

        if (!text.TrimStart().StartsWith('{') && !text.TrimStart().StartsWith('['))
            throw new UserError(
                $"--extra-vars {ShellWords.Quote(text)}: of name=value Ansible makes a string, and Kubespray's switches have to be booleans.",
                "Give JSON: --extra-vars '{\"helm_enabled\": true}', or a file: --extra-vars @vars.yml");
        try
        {
            using var document = JsonDocument.Parse(text);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
                throw new JsonException("a list holds no variables by their names.");
        }
        catch (JsonException exception)
        {
            throw new UserError(
                $"--extra-vars is no JSON object: {exception.Message}",
                "As --extra-vars '{\"helm_enabled\": true}', or a file: --extra-vars @vars.yml", exception);
        }
    }

    /// <summary>The argument that Ansible takes them as, wherever it runs: a file by its whole path. What was typed goes into one
    /// that only this user may read, gone when KubeLab ends: everybody on a machine can read a command line.</summary>
    public static string Argument(string text) =>
        $"@{(text.StartsWith('@') ? Path.GetFullPath(text[1..]) : HandedOver.GetOrAdd(text, HandOver))}";

    /// <summary>The argument for people to paste: without a secret as it was typed, else a file of theirs.</summary>
    public static string Shown(string text, Func<string, string> mask) =>
        text.StartsWith('@') ? Argument(text) : mask(text) == text ? text : "@extra-vars.json";

    /// <summary>The variables as they are written; none where they can't be read, as in an encrypted file.</summary>
    public static IReadOnlyList<WrittenVariable> Written(string? text)
    {
        try
        {
            var source = text is ['@', .. var file] ? file : "--extra-vars";
            var written = YamlOutline.Read(new StringReader(Read(text) ?? ""), source).Variables;
            return source == "--extra-vars"
                ? [.. written.Select(each => each with { Source = new VariableSource(source, null) })] : written;
        }
        catch (YamlException)
        {
            return [];
        }
    }

    private static string HandOver(string text)
    {
        var folder = new TemporaryFolder("variables");
        AppDomain.CurrentDomain.ProcessExit += (_, _) => folder.Dispose();
        var file = Path.Combine(folder.Path, "extra-vars.json");
        UnixFile.Write(file, text, UnixFile.Private);
        return file;
    }

    private static void CheckFile(string file)
    {
        if (!File.Exists(file))
            throw new UserError($"--extra-vars: there is no file {file}", FileRemedy);
        var text = VariableText.Read(file, file);
        if (text.Problem is { } problem)
            throw new UserError($"--extra-vars: {problem}", FileRemedy);
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
