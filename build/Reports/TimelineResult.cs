using System.Runtime.InteropServices;

namespace KubeLab.Reports;

/// <summary>A task on a node.</summary>
/// <param name="Host">The index of the node.</param>
/// <param name="Task">The index of the task.</param>
/// <param name="Start">When it began, in seconds from the timeline's start.</param>
/// <param name="Seconds">How long it took.</param>
/// <param name="Status">How it ended.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct TimelineResult(int Host, int Task, double Start, double Seconds, TimelineStatus Status)
{
    /// <summary>When it ended, in seconds from the timeline's start.</summary>
    public double End => Start + Seconds;
}
