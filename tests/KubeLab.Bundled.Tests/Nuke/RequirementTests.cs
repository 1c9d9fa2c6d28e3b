using Nuke.Common;
using Nuke.Common.Execution;

namespace KubeLab.Bundled.Nuke;

public sealed class RequirementTests : IDisposable
{
    private readonly Sandbox sandbox = new();

    public void Dispose() => sandbox.Dispose();

    [Fact]
    public void A_missing_parameter_ends_the_run_before_any_target_and_says_how_to_give_it()
    {
        // Act
        var run = sandbox.Run<Demanding>("Late");

        // Assert
        run.ExitCode.ShouldBe(-1);
        run.Ran.ShouldBeEmpty();
        run.StatusOf("Early").ShouldBe(ExecutionStatus.NotRun);
        run.Output.ShouldContain("Late requires --private-key.");
        run.Output.ShouldContain("NUKE_PRIVATE_KEY");
        run.Output.ShouldContain("\"PrivateKey\" in .nuke/parameters.json");
    }

    [Theory]
    [InlineData("Late --private-key key")]
    [InlineData("Counted --count 0")]
    public void A_parameter_that_is_given_fulfils_the_requirement(string commandLine)
    {
        sandbox.Run<Demanding>(commandLine).ExitCode.ShouldBe(0);
    }

    [Fact]
    public void A_parameter_that_is_blank_is_missing()
    {
        // Arrange
        sandbox.Write(".nuke/parameters.json", """{ "PrivateKey": " " }""");

        // Act & Assert
        sandbox.Run<Demanding>("Late").Output.ShouldContain("Late requires --private-key.");
    }

    [Fact]
    public void A_missing_number_is_missing()
    {
        sandbox.Run<Demanding>("Counted").Output.ShouldContain("Counted requires --count.");
    }

    [Fact]
    public void A_missing_secret_is_asked_for_in_the_environment_alone()
    {
        // Act
        var run = sandbox.Run<Demanding>("Secretive");

        // Assert
        run.Output.ShouldContain("Give it as the environment variable NUKE_TOKEN.");
        run.Output.ShouldNotContain("as --token");
    }

    [Fact]
    public void Something_else_than_a_parameter_can_be_required_to_hold()
    {
        // Act
        var run = sandbox.Run<Demanding>("Conditional");

        // Assert
        run.ExitCode.ShouldBe(-1);
        run.Ran.ShouldBeEmpty();
        run.Output.ShouldContain("Conditional requires (Nodes > 2).");
    }

    [Fact]
    public void What_a_skipped_target_requires_does_not_matter()
    {
        sandbox.Run<Demanding>("AfterLate --skip Late").ExitCode.ShouldBe(0);
    }

    [Fact]
    public void A_required_parameter_is_required_whatever_the_target()
    {
        // Act
        var missing = sandbox.Run<Strict>("Anything");
        var given = sandbox.Run<Strict>("Anything --inventory lab");
        var onlyHelp = sandbox.Run<Strict>("--help");

        // Assert
        missing.ExitCode.ShouldBe(-1);
        missing.Output.ShouldContain("requires --inventory.");
        given.ExitCode.ShouldBe(0);
        onlyHelp.ExitCode.ShouldBe(0);
    }

    private sealed class Demanding : RecordingBuild
    {
        [Parameter] readonly string? PrivateKey;
        [Parameter] readonly int? Count;
        [Parameter][Secret] readonly string? Token;

        int Nodes => 2;

        Target Early => _ => _.Executes(Nothing);

        Target Late => _ => _.DependsOn(Early).Requires(() => PrivateKey).Executes(Nothing);

        Target AfterLate => _ => _.DependsOn(Late).Executes(Nothing);

        Target Counted => _ => _.Requires(() => Count).Executes(Nothing);

        Target Secretive => _ => _.Requires(() => Token).Executes(Nothing);

        Target Conditional => _ => _.Requires(() => Nodes > 2).Executes(Nothing);
    }

    private sealed class Strict : RecordingBuild
    {
        [Parameter][Required] readonly string? Inventory;

        Target Anything => _ => _.Executes(Nothing);
    }
}
