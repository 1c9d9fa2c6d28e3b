using Assert = Nuke.Common.Assert;

namespace KubeLab.Bundled.Nuke;

public sealed class AssertTests
{
    [Fact]
    public void What_holds_is_passed_over()
    {
        Assert.True(true);
        Assert.NotNull("text").ShouldBe("text");
        Assert.FileExists(typeof(AssertTests).Assembly.Location);
    }

    [Fact]
    public void What_does_not_hold_throws_with_the_message()
    {
        Should.Throw<ArgumentException>(() => Assert.True(false, "No nodes.")).Message.ShouldBe("No nodes.");
        Should.Throw<ArgumentException>(() => Assert.NotNull<string>(null, "No key.")).Message.ShouldBe("No key.");
        Should.Throw<ArgumentException>(() => Assert.FileExists("/nowhere", "No file.")).Message.ShouldBe("No file.");
        Should.Throw<Exception>(() => Assert.Fail("No way.")).Message.ShouldBe("No way.");
    }

    [Fact]
    public void Without_a_message_the_expression_is_named()
    {
        // Arrange
        var count = 1;
        string? key = null;

        // Act & Assert
        Should.Throw<ArgumentException>(() => Assert.True(count == 2)).Message.ShouldContain("count == 2");
        Should.Throw<ArgumentException>(() => Assert.NotNull(key)).Message.ShouldContain("key");
        Should.Throw<ArgumentException>(() => Assert.FileExists(key)).Message.ShouldContain("key");
    }
}
