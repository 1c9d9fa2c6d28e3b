namespace KubeLab.Ansible;

/// <summary>What is passed on to <c>ansible-playbook</c>.</summary>
public sealed record PlaybookOptions
{
    /// <summary>Only these hosts, as Ansible's <c>--limit</c>; null for all.</summary>
    public string? Limit { get; init; }

    /// <summary>Only tasks with these tags.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>No tasks with these tags.</summary>
    public IReadOnlyList<string> SkipTags { get; init; } = [];

    /// <summary>Variables that outrank all others: JSON (booleans stay booleans), <c>key=value</c>, or <c>@file</c>; null for none.</summary>
    public string? ExtraVariables { get; init; }

    /// <summary>
    /// Variables that answer what a playbook asks, or say what it works on: text, and booleans that stay booleans. They outrank
    /// <see cref="ExtraVariables"/>.
    /// </summary>
    public IReadOnlyDictionary<string, object> Answers { get; init; } = new Dictionary<string, object>(StringComparer.Ordinal);

    /// <summary>The nodes that have to appear in the recap; null for all of the inventory, or, with a limit, none.</summary>
    public IReadOnlyList<string>? Expected { get; init; }

    /// <summary>How long the playbook may run.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromHours(6);
}
