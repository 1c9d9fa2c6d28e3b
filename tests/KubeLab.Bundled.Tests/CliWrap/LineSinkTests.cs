using System.Text;
using CliWrap;

namespace KubeLab.Bundled.CliWrap;

public sealed class LineSinkTests
{
    [Theory]
    [InlineData("one\ntwo\n", new[] { "one", "two" })]
    [InlineData("one\r\ntwo\r\n", new[] { "one", "two" })]
    [InlineData("one\rtwo", new[] { "one", "two" })]
    [InlineData("\r\n\n\r", new[] { "", "", "" })]
    [InlineData("✓ ünïcödé 🚀\nend", new[] { "✓ ünïcödé 🚀", "end" })]
    public async Task Lines_are_the_same_wherever_the_bytes_come_apart(string text, string[] expected)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        for (var first = 0; first <= bytes.Length; first++)
        {
            for (var second = first; second <= bytes.Length; second++)
                (await LinesOfAsync(bytes[..first], bytes[first..second], bytes[second..])).ShouldBe(expected);
        }
    }

    [Fact]
    public async Task A_character_that_is_cut_off_at_the_end_is_replaced()
    {
        (await LinesOfAsync([(byte)'a', 0xE2, 0x9C])).ShouldBe(["a\uFFFD"]);
    }

    private static async Task<List<string>> LinesOfAsync(params byte[][] parts)
    {
        var lines = new List<string>();
        var sink = new LineSink(Encoding.UTF8, lines.Add);
        foreach (var part in parts)
            await sink.WriteAsync(part, CancellationToken.None);
        sink.Complete();
        return lines;
    }
}
