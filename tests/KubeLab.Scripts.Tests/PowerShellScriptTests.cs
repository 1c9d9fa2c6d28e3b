using Shouldly;
using Xunit;

namespace KubeLab.Scripts;

/// <summary>build.ps1 in PowerShell's engine.</summary>
public sealed class PowerShellScriptTests
{
    [Fact]
    public async Task I_can_start_the_build_from_PowerShell()
    {
        // Arrange
        using var tree = new SampleTree();

        // Act
        var first = await tree.RunPowerShellAsync("a b", "--help");
        var callsOfFirst = tree.DotnetCalls.Count;
        var second = await tree.RunPowerShellAsync("exit", "7");
        var callsSoFar = tree.DotnetCalls.Count;
        var command = await tree.RunPowerShellAsync("Ssh", "--node", "k8s m0", "--", "ls", "-la", "--help", "--skip", "a b", "--");
        var typed = await tree.TypeInPowerShellAsync("./build.ps1 Ssh --node k8s-m0 -- ls -la --help -- 'a b' --skip a,b");
        var callsOfSecond = tree.DotnetCalls.Take(callsSoFar).Skip(callsOfFirst).ToList();
        await File.WriteAllTextAsync(tree.PathOf("build", "FirstPart.cs"), "class FirstPart { Missing missing; }");
        var broken = await tree.RunPowerShellAsync("--help");

        // Assert: it compiles,
        first.ExitCode.ShouldBe(0, first.ToString());
        first.Output.ShouldContain("arguments: a b|--help");
        first.Output.ShouldContain("packages: bundled");
        first.Error.ShouldContain("Package source: bundled (the feed does not serve KubeLab.Sample)");

        // starts what is compiled without any other dotnet process,
        second.ExitCode.ShouldBe(7, second.ToString());
        second.Error.ShouldBeEmpty();
        callsOfSecond.ShouldHaveSingleItem().ShouldEndWith("KubeLab.Build.dll exit 7");

        // gives another command what stands behind two dashes, also where PowerShell takes those away,
        command.Output.ShouldContain("arguments: Ssh|--node|k8s m0", customMessage: command.ToString());
        command.Output.ShouldContain("command: ls|-la|--help|--skip|a b|--");
        typed.Output.ShouldContain("arguments: Ssh|--node|k8s-m0", customMessage: typed.ToString());
        typed.Output.ShouldContain("command: ls|-la|--help|--|a b|--skip|a,b");

        // and shows the compiler's errors instead of running what is stale.
        broken.ExitCode.ShouldBe(1, broken.ToString());
        broken.Output.ShouldBeEmpty();
        broken.Error.ShouldContain("FirstPart.cs(1,19): error CS0246");
        broken.Error.ShouldContain("nothing was run");
    }

    [Fact]
    public async Task I_get_PowerShell_from_the_Windows_command_line()
    {
        var lines = await File.ReadAllLinesAsync(Repository.PathOf("build.cmd"));

        lines.ShouldContain(x => x.StartsWith("powershell ", StringComparison.Ordinal)
            && x.EndsWith("-File \"%~dp0build.ps1\" %*", StringComparison.Ordinal));
    }
}
