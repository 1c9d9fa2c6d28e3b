using System.Reflection;
using System.Text.RegularExpressions;

namespace KubeLab.Tests;

/// <summary>Patterns that text of others is held against.</summary>
public class PatternsTests
{
    private const BindingFlags All = BindingFlags.Static | BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;

    // The limit is of the clock on the wall: one second passes where a busy machine lets nobody else run.
    [Fact]
    public void A_busy_machine_ends_no_run_because_a_pattern_took_its_time()
    {
        var patterns = typeof(CommandRunner).Assembly.GetTypes().SelectMany(type => type.GetMembers(All))
            .Select(member => (Name: $"{member.DeclaringType!.Name}.{member.Name}", Pattern: member.GetCustomAttribute<GeneratedRegexAttribute>()))
            .Where(each => each.Pattern is not null).ToList();

        patterns.Count.ShouldBeGreaterThan(100);
        patterns.Where(each => !each.Pattern!.Options.HasFlag(RegexOptions.NonBacktracking) && each.Pattern.MatchTimeoutMilliseconds is >= 0 and < 60_000)
            .Select(each => each.Name).ShouldBeEmpty();
    }
}
