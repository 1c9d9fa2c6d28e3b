namespace Nuke.Common;

/// <summary>
/// A field that gets its value from the command line, the environment or <c>.nuke/parameters.json</c>, in that
/// order. <c>PrivateKey</c> is <c>--private-key</c> on the command line.
/// </summary>
/// <param name="description">What it is, as the help shows it.</param>
[AttributeUsage(AttributeTargets.Field)]
public class ParameterAttribute(string? description = null) : Attribute
{
    /// <summary>What it is, as the help shows it.</summary>
    public virtual string? Description { get; } = description;

    /// <summary>Another name than that of the member.</summary>
    public string? Name { get; set; }

    /// <summary>The one character at which a text becomes a list.</summary>
    public string? Separator { get; set; }
}
