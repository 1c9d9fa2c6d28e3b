namespace KubeLab.Reports;

/// <summary>A task of a playbook run, on all the nodes that it ran on.</summary>
/// <param name="Name">Its name, without its role's.</param>
/// <param name="Role">The role that it belongs to; null for none.</param>
/// <param name="Path">Its file and line.</param>
/// <param name="Play">The index of its play.</param>
/// <param name="Start">When it began on its first node, in seconds from the timeline's start.</param>
/// <param name="End">When it ended on its last node, in seconds from the timeline's start.</param>
public sealed record TimelineTask(string Name, string? Role, string? Path, int Play, double Start, double End)
{
    /// <summary>From its beginning on the first node to its end on the last one, in seconds: what it adds to the run.</summary>
    public double Seconds => Math.Max(0, End - Start);

    /// <summary>Its role and name as Ansible writes them.</summary>
    public string FullName => Role is null ? Name : $"{Role} : {Name}";
}
