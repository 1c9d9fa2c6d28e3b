using KubeLab.Diagnosis;

namespace KubeLab.Tests.Diagnosis;

/// <summary>The texts that are looked for before a pattern is matched: whatever matches has one of them.</summary>
public class PatternLiteralsTests
{
    [Theory]
    [InlineData("No space left on device", "No space left on device")]
    [InlineData(@"\[Errno 28\]: (?<why>\S+)", "[Errno 28]: ")]
    [InlineData("Errno 28|ENOSPC", "Errno 28,ENOSPC")]
    [InlineData("(Kube|System) Reserved Cgroup", " Reserved Cgroup")]
    [InlineData("(Missing|Incorrect) pw", "Missing,Incorrect")]
    [InlineData("(optional )?abcd", "abcd")]
    [InlineData("abcde?f{0,3}ghi", "abcd")]
    [InlineData("abc+d", "abc")]
    [InlineData(@"[]x\]y]+ failed", " failed")]
    [InlineData("[^]]+ failed", " failed")]
    [InlineData("a(b(c(dead|alive)))", "dead,alive")]
    public void I_find_the_texts_of_which_one_stands_in_what_matches(string expression, string texts) =>
        PatternLiterals.Of(expression).ShouldBe(texts.Split(','));

    [Theory]
    [InlineData(@"\d+: \w+")]
    [InlineData("ab|No space left on device")]
    [InlineData("(No space left on device)?")]
    [InlineData("(No space left on device)*x")]
    [InlineData("(No space left on device){0,2}")]
    [InlineData("")]
    public void An_expression_that_may_match_without_any_is_always_matched(string expression) =>
        PatternLiterals.Of(expression).ShouldBeNull();

    [Fact]
    public void Whatever_a_signature_recognises_has_such_a_text()
    {
        var patterns = SignatureCatalog.Load().Signatures.ToDictionary(each => each.Id, each => each.Text);

        foreach (var recorded in FailureCorpusTests.All.Where(each => patterns.ContainsKey(each.Expect)))
        {
            var said = new FailureContext(recorded.Failures()[0]).Said.ToUpperInvariant();
            foreach (var pattern in patterns[recorded.Expect].Where(pattern => pattern.IsMatch(said)))
                pattern.MayMatch(said).ShouldBeTrue($"{pattern}: {said}");
        }
    }
}
