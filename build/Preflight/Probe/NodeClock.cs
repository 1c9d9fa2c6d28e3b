namespace KubeLab.Preflight;

/// <summary>By how much a node's clock is ahead of the control machine's, in seconds; negative means behind. The reading was
/// taken some time within the round trip, so that only bounds are certain.</summary>
/// <param name="Seconds">The offset if the answer came back at once, which it nearly does: the node reads its clock last.</param>
public sealed record ClockOffset(double Seconds, double Least, double Most)
{
    /// <summary>The offset that a reading shows.</summary>
    /// <param name="started">The control machine's time before the connection, in seconds since 1970.</param>
    public static ClockOffset From(ClockReading reading, double started, double ended)
    {
        // The clock cannot have been read earlier than the probe's own duration after the start.
        var earliest = Math.Min(started + (reading.ProbeDuration?.TotalSeconds ?? 0), ended);
        var shown = reading.SecondsSince1970;
        return new ClockOffset(shown + (reading.Resolution / 2) - ended, shown - ended, shown + reading.Resolution - earliest);
    }

    /// <summary>The better known of two readings of the same clock.</summary>
    public ClockOffset Better(ClockOffset? other) => other is not null && other.Most - other.Least < Most - Least ? other : this;
}

/// <summary>The clock that the others are judged by.</summary>
public static class ClockReference
{
    /// <summary>The middle one of the nodes' clocks, as an offset against the control machine's in seconds. With an even number
    /// of nodes the control machine's own clock decides between the two in the middle; with one node there is nothing to compare,
    /// and it is the reference itself.</summary>
    public static double Among(IEnumerable<ProbedNode> nodes)
    {
        var offsets = nodes.Select(node => node.ClockOffset?.Seconds).OfType<double>().ToList();
        if (offsets.Count % 2 == 0)
            offsets.Add(0);
        offsets.Sort();
        return offsets[offsets.Count / 2];
    }
}
