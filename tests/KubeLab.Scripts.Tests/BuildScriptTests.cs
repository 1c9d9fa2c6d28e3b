using Shouldly;
using Xunit;

namespace KubeLab.Scripts;

[Collection(nameof(CompiledTree))]
public sealed class BuildScriptTests(CompiledTree compiled)
{
    [Fact]
    public async Task I_can_start_an_unchanged_build_without_any_other_dotnet_process()
    {
        // Arrange
        using var tree = compiled.Clone();
        var stamp = tree.PathOf(".nuke", "temp", "build.stamp");
        var (text, time) = (await File.ReadAllTextAsync(stamp), File.GetLastWriteTimeUtc(stamp));

        // Act
        var result = await tree.RunAsync("--help");

        // Assert
        result.ExitCode.ShouldBe(0, result.ToString());
        result.Output.ShouldContain("arguments: --help");
        result.Error.ShouldBeEmpty();
        tree.DotnetCalls.ShouldHaveSingleItem().ShouldEndWith("KubeLab.Build.dll --help");
        (await File.ReadAllTextAsync(stamp)).ShouldBe(text);
        File.GetLastWriteTimeUtc(stamp).ShouldBe(time);
    }

    [Fact]
    public async Task I_can_touch_a_source_without_a_compilation()
    {
        using var tree = compiled.Clone();
        File.SetLastWriteTimeUtc(tree.PathOf("build", "Program.cs"), DateTime.UtcNow.AddHours(1));

        var result = await tree.RunAsync("--help");

        result.ExitCode.ShouldBe(0, result.ToString());
        tree.DotnetCalls.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task I_can_pass_arguments_with_spaces_and_get_the_exit_code()
    {
        using var tree = compiled.Clone();

        var words = await tree.RunAsync("a b", "", "c*");
        var exit = await tree.RunAsync("exit", "130");

        words.Output.ShouldContain("arguments: a b||c*\n");
        exit.ExitCode.ShouldBe(130);
    }

    [Fact]
    public async Task I_can_give_another_command_any_words_behind_two_dashes()
    {
        using var tree = compiled.Clone();

        var command = await tree.RunAsync("Ssh", "--node", "k8s m0", "--", "ls", "-la", "--help", "--skip", "", "a b", "*", "--", "$HOME\n");
        var nothing = await tree.RunAsync("Ssh", "--");
        var foreign = await tree.RunWithAsync("KUBELAB_COMMAND", "1", "Ssh");

        command.Output.ShouldContain("arguments: Ssh|--node|k8s m0\n");
        command.Output.ShouldContain("command: ls|-la|--help|--skip||a b|*|--|$HOME\n\n");
        nothing.Output.ShouldContain("arguments: Ssh\ncommand: \n");
        foreign.Output.ShouldNotContain("command:");
    }

    [Fact]
    public async Task I_can_run_it_from_another_folder()
    {
        // Arrange
        using var tree = compiled.Clone();

        // Act: relative paths among the arguments keep their meaning, and NUKE's root does not depend on the folder.
        using var run = tree.Start(["--help"], workingDirectory: tree.Elsewhere);
        var result = await run.FinishAsync();

        // Assert
        result.ExitCode.ShouldBe(0, result.ToString());
        result.Output.ShouldContain($"directory: {tree.Elsewhere}\n");
        result.Output.ShouldContain($"root: {tree.Root}\n");
    }

    [Theory]
    [InlineData("-it's \"odd\" $HOME & (so) ünïcödé 漢字 #1 [a] {b} !")]
    [InlineData("xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx")]
    public async Task I_can_run_it_in_a_folder_of_any_name_and_through_a_link_to_it(string name)
    {
        using var tree = compiled.Clone(name);
        Directory.CreateSymbolicLink(Path.Combine(tree.Elsewhere, "link"), tree.Root);

        var result = await tree.RunAsync("--help");
        var linked = await tree.RunThroughAsync(Path.Combine(tree.Elsewhere, "link", "build.sh"), "--help");

        result.ExitCode.ShouldBe(0, result.ToString());
        result.Output.ShouldContain($"root: {tree.Root}\n");
        linked.Output.ShouldContain($"root: {tree.Root}\n");
    }

    [Theory]
    [InlineData("a;b")]
    [InlineData("100%")]
    [InlineData("a*")]
    [InlineData("line\nbreak")]
    public async Task I_am_told_in_one_sentence_that_it_cannot_be_compiled_in_a_folder_of_this_name(string name)
    {
        using var tree = compiled.Clone(name);

        var result = await tree.RunAsync("--help");
        var powerShell = await tree.RunPowerShellAsync("--help");

        foreach (var run in new[] { result, powerShell })
        {
            run.ExitCode.ShouldBe(1, run.ToString());
            run.Output.ShouldBeEmpty();
            run.Error.ShouldContain("KubeLab can't be compiled in a folder whose path holds ; % * ? or a line break: move it out of ");
            run.Error.Trim().Split('\n').Length.ShouldBe(1 + name.Count(each => each == '\n'));
        }
    }

    [Fact]
    public async Task I_can_put_another_SDK_on_the_PATH_without_a_compilation()
    {
        using var tree = compiled.Clone();
        tree.WriteProgram("dotnet", $"""
            printf 'other %s\n' "$*" >>"$DOTNET_CALLS"
            exec '{Toolbox.Require("dotnet")}' "$@"
            """);

        var result = await tree.RunAsync("--help");

        result.ExitCode.ShouldBe(0, result.ToString());
        tree.DotnetCalls.Count.ShouldBe(2);
        tree.DotnetCalls[0].ShouldBe("other --version");
        tree.DotnetCalls[1].ShouldEndWith("KubeLab.Build.dll --help");
    }

    [Fact]
    public async Task I_can_add_change_and_delete_sources_while_the_build_runs()
    {
        // Arrange: a build that is still running from an output older than the last one.
        using var tree = compiled.Clone();
        var first = tree.Outputs.ShouldHaveSingleItem();
        var stale = tree.PathOf("build", "bin", "run-1");
        var used = tree.PathOf("build", "bin", "run-2");
        foreach (var copy in new[] { stale, used })
        {
            Directory.CreateDirectory(copy);
            foreach (var file in Directory.GetFiles(first)) File.Copy(file, Path.Combine(copy, Path.GetFileName(file)));
        }

        using var running = ScriptRun.Start(
            Toolbox.Require("dotnet"), [Path.Combine(used, "KubeLab.Build.dll"), "wait"], tree.Root);

        // Act: one is new, one gone, and one older than the compilation, as when git or a backup brings it back.
        await File.WriteAllTextAsync(tree.PathOf("build", "ThirdPart.cs"), "class ThirdPart;");
        File.Delete(tree.PathOf("build", "SecondPart.cs"));
        await File.WriteAllTextAsync(tree.PathOf("build", "FirstPart.cs"), "class OlderPart;");
        File.SetLastWriteTimeUtc(tree.PathOf("build", "FirstPart.cs"), DateTime.UtcNow.AddYears(-1));
        var result = await tree.RunAsync();

        // Assert: what is there now was compiled, into a folder of its own; what runs or may just be starting was left alone.
        result.ExitCode.ShouldBe(0, result.ToString());
        result.Output.ShouldContain("parts: OlderPart ThirdPart\n");
        result.Error.ShouldContain("Compiling");
        tree.Outputs.Count.ShouldBe(3);
        tree.Outputs.ShouldContain(first);
        tree.Outputs.ShouldContain(used);
        tree.Outputs.ShouldNotContain(stale);
        (await running.FinishAsync()).ExitCode.ShouldBe(0);
    }

    [Fact]
    public async Task I_see_the_compilers_errors_and_no_stale_build_runs()
    {
        // Arrange
        using var tree = compiled.Clone();
        await File.WriteAllTextAsync(tree.PathOf("build", "FirstPart.cs"), "class FirstPart { Missing missing; }");

        // Act
        var result = await tree.RunAsync("--help");

        // Assert
        result.ExitCode.ShouldNotBe(0);
        result.Output.ShouldBeEmpty();
        result.Error.ShouldContain("FirstPart.cs(1,19): error CS0246");
        result.Error.ShouldContain("nothing was run");
        result.Error.Split('\n').Count(x => x.Contains("CS0246", StringComparison.Ordinal)).ShouldBe(1);
        tree.DotnetCalls.ShouldNotContain(x => x.Contains("KubeLab.Build.dll", StringComparison.Ordinal));
        tree.Outputs.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task I_can_go_on_without_sudo_after_a_run_with_sudo()
    {
        // Arrange: a checkout of another user's, run by root.
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "Takes root, to run as two users.");
        using var tree = compiled.Clone();
        (await ScriptAsync(tree, "chown -R 65534:65534 . && rm .nuke/temp/sdk.stamp")).ExitCode.ShouldBe(0);

        // Act
        var result = await tree.RunAsync();

        // Assert
        result.ExitCode.ShouldBe(0, result.ToString());
        (await ScriptAsync(tree, "find . ! -user 65534")).Output.ShouldBeEmpty();
    }

    static async Task<ScriptResult> ScriptAsync(SampleTree tree, string script)
    {
        using var run = ScriptRun.Start(Toolbox.Require("bash"), ["-c", script], tree.Root);
        return await run.FinishAsync();
    }
}
