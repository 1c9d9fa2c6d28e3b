using System.Text.Json;

namespace KubeLab.Tests.Machines;

/// <summary>Holds JSON against a schema, as far as the project's own schemas go: types, constants, what is required and what is known.</summary>
internal static class SchemaCheck
{
    public static void Follow(JsonElement schema, JsonElement value) => Follow(schema, schema, value, "$");

    private static void Follow(JsonElement root, JsonElement schema, JsonElement value, string path)
    {
        if (schema.TryGetProperty("$ref", out var reference))
            schema = root.GetProperty("$defs").GetProperty(reference.GetString()!.Split('/')[^1]);
        if (schema.TryGetProperty("const", out var constant))
            value.ToString().ShouldBe(constant.ToString(), path);
        if (schema.TryGetProperty("enum", out var allowed))
            allowed.EnumerateArray().Select(item => item.ToString()).ShouldContain(value.ToString(), path);
        if (schema.TryGetProperty("type", out var type))
            Types(type).ShouldContain(TypeOf(value), path);
        if (value.ValueKind == JsonValueKind.Array && schema.TryGetProperty("items", out var items))
        {
            foreach (var item in value.EnumerateArray())
                Follow(root, items, item, $"{path}[]");
        }

        if (value.ValueKind != JsonValueKind.Object || !schema.TryGetProperty("properties", out var properties))
            return;
        foreach (var required in schema.GetProperty("required").EnumerateArray())
            value.TryGetProperty(required.GetString()!, out _).ShouldBeTrue($"{path}.{required}");
        foreach (var property in value.EnumerateObject())
            Follow(root, properties.GetProperty(property.Name), property.Value, $"{path}.{property.Name}");
    }

    private static IEnumerable<string> Types(JsonElement type) =>
        type.ValueKind == JsonValueKind.Array ? type.EnumerateArray().SelectMany(Types) : type.GetString() == "number" ? ["number", "integer"] : [type.GetString()!];

    private static string TypeOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Number => value.TryGetInt64(out _) ? "integer" : "number",
        JsonValueKind.True or JsonValueKind.False => "boolean",
        _ => value.ValueKind.ToString().ToLowerInvariant(),
    };
}
