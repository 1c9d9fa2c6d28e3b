using KubeLab.Clusters;

namespace KubeLab.Distributions;

/// <summary>A variable of a role's defaults.</summary>
/// <param name="Name">The variable's name.</param>
/// <param name="Value">Its value as it is written; a template is not resolved; lists and maps are empty.</param>
/// <param name="Items">The items where the value is a list of plain values.</param>
/// <param name="Source">Where it stands, relative to the distribution.</param>
public sealed record DefaultVariable(string Name, string Value, IReadOnlyList<string> Items, VariableSource Source)
{
    /// <summary>Whether it is written in quotes or as a block, so that it is text even where it looks like a number.</summary>
    public bool IsQuoted { get; init; }

    /// <summary>Whether Ansible has to resolve it first.</summary>
    public bool IsTemplate => Value.Contains("{{", StringComparison.Ordinal) || Value.Contains("{%", StringComparison.Ordinal);
}
