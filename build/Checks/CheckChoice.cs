namespace KubeLab.Checks;

/// <summary>What <c>--checks</c> and <c>--skip-checks</c> choose: preflight and smoke test have their own ids.</summary>
/// <param name="checks">The ids of the only checks to run; empty for all.</param>
public sealed class CheckChoice(IReadOnlyList<string> checks, IReadOnlyList<string> skipChecks)
{
    /// <summary>Makes sure that each id is a check of some target.</summary>
    /// <exception cref="UserError">An id is a check of none; the error names the nearest one.</exception>
    public void Verify(IReadOnlyCollection<string> known)
    {
        Verify("--checks", checks, known);
        Verify("--skip-checks", skipChecks, known);
    }

    /// <summary>Makes sure that each id is a check of some target.</summary>
    /// <param name="origin">Where the ids were given, to begin the error with.</param>
    /// <exception cref="UserError">An id is a check of none; the error names the nearest one.</exception>
    public static void Verify(string origin, IEnumerable<string> ids, IReadOnlyCollection<string> known)
    {
        if (ids.FirstOrDefault(id => !known.Contains(id)) is { } unknown)
        {
            throw new UserError(
                $"{origin}: there is no check {unknown}.{NearestName.Hint(unknown, known)}",
                $"The checks are: {string.Join(", ", known)}");
        }
    }

    /// <summary>The only checks that a target is to run; empty for all of them, also where all that was asked for are another
    /// target's: a choice among the checks of the one leaves the other whole.</summary>
    public IReadOnlyList<string> Only(IReadOnlyCollection<string> known) => [.. checks.Where(known.Contains)];

    /// <summary>The checks that a target is to leave out.</summary>
    public IReadOnlyList<string> Except(IReadOnlyCollection<string> known) => [.. skipChecks.Where(known.Contains)];
}
