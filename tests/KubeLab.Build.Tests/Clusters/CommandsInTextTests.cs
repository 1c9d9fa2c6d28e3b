using KubeLab.Clusters;

namespace KubeLab.Tests.Clusters;

public class CommandsInTextTests
{
    [Theory]
    [InlineData("Run ./build.sh SmokeTest --tier 0 to see.", "Run ./build.sh SmokeTest --inventory prod --tier 0 to see.")]
    [InlineData("./build.sh Deploy", "./build.sh Deploy --inventory prod")]
    [InlineData("./build.sh ValidateNodes SmokeTest --resume", "./build.sh ValidateNodes SmokeTest --inventory prod --resume")]
    [InlineData("""{"do": "Run ./build.sh Reset."}""", """{"do": "Run ./build.sh Reset --inventory prod."}""")]
    [InlineData("./build.sh Reset; then ./build.sh Deploy.", "./build.sh Reset --inventory prod; then ./build.sh Deploy --inventory prod.")]
    public void I_am_told_the_cluster_with_each_command(string text, string expected) =>
        new CommandsInText("prod", "lab").Complete(text).ShouldBe(expected);

    [Theory]
    [InlineData("./build.sh Deploy --resume --inventory prod")]
    [InlineData("./build.sh PinHosts --inventory new")]
    [InlineData("""./build.sh InstallCluster --skip --extra-vars '{"a": "b"}' --inventory prod --resume""")]
    [InlineData("./build.sh --help lists the targets")]
    [InlineData("nothing of ours: make deploy")]
    public void What_names_a_cluster_or_needs_none_stays(string text) => new CommandsInText("prod", "lab").Complete(text).ShouldBe(text);

    [Fact]
    public void The_default_cluster_is_not_named() => new CommandsInText("lab", "lab").Complete("./build.sh Deploy").ShouldBe("./build.sh Deploy");

    [Fact]
    public void A_path_is_quoted_as_a_shell_wants_it_and_never_breaks_JSON()
    {
        new CommandsInText("my clusters/one", "lab").Complete("./build.sh Deploy").ShouldBe("./build.sh Deploy --inventory 'my clusters/one'");
        new CommandsInText("a\"b", "lab").Complete("./build.sh Deploy").ShouldBe("./build.sh Deploy");
    }
}
