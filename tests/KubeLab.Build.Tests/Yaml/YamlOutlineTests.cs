using CsCheck;
using YamlDotNet.Core;

namespace KubeLab.Tests.Yaml;

public class YamlOutlineTests
{
    [Fact]
    public void I_get_the_variables_with_their_lines_and_shapes()
    {
        var outline = Read("a: 1\nb: \"1\"\nc: [x, y]\nd: { e: 1 }\nf: !vault |\n  $ANSIBLE_VAULT;1.1;AES256\n  6162\n? [g]\n: 1\n");

        outline.Variables.Select(each => (each.Name, each.Value, each.Source.Line, each.IsQuoted, each.IsCompound, each.IsEncrypted)).ShouldBe(
        [
            ("a", "1", 1, false, false, false), ("b", "1", 2, true, false, false), ("c", "", 3, false, true, false),
            ("d", "", 4, false, true, false), ("f", "$ANSIBLE_VAULT;1.1;AES256\n6162\n", 5, true, false, true),
        ]);
        outline.Variables[2].Items.ShouldBe(["x", "y"]);
        outline.Texts.ShouldContain("x");
    }

    [Fact]
    public void I_get_the_keys_that_come_twice_at_any_depth()
    {
        var outline = Read("a: 1\nb:\n  - c: 1\n    c: 2\na: 3\nd: { <<: *x, <<: *y }\n".Replace("*x", "1").Replace("*y", "2"));

        outline.Repeated.Select(each => (each.Key, each.First.Line, each.Line)).ShouldBe([("c", 3, 4), ("a", 1, 5)]);
        outline.Variables.Count(each => each.Name == "a").ShouldBe(2);
    }

    [Theory]
    [InlineData("", null, 0)]
    [InlineData("# nothing\n", null, 0)]
    [InlineData("~\n", null, 1)]
    [InlineData("a: 1\n", YamlShape.Mapping, 3)]
    [InlineData("[1, 2]\n", YamlShape.Sequence, 3)]
    [InlineData("text\n", YamlShape.Scalar, 1)]
    [InlineData("a: &x [1, 2]\nb: [*x, *x]\n", YamlShape.Mapping, 13)]
    public void I_get_what_a_document_is_and_how_much_its_aliases_stand_for(string text, YamlShape? shape, double size)
    {
        var outline = Read(text);

        outline.Shape.ShouldBe(shape);
        outline.ExpandedSize.ShouldBe(size);
    }

    [Theory]
    [InlineData("a: 1\nb: \"x\nc: 2\n", 2, 4)]
    [InlineData("a: 1\nb: 'x\nc: 2\n", 2, 4)]
    [InlineData("a: 1\nb: \"x\nc: \"y\"\nd: 3\n", 2, 4)]
    [InlineData("a:\n  - 'x\n  - 'y'\n", 2, 5)]
    public void I_am_told_where_a_quote_opens_that_is_not_closed(string text, long line, long column) =>
        YamlText.OpenQuote(text).ShouldBe((line, column));

    [Theory]
    [InlineData("a: \"x\n  y\"\nb: 1\n")]
    [InlineData("a: \"x\"\nb: c: d\n")]
    [InlineData("a: 'it's'\n")]
    [InlineData("\tb: 1\n")]
    public void A_quote_that_is_closed_is_no_reason(string text) => YamlText.OpenQuote(text).ShouldBeNull();

    [Fact]
    public void Whatever_the_text_is_there_is_an_open_quote_or_none() => Gen.String[Gen.Char["ab'\"\\: \n-[]{}#!&*|>\t"], 0, 60]
        .Sample(text => YamlText.OpenQuote(text) is null or { Line: > 0, Column: > 0 }, iter: 10_000);

    [Fact]
    public void A_text_of_endless_depth_is_an_error_and_no_end_of_the_program()
    {
        Should.Throw<YamlException>(() => Read(new string('[', 100_000)));
        Should.Throw<YamlException>(() => YamlText.Load(new StringReader(new string('[', 100_000))));
        Should.Throw<YamlException>(() => YamlText.Load(new StringReader(string.Concat(Enumerable.Range(0, 5000).Select(depth => $"{new string(' ', depth)}a:\n")))));
    }

    [Fact]
    public void Aliases_that_grow_without_end_cost_nothing() =>
        Read(string.Concat(Enumerable.Range(1, 200).Select(level => $"a{level}: &a{level} [*a{level - 1}, *a{level - 1}]\n")).Replace("*a0", "1"))
            .ExpandedSize.ShouldBeGreaterThan(1e50);

    [Fact]
    public void Whatever_a_text_is_it_is_read_or_refused() => Gen.OneOf(
        Gen.String[Gen.Char["ab:- \n\t{}[]&*!|>'\"#,?%~<0"], 0, 60], Gen.String)
        .Sample(text => Try(() => Read(text)) == Try(() => Read(text)), iter: 10_000);

    [Theory]
    [InlineData("ssh:\n\tuser: root\n", 2L, 1L)]
    [InlineData("a: 1\n  \tb: 1\n", 2L, 3L)]
    [InlineData("a: \"x\ty\"\n\t\n", null, null)]
    public void I_get_the_place_of_a_tab_that_indents(string text, long? line, long? column) =>
        YamlText.IndentedByTab(text).ShouldBe(line is null ? null : (line.Value, column!.Value));

    private static YamlOutline Read(string text) => YamlOutline.Read(new StringReader(text), "all.yml");

    private static bool Try(Action read)
    {
        try
        {
            read();
            return true;
        }
        catch (YamlException)
        {
            return false;
        }
    }
}
