using Nuke.Common.IO;

namespace KubeLab.Bundled.Nuke;

public sealed class AbsolutePathTests : IDisposable
{
    private readonly Sandbox sandbox = new();

    public void Dispose() => sandbox.Dispose();

    [Theory]
    [InlineData("/srv/lab", "node", "/srv/lab/node")]
    [InlineData("/srv/lab/", "node/", "/srv/lab/node")]
    [InlineData("/srv/lab", "../other", "/srv/other")]
    [InlineData("/", "srv", "/srv")]
    [InlineData("/srv", null, "/srv")]
    public void I_can_go_down_and_up(string path, string? right, string expected)
    {
        (AbsolutePath.Create(path) / right).ToString().ShouldBe(expected);
    }

    [Fact]
    public void I_can_take_a_path_apart()
    {
        // Arrange
        AbsolutePath path = "/srv/lab/image.tar";

        // Act & Assert
        path.Name.ShouldBe("image.tar");
        path.NameWithoutExtension.ShouldBe("image");
        path.Extension.ShouldBe(".tar");
        path.Parent!.ToString().ShouldBe("/srv/lab");
        AbsolutePath.Create("/").Parent.ShouldBeNull();
        (path + ".gz").ToString().ShouldBe("/srv/lab/image.tar.gz");
    }

    [Fact]
    public void Two_paths_are_the_same_if_they_lead_to_the_same_place()
    {
        // Arrange
        AbsolutePath one = "/srv/lab/";
        AbsolutePath other = "/srv/./x/../lab";

        // Act & Assert
        (one == other).ShouldBeTrue();
        (one != AbsolutePath.Create("/srv/Lab")).ShouldBeTrue();
        one.GetHashCode().ShouldBe(other.GetHashCode());
    }

    [Fact]
    public void A_relative_text_is_no_such_path()
    {
        Should.Throw<ArgumentException>(() => AbsolutePath.Create("srv/lab")).Message.ShouldContain("'srv/lab'");
    }

    [Fact]
    public void Nothing_stays_nothing()
    {
        ((AbsolutePath?)null).ShouldBeNull();
        ((string?)(AbsolutePath?)(string?)null).ShouldBeNull();
    }

    [Fact]
    public void I_can_ask_whether_a_file_or_directory_is_there()
    {
        // Arrange
        AbsolutePath directory = sandbox.Directory;
        var newDirectory = directory / "a" / "b";
        var file = directory / "file";

        // Act
        newDirectory.CreateDirectory().ShouldBe(newDirectory);
        File.WriteAllText(file, "");

        // Assert
        newDirectory.Exists().ShouldBeTrue();
        newDirectory.FileExists().ShouldBeFalse();
        file.Exists().ShouldBeTrue();
        file.DirectoryExists().ShouldBeFalse();
    }

    [Fact]
    public void A_name_that_says_neither_file_nor_directory_cannot_be_asked()
    {
        // Arrange
        AbsolutePath place = sandbox.Directory;

        // Act & Assert
        Should.Throw<ArgumentException>(() => place.Exists()).Message.ShouldContain("place");
    }
}
