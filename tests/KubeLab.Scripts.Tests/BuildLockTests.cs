using Shouldly;
using Xunit;

namespace KubeLab.Scripts;

public sealed class BuildLockTests
{
    const string Waiting = "Waiting for another build.sh that is compiling";

    [Fact]
    public async Task I_can_start_two_at_once_and_one_of_them_compiles()
    {
        // Arrange
        using var tree = new SampleTree();

        // Act
        using var one = tree.Start(["one"]);
        using var two = tree.Start(["two"]);
        var results = await Task.WhenAll(one.FinishAsync(), two.FinishAsync());

        // Assert
        results.ShouldAllBe(x => x.ExitCode == 0, string.Join('\n', results.AsEnumerable()));
        results[0].Output.ShouldContain("arguments: one\n");
        results[1].Output.ShouldContain("arguments: two\n");
        results.Count(x => x.Error.Contains(Waiting, StringComparison.Ordinal)).ShouldBe(1);
        Compilations(tree).ShouldBe(1);
    }

    [Fact]
    public async Task I_can_start_two_at_once_without_flock_after_one_that_was_killed()
    {
        // Arrange: a lock whose owner is gone.
        using var tree = new SampleTree();
        HideFlock(tree);
        Directory.CreateDirectory(tree.PathOf(".nuke", "temp"));
        File.CreateSymbolicLink(LockLink(tree), $"build.sh-{await GoneProcessAsync(tree)}");

        // Act
        using var one = tree.Start(["one"], environment: OnlyPrograms(tree));
        using var two = tree.Start(["two"], environment: OnlyPrograms(tree));
        var results = await Task.WhenAll(one.FinishAsync(), two.FinishAsync());

        // Assert
        results.ShouldAllBe(x => x.ExitCode == 0, string.Join('\n', results.AsEnumerable()));
        results.Count(x => x.Error.Contains("Removing the lock of a build.sh", StringComparison.Ordinal)).ShouldBe(1);
        results.Count(x => x.Error.Contains(Waiting, StringComparison.Ordinal)).ShouldBe(1);
        Compilations(tree).ShouldBe(1);
        new FileInfo(LockLink(tree)).LinkTarget.ShouldBeNull();
    }

    [Fact]
    public async Task I_do_not_wait_forever_for_another_compilation()
    {
        // Arrange
        using var tree = new SampleTree();
        Directory.CreateDirectory(tree.PathOf(".nuke", "temp"));
        using var held = new FileStream(
            tree.PathOf(".nuke", "temp", "build.lock"), FileMode.Create, FileAccess.ReadWrite, FileShare.None);

        // Act
        var result = await tree.RunWithAsync("KUBELAB_BUILD_LOCK_LIMIT", "1");

        // Assert
        result.ExitCode.ShouldBe(1);
        result.Error.ShouldContain(Waiting);
        result.Error.ShouldContain("Another build.sh has been compiling for over 1 s");
        tree.DotnetCalls.ShouldBeEmpty();
    }

    [Fact]
    public async Task I_do_not_wait_forever_for_another_compilation_without_flock()
    {
        // Arrange: a lock whose owner lives, namely this process.
        using var tree = new SampleTree();
        HideFlock(tree);
        Directory.CreateDirectory(tree.PathOf(".nuke", "temp"));
        File.CreateSymbolicLink(LockLink(tree), $"build.sh-{Environment.ProcessId}");

        // Act
        using var run = tree.Start(
            [], environment: [.. OnlyPrograms(tree), KeyValuePair.Create("KUBELAB_BUILD_LOCK_LIMIT", "1")]);
        var result = await run.FinishAsync();

        // Assert
        result.ExitCode.ShouldBe(1);
        result.Error.ShouldContain($"build.sh ({Environment.ProcessId}) has been compiling for over 1 s");
        new FileInfo(LockLink(tree)).LinkTarget.ShouldNotBeNull();
    }

    // The sample's feed lacks the compiler to machine code, so a first compilation asks for it once and then does without.
    static int Compilations(SampleTree tree)
    {
        var publications = tree.DotnetCalls.Where(x => x.StartsWith("publish ", StringComparison.Ordinal)).ToLookup(x => x.Contains("ReadyToRun", StringComparison.Ordinal));
        publications[true].Count().ShouldBe(publications[false].Count());
        return publications[false].Count();
    }

    static string LockLink(SampleTree tree) => tree.PathOf(".nuke", "temp", "build.lock.link");

    static void HideFlock(SampleTree tree) => Toolbox.LinkAllBut(tree.Programs, "flock");

    static IEnumerable<KeyValuePair<string, string>> OnlyPrograms(SampleTree tree) =>
        [KeyValuePair.Create("PATH", tree.Programs)];

    static async Task<int> GoneProcessAsync(SampleTree tree)
    {
        using var shell = ScriptRun.Start(Toolbox.Require("bash"), ["-c", "echo $$"], tree.Root);
        return int.Parse((await shell.FinishAsync()).Output);
    }
}
