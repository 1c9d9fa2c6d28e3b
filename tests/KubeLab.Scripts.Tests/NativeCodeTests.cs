using Shouldly;
using Xunit;

namespace KubeLab.Scripts;

/// <summary>
/// What the sample's feed lacks is the compiler to machine code: the SDK picks its version, so that no stand-in can be served.
/// </summary>
[Collection(nameof(CompiledTree))]
public sealed class NativeCodeTests(CompiledTree compiled)
{
    const string Asked = "-p:PublishReadyToRun=true --use-current-runtime --no-self-contained";

    [Fact]
    public async Task I_get_the_build_also_where_the_feed_lacks_the_compiler_to_machine_code_which_is_asked_for_once()
    {
        // Arrange
        using var tree = compiled.Clone();
        await ChangeAsync(tree);

        // Act
        var result = await tree.RunAsync();

        // Assert
        compiled.FirstRun.ExitCode.ShouldBe(0, compiled.FirstRun.ToString());
        Publications(compiled.Calls).Select(call => call.EndsWith(Asked, StringComparison.Ordinal)).ShouldBe([true, false]);
        result.ExitCode.ShouldBe(0, result.ToString());
        result.Output.ShouldContain("parts: ChangedPart SecondPart\n");
        Publications(tree.DotnetCalls).ShouldHaveSingleItem().ShouldNotContain("ReadyToRun");
    }

    [Fact]
    public async Task I_have_it_asked_for_again_where_the_feed_gave_no_answer()
    {
        // Arrange
        using var tree = compiled.Clone();
        File.Delete(tree.PathOf(".nuke", "temp", "no-native-code"));
        tree.WriteProgram("dotnet", $"""
            printf '%s\n' "$*" >>"$DOTNET_CALLS"
            if [[ $* == *ReadyToRun* ]]; then
              echo 'error NU1301: Unable to load the service index'
              exit 1
            fi
            exec '{Toolbox.Require("dotnet")}' "$@"
            """);

        // Act
        await ChangeAsync(tree);
        var first = await tree.RunAsync();
        await File.AppendAllTextAsync(tree.PathOf("build", "FirstPart.cs"), "// changed\n");
        var second = await tree.RunAsync();

        // Assert
        first.ExitCode.ShouldBe(0, first.ToString());
        second.ExitCode.ShouldBe(0, second.ToString());
        Publications(tree.DotnetCalls).Select(call => call.EndsWith(Asked, StringComparison.Ordinal)).ShouldBe([true, false, true, false]);
    }

    static Task ChangeAsync(SampleTree tree) => File.WriteAllTextAsync(tree.PathOf("build", "FirstPart.cs"), "class ChangedPart;\n");

    static IEnumerable<string> Publications(IEnumerable<string> calls) => calls.Where(call => call.StartsWith("publish ", StringComparison.Ordinal));
}
