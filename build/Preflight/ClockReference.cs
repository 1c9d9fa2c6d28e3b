namespace KubeLab.Preflight;

/// <summary>The clock that the others are judged by.</summary>
public static class ClockReference
{
    /// <summary>
    /// The middle one of the nodes' clocks, as an offset against the control machine's in seconds. With an even number of nodes the
    /// control machine's own clock decides between the two in the middle; with one node there is nothing to compare, and it is
    /// the reference itself.
    /// </summary>
    public static double Among(IEnumerable<ProbedNode> nodes)
    {
        var offsets = nodes.Select(node => node.ClockOffset?.Seconds).OfType<double>().ToList();
        if (offsets.Count % 2 == 0)
            offsets.Add(0);
        offsets.Sort();
        return offsets[offsets.Count / 2];
    }
}
