namespace KubeLab.Reports;

/// <summary>A play of a playbook run.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Start">When it began, in seconds from the timeline's start.</param>
/// <param name="End">When it ended, in seconds from the timeline's start.</param>
public sealed record TimelinePlay(string Name, double Start, double End);
