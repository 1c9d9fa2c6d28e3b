using KubeLab.Variables;
using Version = System.Version;

namespace KubeLab.Preflight;

/// <summary>
/// A variable has the type of its default: a text "false" is true where a condition asks for it, a text "1024" is no number to
/// compare with, and from ansible-core 2.19 on a condition refuses a text.
/// </summary>
internal sealed class ValueTypesRule() : ClusterRule("value-types", "Booleans, numbers and checksums", RuleStage.Inventory)
{
    private static readonly Version Strict = new(2, 19);

    public override IEnumerable<Finding> Judge(PreflightContext scene)
    {
        var withKind = scene.Distribution.ChecksumTables.WithKind;
        return SetVariables.Of(scene, name => !name.StartsWith("ansible_", StringComparison.Ordinal))
            .Select(each => OfType(each.Variable, scene) ?? OfNumber(each.Variable)
                ?? (withKind is { } wanted ? OfChecksum(each.Variable, wanted) : null))
            .OfType<Finding>().DefaultIfEmpty(Pass("every value has the type of its default"));
    }

    private Finding? OfType(EffectiveVariable variable, PreflightContext scene)
    {
        var demands = scene.Distribution.VariableDemands;
        if (demands.Booleans.TryGetValue(variable.Name, out var assert)
            && variable.Value.ValueKind is not (JsonValueKind.True or JsonValueKind.False))
            return Mistyped(variable, "a boolean", "true or false, without quotes", isFatal: true, assert);
        if (variable.Value.ValueKind != JsonValueKind.String || scene.Variables
            .Default(variable.Name) is not { IsTemplate: false, IsCompound: false } standard)
            return null;
        var wanted = YamlScalar.ToJson(standard.Value, standard.IsQuoted).ValueKind;
        if (wanted is JsonValueKind.True or JsonValueKind.False && IsBoolean(variable.Text))
        {
            var isFatal = scene.Deployment.Ansible.Toolchain.Version >= Strict;
            return Mistyped(variable, "a boolean", "true or false, without quotes", isFatal, standard.Source);
        }

        return wanted == JsonValueKind.Number && variable.WholeNumber is not null
            ? Mistyped(
                variable, "a number", "the figures without quotes", demands.Asserted.ContainsKey(variable.Name),
                demands.Asserted.GetValueOrDefault(variable.Name) ?? standard.Source)
            : null;
    }

    private Finding Mistyped(EffectiveVariable variable, string type, string writing, bool isFatal, VariableSource source)
    {
        var problem = $"{variable.Source}: {variable.Name} is the text \"{variable.Text}\", and the release wants {type}";
        // In an INI inventory a value is a Python literal, so that true is a text there.
        var remedy =
            $"Write {writing}, in a file under group_vars; of name=value in an INI inventory or in --extra-vars Ansible makes a text.";
        return (isFatal ? Fail(problem, remedy) : Warn(problem, remedy)).Compared($"\"{variable.Text}\"", type, source);
    }

    // Of 0, and so of 64 zeros, Kubespray takes that there is no checksum, and downloads what comes.
    private Finding? OfNumber(EffectiveVariable variable) =>
        variable.Name.EndsWith("_checksum", StringComparison.Ordinal) && variable.Value.ValueKind == JsonValueKind.Number
            ? Warn($"{variable.Source}: {variable.Name} has a checksum of figures alone, which YAML reads as a number: of 0 nothing is checked at all",
                "Write the checksum in quotes.")
                .Compared("a number", "a text", "the distribution's own tables of checksums")
            : null;

    private Finding? OfChecksum(EffectiveVariable variable, bool withKind)
    {
        const int length = 64;
        var text = variable.Text;
        if (!variable.Name.EndsWith("_checksum", StringComparison.Ordinal) || text.Length < length || text
            .Contains(':') == withKind)
            return null;
        var wanted = withKind ? "sha256: in front" : "no sha256: in front";
        return Fail($"{variable.Source}: {variable.Name} is {text}, and this release wants checksums with {wanted}",
            $"Write it as {(withKind ? $"sha256:{text}" : text.Split(':')[^1])}.")
            .Compared(text, wanted, "the distribution's own tables of checksums");
    }

    private static bool IsBoolean(string text) => text.ToLowerInvariant() is "true" or "false" or "yes" or "no" or "on" or "off";
}
