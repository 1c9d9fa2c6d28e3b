namespace KubeLab.Smoke;

/// <summary>What a check found about one node, one object or the whole cluster.</summary>
/// <param name="Severity">What it says.</param>
/// <param name="Node">The node that it is about; null for the cluster.</param>
/// <param name="Message">What was found and what was expected, without the node's name.</param>
public sealed record SmokeFinding(SmokeSeverity Severity, string? Node, string Message)
{
    /// <summary>The object whose description and events are the evidence; null for none.</summary>
    public ObjectReference? About { get; init; }

    /// <summary>The finding in one line, with its node.</summary>
    public override string ToString() => Node is null ? Message : $"{Node}: {Message}";

    /// <summary>Says that something does not hold.</summary>
    public static SmokeFinding Fail(string? node, string message, ObjectReference? about = null) =>
        new(SmokeSeverity.Failed, node, message) { About = about };

    /// <summary>Says that something deserves a second look.</summary>
    public static SmokeFinding Warn(string? node, string message) => new(SmokeSeverity.Warning, node, message);

    /// <summary>Says that something holds.</summary>
    public static SmokeFinding Pass(string? node, string message) => new(SmokeSeverity.Passed, node, message);

    /// <summary>Says that something was not looked at, and why.</summary>
    public static SmokeFinding Skip(string? node, string reason) => new(SmokeSeverity.Skipped, node, reason);
}
