using Shouldly;
using Xunit;

namespace KubeLab.Scripts;

/// <summary>.ci/run with a build.sh that leaves what a test says.</summary>
public sealed class CheckRunTests : IDisposable
{
    // As `dotnet test --logger trx` writes them; a skipped test is not counted as notExecuted.
    const string ThreePassedOneSkipped = """
        <TestRun><ResultSummary outcome="Completed">
          <Counters total="4" executed="3" passed="3" failed="0" error="0" timeout="0" aborted="0" inconclusive="0" notExecuted="0" />
        </ResultSummary></TestRun>
        """;

    const string OnePassedTwoFailed = """
        <TestRun><ResultSummary outcome="Failed">
          <Counters total="3" executed="3" passed="1" failed="2" error="0" timeout="0" aborted="0" inconclusive="0" notExecuted="0" />
        </ResultSummary></TestRun>
        """;

    const string OnePassedThenCrashed = """
        <TestRun><ResultSummary outcome="Failed">
          <Counters total="1" executed="1" passed="1" failed="0" error="0" timeout="0" aborted="0" inconclusive="0" notExecuted="0" />
        </ResultSummary></TestRun>
        """;

    const string FourSkipped = """
        <TestRun><ResultSummary outcome="Completed">
          <Counters total="4" executed="0" passed="0" failed="0" error="0" timeout="0" aborted="0" inconclusive="0" notExecuted="0" />
        </ResultSummary></TestRun>
        """;

    readonly string root = Directory.CreateTempSubdirectory("kubelab checks ").FullName;

    public CheckRunTests() => Leave("TestKubespray", "kubespray.trx", FourSkipped.Replace("\"4\"", "\"0\"", StringComparison.Ordinal));

    [Fact]
    public async Task I_see_the_sum_of_all_results()
    {
        Leave("Lint", "lint.txt", "shellcheck: 3 files\n2 passed, 0 failed, 1 skipped");
        Leave("Test", "one.trx", ThreePassedOneSkipped);
        Leave("Test", "two.trx", ThreePassedOneSkipped);
        Leave("TestLab", "lab.trx", ThreePassedOneSkipped);

        var result = await RunAsync();

        LastLine(result).ShouldBe("11 passed, 0 failed, 4 skipped", result.ToString());
        result.ExitCode.ShouldBe(0);
    }

    [Fact]
    public async Task I_see_what_the_real_Kubespray_could_not_be_tested_for_as_skipped_and_only_its_short_form_is_asked_for()
    {
        Leave("Lint", "lint.txt", "1 passed, 0 failed, 0 skipped");
        Leave("Test", "one.trx", ThreePassedOneSkipped);
        Leave("TestLab", "lab.trx", ThreePassedOneSkipped);
        Leave("TestKubespray", "kubespray.trx", FourSkipped);

        var result = await RunAsync();

        LastLine(result).ShouldBe("7 passed, 0 failed, 6 skipped", result.ToString());
        result.Output.ShouldContain("==> ./build.sh TestKubespray --test-filter ShortStory");
        result.ExitCode.ShouldBe(0);
    }

    [Fact]
    public async Task I_see_every_target_although_the_first_one_fails()
    {
        Leave("Lint", "lint.txt", "1 passed, 1 failed, 0 skipped", exitCode: 255);
        Leave("Test", "one.trx", OnePassedTwoFailed, exitCode: 255);
        Leave("TestLab", "lab.trx", ThreePassedOneSkipped);

        var result = await RunAsync();

        LastLine(result).ShouldBe("5 passed, 3 failed, 1 skipped", result.ToString());
        result.ExitCode.ShouldBe(1);
    }

    [Fact]
    public async Task I_see_a_failure_when_a_target_leaves_no_results()
    {
        Leave("Lint", "lint.txt", "1 passed, 0 failed, 0 skipped");
        Leave("Test", "other.txt", "");
        Leave("TestLab", "lab.trx", ThreePassedOneSkipped);

        var result = await RunAsync();

        LastLine(result).ShouldBe("4 passed, 1 failed, 1 skipped", result.ToString());
        result.Error.ShouldContain("./build.sh Test left no artifacts/tests/*.trx.");
        result.ExitCode.ShouldBe(1);
    }

    [Fact]
    public async Task I_see_a_failure_when_a_target_fails_although_its_tests_passed()
    {
        Leave("Lint", "lint.txt", "1 passed, 0 failed, 0 skipped");
        Leave("Test", "one.trx", ThreePassedOneSkipped, exitCode: 255);
        Leave("TestLab", "lab.trx", OnePassedThenCrashed);

        var result = await RunAsync();

        LastLine(result).ShouldBe("5 passed, 2 failed, 1 skipped", result.ToString());
        result.Error.ShouldContain("./build.sh Test ended with exit code 255.");
        result.Error.ShouldContain("lab.trx: the run was cut short.");
        result.ExitCode.ShouldBe(1);
    }

    [Fact]
    public async Task I_do_not_see_what_an_earlier_run_left()
    {
        Directory.CreateDirectory(Path.Combine(root, "artifacts", "tests"));
        await File.WriteAllTextAsync(Path.Combine(root, "artifacts", "tests", "lint.txt"), "9 passed, 0 failed, 0 skipped");
        await File.WriteAllTextAsync(Path.Combine(root, "artifacts", "tests", "old.trx"), ThreePassedOneSkipped);
        Leave("Test", "empty.trx", "");

        var result = await RunAsync();

        LastLine(result).ShouldBe("0 passed, 3 failed, 0 skipped", result.ToString());
        result.Error.ShouldContain("empty.trx has no counters.");
    }

    /// <inheritdoc/>
    public void Dispose() => Directory.Delete(root, recursive: true);

    // What the target leaves under artifacts/tests.
    void Leave(string target, string file, string text, int exitCode = 0)
    {
        var folder = Directory.CreateDirectory(Path.Combine(root, "left", target)).FullName;
        File.WriteAllText(Path.Combine(folder, file), text + "\n");
        File.WriteAllText(Path.Combine(root, "left", $"{target}.exit"), $"{exitCode}\n");
    }

    async Task<ScriptResult> RunAsync()
    {
        var script = Path.Combine(Directory.CreateDirectory(Path.Combine(root, ".ci")).FullName, "run");
        File.Copy(Repository.PathOf(".ci", "run"), script);
        var build = Path.Combine(root, "build.sh");
        await File.WriteAllTextAsync(build, """
            #!/usr/bin/env bash
            cp left/"$1"/* artifacts/tests/ || true
            exit "$(cat left/"$1".exit || echo 0)"
            """);
        File.SetUnixFileMode(build, UnixFileMode.UserRead | UnixFileMode.UserExecute);

        using var run = ScriptRun.Start(script, [], Path.GetTempPath());
        return await run.FinishAsync();
    }

    static string LastLine(ScriptResult result) => result.Output.TrimEnd('\n').Split('\n')[^1];
}
