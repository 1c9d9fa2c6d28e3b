using System.Reflection;

namespace KubeLab.Preflight;

/// <summary>The rules there are: every class of the assembly that is one.</summary>
public sealed class RuleCatalog
{
    private RuleCatalog(IReadOnlyList<IRule> rules) => Rules = rules;

    /// <summary>All rules, those that judge without touching a node first, then by id.</summary>
    public IReadOnlyList<IRule> Rules { get; }

    /// <summary>Finds the rules. It looks at every type of the assembly, so it is done only where a preflight runs.</summary>
    /// <exception cref="InvalidOperationException">Two rules have the same id.</exception>
    public static RuleCatalog Discover()
    {
        var rules = Assembly.GetExecutingAssembly().GetTypes()
            .Where(type => type is { IsClass: true, IsAbstract: false } && typeof(IRule).IsAssignableFrom(type))
            .Select(type => (IRule)Activator.CreateInstance(type)!)
            .OrderBy(rule => rule.Stage).ThenBy(rule => rule.Id, StringComparer.Ordinal).ToList();
        var twice = rules.GroupBy(rule => rule.Id, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1);
        return twice is null
            ? new RuleCatalog(rules)
            : throw new InvalidOperationException($"Two rules are called {twice.Key}: {string.Join(", ", twice.Select(rule => rule.GetType().Name))}");
    }

    /// <summary>Checks that ids name rules.</summary>
    /// <param name="origin">Where they were given, to begin the error with: <c>--checks</c>.</param>
    /// <exception cref="UserError">An id names no rule.</exception>
    public void Verify(IEnumerable<string> ids, string origin)
    {
        var known = Rules.Select(rule => rule.Id).ToList();
        foreach (var id in ids.Where(id => !known.Contains(id)))
            throw new UserError($"{origin}: there is no check {id}.{NearestName.Hint(id, known)}", $"The checks are: {string.Join(", ", known)}");
    }
}
