using System.Reflection;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using KubeLab.Tests.Machines;

namespace KubeLab.Tests;

/// <summary>
/// NUKE writes .nuke/build.schema.json when it runs; editors complete .nuke/parameters.json from it. The bundled engine writes none,
/// so the committed one is held against the build itself, and rewritten where KUBELAB_UPDATE_SCHEMA=1 is set.
/// </summary>
public class BuildSchemaTests
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static string SchemaFile => Path.Combine(Repository.Root, ".nuke", "build.schema.json");

    [Fact]
    public void My_editor_completes_the_targets_and_parameters_that_there_are()
    {
        var schema = JsonNode.Parse(File.ReadAllText(SchemaFile))!;
        var expected = schema.DeepClone();
        expected["definitions"]!["ExecutableTarget"]!["enum"] = Targets();
        expected["allOf"]![0]!["properties"] = Parameters();
        if (Environment.GetEnvironmentVariable("KUBELAB_UPDATE_SCHEMA") == "1")
            File.WriteAllText(SchemaFile, expected.ToJsonString(Indented));

        File.ReadAllText(SchemaFile).ShouldBe(
            expected.ToJsonString(Indented), "The build has changed: run this test with KUBELAB_UPDATE_SCHEMA=1 and commit the file.");
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
        foreach (var field in typeof(Build).GetFields(BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.Public).OrderBy(field => field.Name, StringComparer.Ordinal))
        {
            if (field.GetCustomAttributes().FirstOrDefault(attribute => attribute.GetType().Name == "ParameterAttribute") is not { } parameter)
                continue;
            parameters[field.Name] = Described(field.FieldType, (string)parameter.GetType().GetProperty("Description")!.GetValue(parameter)!);
        }

        return parameters;
    }

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
