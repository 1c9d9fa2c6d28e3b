using KubeLab.Diagnosis;

namespace KubeLab.Tests.Diagnosis;

/// <summary>Every recorded failure against every signature: what is taken for what.</summary>
public class ConfusionTests(ITestOutputHelper output)
{
    private static readonly SignatureCatalog Catalog = SignatureCatalog.Load();

    private static readonly IReadOnlyList<Confusion> Table =
    [
        .. FailureCorpusTests.All.SelectMany(recorded => recorded.Failures().Select(failure => (recorded.Expect, failure)))
            .Concat(SignatureTests.All.Select(each => (each.Expect, each.Failure)))
            .Select(each => Confusion.Of(each.Expect, each.Item2))
            .OrderBy(each => each.Expected, StringComparer.Ordinal),
    ];

    [Fact]
    public void No_failure_is_taken_for_another()
    {
        foreach (var kind in Table.GroupBy(each => each.Expected))
            output.WriteLine($"{kind.Key} ({kind.Count()}): {string.Join(", ", kind.SelectMany(each => each.Seen()).CountBy(seen => seen).Select(seen => $"{seen.Key} {seen.Value}"))}");

        Table.Where(each => each.Explained is not FailureCorpusTests.Unknown && each.Explained != each.Expected)
            .Select(each => $"{each.Expected} is taken for {each.Explained}: {each.Text}").ShouldBeEmpty();
        Table.Count(each => each.Explained == each.Expected).ShouldBeGreaterThanOrEqualTo(Table.Count * 95 / 100);
    }

    [Fact]
    public void Of_several_causes_it_is_declared_which_explains() =>
        Table.Where(each => each.Rivals.Count > 0).Select(each => $"{each.Explained} may as well be {string.Join(", ", each.Rivals)}: {each.Text}")
            .ShouldBeEmpty();

    [Fact]
    public void A_signature_is_over_signatures_that_there_are() =>
        Catalog.Signatures.SelectMany(each => each.Over).Except(Catalog.Signatures.Select(each => each.Id)).ShouldBeEmpty();

    /// <param name="Rivals">Causes that match as well and have as many conditions.</param>
    private sealed record Confusion(string Expected, string Explained, IReadOnlyList<string> Rivals, IReadOnlyList<string> Besides, string Text)
    {
        public static Confusion Of(string expected, Failure failure)
        {
            var context = new FailureContext(failure);
            List<string> explaining = [.. Catalog.Judge(context).Explaining.Select(each => each.Signature.Id)];
            return new(
                expected, explaining.FirstOrDefault() ?? FailureCorpusTests.Unknown, [.. explaining.Skip(1)],
                [.. Catalog.Matching(context).Select(each => each.Signature.Id).Except(explaining)], failure.Text);
        }

        public IEnumerable<string> Seen() => [Explained, .. Besides.Select(each => $"({each})")];
    }
}
