using System.Reflection;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using KubeLab.Clusters;

namespace KubeLab.Tests.Clusters;

/// <summary>What a setting's declaration is read by: editors, and the build's parameters.</summary>
public class SettingsSchemaTests
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static string SchemaFile => Path.Combine(Repository.Root, "inventory", "kubelab.schema.json");

    [Fact]
    public void Editors_are_told_the_same_settings_that_the_reader_accepts()
    {
        var expected = $"{Schema().ToJsonString(Indented)}\n";
        if (Environment.GetEnvironmentVariable("KUBELAB_UPDATE_SCHEMA") == "1")
            File.WriteAllText(SchemaFile, expected);

        File.ReadAllText(SchemaFile).ShouldBe(expected, "The settings have changed: run this test with KUBELAB_UPDATE_SCHEMA=1 and commit the file.");
    }

    [Fact]
    public void I_find_a_parameter_of_the_build_behind_each_setting_that_names_one()
    {
        var parameters = typeof(Build).GetFields(BindingFlags.Instance | BindingFlags.NonPublic)
            .Where(field => field.FieldType == typeof(string) && field.GetCustomAttributes().Any(attribute => attribute.GetType().Name == "ParameterAttribute"))
            .Select(field => field.Name);

        SettingsSchema.Keys.Select(key => key.Parameter).OfType<string>().Except(parameters).ShouldBeEmpty("these are no parameters of the build that hold a text");
    }

    [Fact]
    public void I_find_no_parameter_behind_two_settings_and_no_setting_twice()
    {
        SettingsSchema.Keys.Select(key => key.Path).ShouldBeUnique();
        SettingsSchema.Keys.Select(key => key.Parameter).OfType<string>().ShouldBeUnique();
    }

    // Draft 7, as YAML language support in editors reads it.
    private static JsonObject Schema()
    {
        var properties = new JsonObject();
        foreach (var key in SettingsSchema.Keys)
        {
            var words = key.Path.Split('.');
            var owner = words.Length == 1 ? properties : Section(properties, words[0]);
            owner[words[^1]] = Describe(key);
        }

        return new JsonObject
        {
            ["$schema"] = "http://json-schema.org/draft-07/schema#",
            ["title"] = "KubeLab's settings of a cluster (kubelab.yml)",
            ["type"] = "object",
            ["additionalProperties"] = false,
            ["properties"] = properties,
        };
    }

    private static JsonObject Section(JsonObject properties, string name)
    {
        properties[name] ??= new JsonObject { ["type"] = "object", ["additionalProperties"] = false, ["properties"] = new JsonObject() };
        return properties[name]!["properties"]!.AsObject();
    }

    private static JsonObject Describe(SettingsKey key)
    {
        var described = new JsonObject { ["description"] = key.Description };
        if (key.Kind == SettingKind.Choice)
        {
            described["enum"] = new JsonArray([.. key.Choices.Select(choice => JsonValue.Create(choice))]);
            return described;
        }

        described["type"] = key.IsList ? "array" : key.Kind == SettingKind.Number ? "integer" : "string";
        if (key.IsList)
            described["items"] = new JsonObject { ["type"] = "string" };
        if (key.Kind == SettingKind.Number)
            described["minimum"] = 1;
        if (key.Kind == SettingKind.Duration)
            described["pattern"] = "^(?=.)([0-9]{1,5}h)?([0-9]{1,5}m)?([0-9]{1,6}s)?$";
        return described;
    }
}
