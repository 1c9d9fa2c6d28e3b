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

    /// <summary>Variables that outrank all: JSON (keeps booleans), <c>key=value</c>, <c>@file</c>; null for none.</summary>
    public string? ExtraVariables { get; init; }

    /// <summary>Variables that answer what a playbook asks, or say what it works on: text, and booleans that stay booleans. They
    /// outrank <see cref="ExtraVariables"/>.</summary>
    public IReadOnlyDictionary<string, object> ForcedVariables { get; init; } = new Dictionary<string, object>();

    /// <summary>The name of the task to begin with, as Ansible's <c>--start-at-task</c>; null for the first.</summary>
    public string? StartAtTask { get; init; }

    /// <summary>The nodes that have to come through; null for all, within <see cref="Limit"/> where that is set.</summary>
    public IReadOnlyList<string>? Required { get; init; }

    /// <summary>Whether nodes that are not <see cref="Required"/> may fail or be unreachable.</summary>
    public bool OthersMayFail { get; init; }

    /// <summary>Whether only a part of the playbook is run: on some nodes, or some of its tasks.</summary>
    public bool IsPartial => Limit is not null || StartAtTask is not null || Tags.Count > 0 || SkipTags.Count > 0;

    /// <summary>How long the playbook may run.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromHours(6);
}
