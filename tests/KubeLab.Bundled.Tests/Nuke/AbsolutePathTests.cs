using Nuke.Common.IO;

namespace KubeLab.Bundled.Nuke;

public sealed class AbsolutePathTests
{
    [Theory]
    [InlineData("/srv/lab", "node", "/srv/lab/node")]
    [InlineData("/srv/lab/", "node/", "/srv/lab/node")]
    [InlineData("/srv/lab", "../other", "/srv/other")]
    [InlineData("/", "srv", "/srv")]
    [InlineData("/srv", null, "/srv")]
    public void I_can_go_down_and_up(string path, string? right, string expected)
    {
        ((AbsolutePath)path / right).ToString().ShouldBe(expected);
    }

    [Fact]
    public void A_relative_text_is_no_such_path()
    {
        Should.Throw<ArgumentException>(() => (AbsolutePath)"srv/lab").Message.ShouldContain("'srv/lab'");
    }

    [Fact]
    public void Nothing_stays_nothing()
    {
        ((AbsolutePath?)null).ShouldBeNull();
        ((string?)(AbsolutePath?)(string?)null).ShouldBeNull();
    }
}
