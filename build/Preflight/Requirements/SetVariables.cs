using KubeLab.Variables;

namespace KubeLab.Preflight;

/// <summary>The plain values that the inventory and the command line set, with the types that Ansible gives them.</summary>
internal static class SetVariables
{
    // Longer texts are certificates and scripts.
    private const int Longest = 300;

    /// <summary>Every value of the variables that are asked for, with the first node that has it.</summary>
    public static IEnumerable<(Node Node, EffectiveVariable Variable)> Of(PreflightContext scene, Func<string, bool> isAskedFor)
    {
        var known = new Dictionary<string, HashSet<string>>();
        var last = new Dictionary<string, JsonElement>();
        foreach (var node in scene.Inventory.Nodes)
        {
            foreach (var (name, value) in node.Variables.Where(each => isAskedFor(each.Key)))
            {
                // Most values are a group's, and so the same at the next node; a template may come out otherwise there.
                var isTemplate = EffectiveVariable.IsTemplate(value);
                if (!isTemplate && last.TryGetValue(name, out var before) && JsonElement.DeepEquals(before, value))
                    continue;
                last[name] = value;
                if (scene.Variables.Of(node, name) is { Unresolved: null } variable && Plain(variable.Value) is { } text
                    && (known.TryGetValue(name, out var values) ? values : known[name] = []).Add(text))
                    yield return (node, variable);
            }
        }
    }

    private static string? Plain(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString() is { Length: <= Longest } text && !Template.IsIn(text) ? $"'{text}" : null,
        JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => value.GetRawText(),
        _ => null,
    };
}
