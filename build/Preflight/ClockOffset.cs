namespace KubeLab.Preflight;

/// <summary>
/// By how much a node's clock is ahead of the control machine's, in seconds, as bounds: the reading was taken some time within
/// the round trip, and when exactly cannot be known.
/// </summary>
/// <param name="Minimum">At least this much ahead; negative means behind.</param>
/// <param name="Maximum">At most this much ahead.</param>
public sealed record ClockOffset(double Minimum, double Maximum)
{
    /// <summary>The middle of the bounds.</summary>
    public double Middle => (Minimum + Maximum) / 2;

    /// <summary>Half of the distance between the bounds: how far <see cref="Middle"/> can be wrong.</summary>
    public double Uncertainty => (Maximum - Minimum) / 2;

    /// <summary>The offset that a reading shows.</summary>
    /// <param name="reading">What the node's clock showed.</param>
    /// <param name="started">The control machine's time before the connection, in seconds since 1970.</param>
    /// <param name="ended">Its time when the answer was there.</param>
    public static ClockOffset From(ClockReading reading, double started, double ended)
    {
        // The probe reads the clock last, so that not earlier than its own duration after the start.
        var earliest = Math.Min(started + (reading.ProbeDuration?.TotalSeconds ?? 0), ended);
        return new ClockOffset(reading.SecondsSince1970 - ended, reading.SecondsSince1970 + reading.Resolution - earliest);
    }
}
