namespace KubeLab.Checks;

/// <summary>A check, whatever it judges: a class in a file of its own, found by itself, constructed without parameters.</summary>
public interface ICheck
{
    /// <summary>Its id, by which it is chosen, left out and reported: lower case, words joined by dashes.</summary>
    string Id { get; }

    /// <summary>What it looks at, or what holds where it passes, in a few words.</summary>
    string Title { get; }

    /// <summary>Its place in a report: those of a lower rank come first, and those of the same one by their ids.</summary>
    int Rank { get; }
}

/// <summary>The checks that there are: every class of this assembly that is one.</summary>
public static class CheckCatalog
{
    /// <summary>All of a kind, in a report's order. The assembly's types are looked at once, when checks are asked for.</summary>
    public static IReadOnlyList<T> All<T>() where T : ICheck => Found<T>.Checks;

    /// <summary>The ids of all of a kind.</summary>
    public static IReadOnlyList<string> Ids<T>() where T : ICheck => [.. All<T>().Select(check => check.Id)];

    private static class Found<T> where T : ICheck
    {
        public static readonly IReadOnlyList<T> Checks = [
            .. typeof(ICheck).Assembly.GetTypes()
                .Where(type => type is { IsClass: true, IsAbstract: false } && type.IsAssignableTo(typeof(T)))
                .Where(type => type.GetConstructor(Type.EmptyTypes) is not null)
                .Select(type => (T)Activator.CreateInstance(type)!)
                .OrderBy(check => check.Rank).ThenBy(check => check.Id, StringComparer.Ordinal),
        ];
    }
}
