using CsCheck;
using KubeLab.Preflight;

namespace KubeLab.Tests.Preflight;

public class ConnectivityParserTests
{
    private const string Answer = """
        M listen 6443 open
        M listen 2379 held
        M listen 10250 failed: x
        M reach 192.0.2.1 6443 timed out
        M reach 192.0.2.2 6443 open
        M way 192.0.2.2 0.120000 1 5
        M name none
        M end 7

        """;

    private static readonly ConnectivityTarget Blocked = new("192.0.2.1", 6443);

    [Fact]
    public void I_read_what_a_node_found_out()
    {
        var result = ConnectivityParser.Parse($"welcome\n{Answer}", "M");

        result.Failure.ShouldBeNull();
        result.Listening.ShouldBe([6443, 2379], ignoreOrder: true);
        result.Outcomes[Blocked].ShouldBe("timed out");
        result.Ways["192.0.2.2"].ShouldBe(new NetworkWay(TimeSpan.FromMilliseconds(120), 1, 5));
        result.Wildcard.ShouldBe("none");
    }

    [Fact]
    public void I_take_nothing_of_an_answer_that_was_cut_off_at_any_byte()
    {
        for (var length = 0; length < Answer.Length; length++)
            Nothing(ConnectivityParser.Parse(Answer[..length], "M"));
    }

    [Fact]
    public void I_take_nothing_of_an_answer_without_any_one_line_or_with_it_twice()
    {
        var lines = Answer.Split('\n');
        for (var i = 0; i < lines.Length - 1; i++)
        {
            Nothing(ConnectivityParser.Parse(string.Join('\n', [.. lines[..i], .. lines[(i + 1)..]]), "M"));
            Nothing(ConnectivityParser.Parse(string.Join('\n', [.. lines[..i], lines[i], .. lines[i..]]), "M"));
        }
    }

    [Theory]
    [InlineData("M way 192.0.2.2 0.120000 6 5")]
    [InlineData("M way 192.0.2.2 NaN 1 5")]
    [InlineData("M way 192.0.2.2 0.120000 1 0")]
    public void I_know_no_way_by_figures_that_are_none(string line) =>
        ConnectivityParser.Parse(Answer.Replace("M way 192.0.2.2 0.120000 1 5", line), "M").Ways.ShouldBeEmpty();

    // CsCheck shows the seed of what fails.
    [Fact]
    public void No_way_that_is_blocked_is_open_by_any_of_10_000_damaged_answers()
    {
        var noise = Gen.OneOf(Gen.String[Gen.Char['\0', '\uffff'], 0, 40], Gen.Const("\nM end 7\n"), Gen.Const("M reach 192.0.2.9 6443 open\n"), Gen.Const("\n"));

        Gen.Select(Gen.Int[0, Answer.Length], Gen.Int[0, Answer.Length], noise).Sample(
            (one, other, said) =>
            {
                var result = ConnectivityParser.Parse(Answer[..Math.Min(one, other)] + said + Answer[Math.Max(one, other)..], "M");
                if (result.Failure is null)
                    result.Outcomes.GetValueOrDefault(Blocked).ShouldNotBe(ConnectivityResult.Open);
            },
            iter: 10_000);
    }

    private static void Nothing(ConnectivityResult result)
    {
        result.Failure.ShouldNotBeNull();
        result.Outcomes.ShouldBeEmpty();
        result.Listening.ShouldBeEmpty();
    }
}
