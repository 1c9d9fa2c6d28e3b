namespace KubeLab.Smoke;

/// <summary>The checks that there are, and the choice among them.</summary>
public static class SmokeCatalog
{
    /// <summary>Every check of this assembly, in the order of the report: a new file below <c>Checks/</c> is all it takes.</summary>
    public static IReadOnlyList<ISmokeCheck> All { get; } =
    [
        .. typeof(SmokeCatalog).Assembly.GetTypes()
            .Where(type => type is { IsClass: true, IsAbstract: false } && type.IsAssignableTo(typeof(ISmokeCheck))
                && type.GetConstructor(Type.EmptyTypes) is not null)
            .Select(type => (ISmokeCheck)Activator.CreateInstance(type)!)
            .OrderBy(check => check.Tier)
            .ThenBy(check => check.Area)
            .ThenBy(check => check.Id, StringComparer.Ordinal),
    ];

    /// <summary>The ids of all checks.</summary>
    public static IReadOnlyList<string> Ids => [.. All.Select(check => check.Id)];

    /// <summary>The checks that the options ask for.</summary>
    /// <exception cref="UserError">An id is unknown, or nothing is left.</exception>
    public static IReadOnlyList<ISmokeCheck> Select(IReadOnlyList<ISmokeCheck> checks, SmokeOptions options)
    {
        foreach (var id in options.Checks.Concat(options.SkipChecks))
            Require(checks, id);

        List<ISmokeCheck> selected =
        [
            .. checks.Where(check => check.Tier <= options.Tier
                && (options.Checks.Count == 0 || options.Checks.Contains(check.Id, StringComparer.Ordinal))
                && !options.SkipChecks.Contains(check.Id, StringComparer.Ordinal)),
        ];
        return selected.Count > 0 ? selected : throw new UserError(
            $"No check of the smoke test is left to run in tier {options.Tier}.",
            "Name other checks, leave out fewer, or allow a higher --tier.");
    }

    private static void Require(IReadOnlyList<ISmokeCheck> checks, string id)
    {
        if (checks.Any(check => check.Id == id))
            return;
        var known = checks.Select(check => check.Id).ToList();
        throw new UserError(
            $"The smoke test has no check '{id}'.{NearestName.Hint(id, known)}", $"There are: {string.Join(", ", known)}.");
    }
}
