namespace KubeLab.Diagnosis;

/// <summary>One way in which a run failed, before anything is known of its cause: what signatures look at.</summary>
public sealed record Failure
{
    /// <summary>The nodes that it happened to, in the order in which they failed; none where Ansible failed by itself.</summary>
    public IReadOnlyList<string> Nodes { get; init; } = [];

    /// <summary>How it ended: <c>failed</c>, <c>unreachable</c>, or <c>ansible</c> where Ansible itself gave up.</summary>
    public required string Status { get; init; }

    /// <summary>The task, as Ansible prints it; null where none was running.</summary>
    public string? Task { get; init; }

    /// <summary>The task's file and line, absolute, as the event has it.</summary>
    public string? TaskPath { get; init; }

    /// <summary>The module or action that ran.</summary>
    public string? Action { get; init; }

    /// <summary>All that was said: message, assertion, standard error and output, in that order.</summary>
    public required string Text { get; init; }

    /// <summary>The result in full, one field a line; empty where there is none.</summary>
    public string Details { get; init; } = "";

    /// <summary>What signatures look at: what was said, and the fields that nobody said, such as a command's exit code.</summary>
    public string Whole => Details.Length > 0 ? $"{Text}\n{Details}" : Text;

    /// <summary>Whether the result was withheld by <c>no_log</c>.</summary>
    public bool IsCensored { get; init; }
}
