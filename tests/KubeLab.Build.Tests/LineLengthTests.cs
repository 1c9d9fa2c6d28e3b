using System.Text.RegularExpressions;
using Shouldly;
using Xunit;

namespace KubeLab.Tests;

/// <summary>How long lines of C# may be, by CONTRIBUTING.md: the formatter doesn't hold them to it.</summary>
public sealed partial class LineLengthTests
{
    private const int Longest = 130;

    // What may stand beside a message or a pattern that is too long by itself: "return", ": ", "[GeneratedRegex(", "));".
    private const int LongestBesideIt = 20;

    private const string Plain = """
        \"{3}.*?\"{3}|@?\"(?:[^\"\\]|\\.)*\"
        """;

    private const string HoleWithPlain = $$"""
        \{(?:[^{}\"]|{{Plain}}|\{[^{}\"]*\})*\}
        """;

    private const string Interpolated = $$"""
        \$+\"(?:[^\"\\{}]|\\.|\{\{|\}\}|{{HoleWithPlain}})*\"
        """;

    private const string HoleWithAny = $$"""
        \{(?:[^{}\"]|{{Interpolated}}|{{Plain}}|\{[^{}\"]*\})*\}
        """;

    [Fact]
    public void A_line_has_at_most_130_characters_unless_a_message_or_a_pattern_is_longer_and_alone_on_it() =>
        Sources().SelectMany(file => File.ReadLines(file).Select((line, i) => (Line: line, Place: $"{file}:{i + 1}")))
            .Where(each => IsTooLong(each.Line)).Select(each => each.Place).ShouldBeEmpty();

    [Theory]
    [InlineData("            $\"{0} says {string.Join(\", \", names.Select(name => $\"{name} {1}\"))}\",")]
    [InlineData("            : \"{0}\");")]
    [InlineData("    [GeneratedRegex(@\"{0}\",")]
    [InlineData("        return $\"\"\"{0}\"\"\";")]
    public void A_message_or_a_pattern_that_is_longer_by_itself_stays_whole(string line) =>
        IsTooLong(line.Replace("{0}", new string('x', Longest))).ShouldBeFalse();

    [Theory]
    [InlineData("            throw new UserError(\"{0}\", \"Look at it.\");")]
    [InlineData("            throw new UserError($\"{0} says {string.Join(\", \", names.Select(name => $\"{name} {1}\"))}\");")]
    [InlineData("            \"{0}\", \"Look at it once more.\");")]
    [InlineData("    [GeneratedRegex(@\"{0}\", RegexOptions.ExplicitCapture)]")]
    [InlineData("        // {0}")]
    [InlineData("        <p class=\"text\">{0}</p>")]
    [InlineData("        return {0};")]
    public void All_else_that_is_longer_is_found(string line) =>
        IsTooLong(line.Replace("{0}", new string('x', Longest))).ShouldBeTrue();

    [Fact]
    public void A_line_of_130_characters_is_no_longer_than_it_may_be() => IsTooLong(new string('x', Longest)).ShouldBeFalse();

    private static IEnumerable<string> Sources()
    {
        var build = Path.Combine(Repository.Root, "build");
        return Directory.EnumerateFiles(build, "*.cs", SearchOption.AllDirectories)
            .Where(file => Path.GetRelativePath(build, file).Split(Path.DirectorySeparatorChar)[0] is not ("bin" or "obj"));
    }

    private static bool IsTooLong(string line)
    {
        var longest = Literal().Matches(line).Select(literal => literal.Length).DefaultIfEmpty().Max();
        return line.Length > Longest && line.Trim().Length - longest > LongestBesideIt;
    }

    [GeneratedRegex($$"""\$+@?\"{3}.*?\"{3}|\$+@?\"(?:[^\"\\{}]|\\.|\{\{|\}\}|{{HoleWithAny}})*\"|{{Plain}}""",
        RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Literal();
}
