using System.Text.Json;
using Nuke.Common.IO;

namespace Nuke.Common.Parameters;

/// <summary>Parameters that lie in a file: <c>.nuke/parameters.json</c>, or that of a profile.</summary>
internal sealed class ParametersFile
{
    private readonly Dictionary<string, IReadOnlyList<string>> values = new(StringComparer.Ordinal);

    private ParametersFile(AbsolutePath path, JsonElement content)
    {
        Path = path;
        foreach (var property in content.EnumerateObject())
        {
            if (property.Value.ValueKind != JsonValueKind.Null)
                values[property.Name] = [.. Texts(property.Value)];
        }
    }

    public AbsolutePath Path { get; }

    /// <summary>The files of a run, the strongest first.</summary>
    /// <exception cref="BuildException">A profile has no file.</exception>
    /// <exception cref="BuildException">A file is no JSON object.</exception>
    public static IReadOnlyList<ParametersFile> Of(Invocation invocation)
    {
        var directory = invocation.RootDirectory / ".nuke";
        var defaults = directory / "parameters.json";
        var profiles = invocation.Profiles.Select(profile => directory / $"parameters.{profile}.json").Reverse().ToList();
        if (profiles.Find(profile => !File.Exists(profile)) is { } missing)
            throw new BuildException($"A profile asks for {missing}, which is not there.");
        return [.. (File.Exists(defaults) ? profiles.Append(defaults) : profiles).Select(Read)];
    }

    /// <summary>The texts of a parameter, or null if it isn't there.</summary>
    public IReadOnlyList<string>? Find(string name) => values.GetValueOrDefault(name);

    private static ParametersFile Read(AbsolutePath path)
    {
        try
        {
            var options = new JsonDocumentOptions { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip };
            using var document = JsonDocument.Parse(File.ReadAllBytes(path), options);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
                throw new BuildException($"{path} has to hold a JSON object: {{ \"Parameter\": \"value\" }}.");
            return new ParametersFile(path, document.RootElement);
        }
        catch (JsonException exception)
        {
            throw new BuildException($"{path} is no JSON: {exception.Message}", exception);
        }
    }

    private static IEnumerable<string> Texts(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Array => value.EnumerateArray().SelectMany(Texts),
        JsonValueKind.String => [value.GetString()!],
        _ => [value.GetRawText()],
    };
}
