using System.Text.Json;
using System.Text.Json.Nodes;
using Json.Schema;

namespace KubeLab.Tests.Machines;

/// <summary>Holds what KubeLab writes against its schemas under docs/.</summary>
internal static class SchemaCheck
{
    private static readonly EvaluationOptions Options = new()
    {
        OutputFormat = OutputFormat.List,
        RequireFormatValidation = true,
    };

    public static void Follow(string schemaFile, string json)
    {
        var schema = JsonNode.Parse(File.ReadAllText(Path.Combine(Repository.Root, "docs", schemaFile)))!;
        Errors(MetaSchemas.Draft202012, schema).ShouldBeEmpty();
        Close(schema);

        Errors(JsonSchema.FromText(schema.ToJsonString()), JsonNode.Parse(json)!).ShouldBeEmpty();
    }

    // Readers pass over fields that are new to them. Here, what the schema doesn't name is an error, and all it names is written.
    private static void Close(JsonNode? node)
    {
        if (node is JsonObject described && described["properties"] is JsonObject properties)
        {
            described["required"]!.AsArray().Select(name => (string)name!)
                .ShouldBe(properties.Select(property => property.Key), ignoreOrder: true);
            described["additionalProperties"] = false;
        }

        var children = node is JsonObject all ? all.Select(property => property.Value) : node as JsonArray ?? [];
        foreach (var child in children)
            Close(child);
    }

    private static IEnumerable<string> Errors(JsonSchema schema, JsonNode value) =>
        from place in schema.Evaluate(JsonSerializer.SerializeToElement(value), Options) is { IsValid: false } invalid
            ? invalid.Details! : []
        from error in place.Errors ?? []
        select $"{place.InstanceLocation}: {error.Value}";
}
