namespace KubeLab.Preflight;

/// <summary>Which checks are made, and how strictly they are read.</summary>
public sealed record PreflightOptions
{
    /// <summary>The ids of the only checks to make; none for all.</summary>
    public IReadOnlyList<string> Checks { get; init; } = [];

    /// <summary>The ids of checks to leave out.</summary>
    public IReadOnlyList<string> SkipChecks { get; init; } = [];

    /// <summary>Whether nodes also find out whom they reach.</summary>
    public bool Deep { get; init; }

    /// <summary>Whether a warning counts as a failure.</summary>
    public bool Strict { get; init; }
}
