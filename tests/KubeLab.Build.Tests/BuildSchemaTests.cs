using System.Reflection;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using KubeLab.Tests.Machines;

namespace KubeLab.Tests;

/// <summary>
/// NUKE writes .nuke/build.schema.json when it runs; editors complete .nuke/parameters.json from it. The bundled engine writes none,
/// so the committed one is held against the build itself, and rewritten where KUBELAB_UPDATE_SCHEMA=1 is set. To the letter it is
/// what NUKE 10.1.0 writes (SchemaUtility.cs): with the latter, a start would otherwise leave the tree changed.
/// </summary>
public class BuildSchemaTests
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    // The hosts that NUKE 10.1.0 knows (source/Nuke.Build and source/Nuke.Common/CI), in its order.
    private static readonly string[] HostsOfNuke =
    [
        "AppVeyor", "AzurePipelines", "Bamboo", "Bitbucket", "Bitrise", "GitHubActions", "GitLab", "Jenkins", "Rider", "SpaceAutomation",
        "TeamCity", "Terminal", "TravisCI", "VSCode", "VisualStudio",
    ];

    private static string SchemaFile => Path.Combine(Repository.Root, ".nuke", "build.schema.json");

    [Fact]
    public void My_editor_completes_the_targets_and_parameters_that_there_are()
    {
        var schema = JsonNode.Parse(File.ReadAllText(SchemaFile))!;
        var expected = schema.DeepClone();
        expected["definitions"]!["Host"]!["enum"] = new JsonArray([.. HostsOfNuke.Select(host => JsonValue.Create(host))]);
        expected["definitions"]!["ExecutableTarget"]!["enum"] = Targets();
        expected["allOf"]![0]!["properties"] = Parameters();
        if (Environment.GetEnvironmentVariable("KUBELAB_UPDATE_SCHEMA") == "1")
            File.WriteAllText(SchemaFile, $"{expected.ToJsonString(Indented)}\n");

        File.ReadAllText(SchemaFile).ShouldBe(
            $"{expected.ToJsonString(Indented)}\n", "The build has changed: run this test with KUBELAB_UPDATE_SCHEMA=1 and commit the file.");
    }

    [Fact]
    public async Task I_can_have_every_target_planned_together()
    {
        using var directory = new TemporaryDirectory();
        KubeLabProgram.Prepare(directory, "[]\n");
        var targets = Targets().Select(target => target!.GetValue<string>()).ToList();

        var plan = await new CommandRunner().RunAsync(KubeLabProgram.Command(
            directory.Path, new Dictionary<string, string?>(StringComparer.Ordinal), "--target", string.Join('+', targets), "--plan", "--no-logo"));

        plan.ExitCode.ShouldBe(0, plan.StandardOutput + plan.StandardError);
        targets.ShouldAllBe(target => plan.StandardOutput.Contains(target));
    }

    private static JsonArray Targets() => new(
    [
        .. typeof(Build).GetProperties(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic)
            .Where(property => property.PropertyType.Name == "Target").Select(property => property.Name).Order(StringComparer.Ordinal)
            .Select(name => JsonValue.Create(name)),
    ]);

    private static JsonObject Parameters()
    {
        var parameters = new JsonObject();
        var described = typeof(Build).GetFields(BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.Public)
            .Select(field => (Field: field, Parameter: field.GetCustomAttributes().FirstOrDefault(attribute => attribute.GetType().Name == "ParameterAttribute")))
            .Where(pair => pair.Parameter is not null)
            .Select(pair => (Name: Said(pair.Parameter!, "Name") ?? pair.Field.Name, pair.Field.FieldType, Description: Said(pair.Parameter!, "Description")!));
        foreach (var (name, type, description) in described.OrderBy(parameter => parameter.Name, StringComparer.Ordinal))
            parameters[name] = Described(type, description.TrimEnd('.'));

        return parameters;
    }

    private static string? Said(Attribute parameter, string property) => (string?)parameter.GetType().GetProperty(property)!.GetValue(parameter);

    private static JsonObject Described(Type type, string description)
    {
        var (name, more) = type switch
        {
            _ when type == typeof(string) => ("string", default(KeyValuePair<string, JsonNode?>?)),
            _ when type == typeof(bool) => ("boolean", null),
            _ when type == typeof(int) => ("integer", KeyValuePair.Create<string, JsonNode?>("format", "int32")),
            _ when type == typeof(string[]) => ("array", KeyValuePair.Create<string, JsonNode?>("items", new JsonObject { ["type"] = "string" })),
            _ => throw new NotSupportedException($"Say here how a parameter of the type {type} appears in the schema."),
        };
        var described = new JsonObject { ["type"] = name, ["description"] = description };
        if (more is { } also)
            described.Add(also);
        return described;
    }
}
