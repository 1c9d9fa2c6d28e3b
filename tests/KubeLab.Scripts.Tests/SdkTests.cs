using Shouldly;
using Xunit;

namespace KubeLab.Scripts;

[Collection(nameof(CompiledTree))]
public sealed class SdkTests(CompiledTree compiled)
{
    [Fact]
    public async Task I_get_an_SDK_installed_when_the_machines_own_does_not_fit()
    {
        // Arrange: a dotnet that does not fit global.json, and a download that brings an installer which links the real one.
        using var tree = compiled.Clone();
        tree.WriteProgram("dotnet", "exit 145");
        tree.WriteProgram("curl", $$"""
            echo "$*" >>'{{tree.Root}}/downloads'
            while [[ $1 != --output ]]; do shift; done
            cat >"$2" <<'END'
            echo "installing: $*"
            while [[ $1 != --install-dir ]]; do shift; done
            mkdir -p "$2"
            ln -s '{{Toolbox.Require("dotnet")}}' "$2/dotnet"
            END
            """);

        // Act
        var first = await tree.RunAsync("first");
        var second = await tree.RunAsync("second");

        // Assert
        var sdk = tree.PathOf(".nuke", "temp", "dotnet");
        first.ExitCode.ShouldBe(0, first.ToString());
        first.Error.ShouldContain($"installing one into {sdk}.");
        first.Error.ShouldContain($"installing: --jsonfile {tree.PathOf("global.json")} --install-dir {sdk} --no-path");
        first.Output.ShouldContain("arguments: first\n");
        second.Error.ShouldBeEmpty();
        second.Output.ShouldContain("arguments: second\n");
        (await File.ReadAllLinesAsync(tree.PathOf("downloads"))).ShouldHaveSingleItem()
            .ShouldEndWith("https://dot.net/v1/dotnet-install.sh");
    }

    [Fact]
    public async Task I_am_told_what_to_do_when_there_is_no_SDK_and_no_way_to_get_one()
    {
        // Arrange
        using var tree = compiled.Clone();
        Toolbox.LinkAllBut(tree.Programs, "dotnet", "curl", "wget");

        // Act
        using var run = tree.Start([], environment: [KeyValuePair.Create("PATH", tree.Programs)]);
        var result = await run.FinishAsync();

        // Assert
        result.ExitCode.ShouldBe(1);
        result.Error.ShouldContain("Neither curl nor wget is installed.");
        result.Error.ShouldContain("Install the SDK that global.json names, or set DOTNET_INSTALL_DIR.");
    }
}
