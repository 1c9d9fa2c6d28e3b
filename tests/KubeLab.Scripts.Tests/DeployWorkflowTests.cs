using Shouldly;
using Xunit;

namespace KubeLab.Scripts;

/// <summary>The scripts of deploy.yml, run by bash as a runner does.</summary>
public sealed class DeployWorkflowTests : IDisposable
{
    readonly string folder = Directory.CreateTempSubdirectory("kubelab deploy ").FullName;

    public DeployWorkflowTests() => Directory.CreateDirectory(Path.Combine(folder, "inventory", "my-cluster"));

    [Theory]
    [InlineData("my-cluster", "", 0)]
    [InlineData("my-cluster", "k8s-n1,!k8s-n0", 0)]
    [InlineData("other", "", 1)]
    [InlineData("", "", 1)]
    [InlineData("../inventory/my-cluster", "", 1)]
    [InlineData("my-cluster; touch pwned", "", 1)]
    [InlineData("--help", "", 1)]
    [InlineData("my-cluster", "--skip", 1)]
    public async Task I_can_deploy_a_cluster_of_the_repository_only(string inventory, string limit, int exitCode)
    {
        var result = await RunAsync("There is no folder", ("DEPLOY_INVENTORY", inventory), ("DEPLOY_LIMIT", limit));

        result.ExitCode.ShouldBe(exitCode, result.ToString());
        if (exitCode != 0) result.Output.ShouldStartWith("::error::");
    }

    [Fact]
    public async Task I_get_a_key_file_that_nobody_else_can_read()
    {
        var result = await RunAsync(
            "umask", ("KEY_TEXT", "line one\nline two"), ("KNOWN_HOSTS_TEXT", "192.0.2.1 ssh-ed25519 AAAA"));

        result.ExitCode.ShouldBe(0, result.ToString());
        result.Output.ShouldBeEmpty();
        var key = Path.Combine(folder, "kubelab_private_key");
        (await File.ReadAllTextAsync(key)).ShouldBe("line one\nline two\n");
        File.GetUnixFileMode(key).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        (await File.ReadAllTextAsync(Path.Combine(folder, ".ssh", "known_hosts"))).ShouldBe("192.0.2.1 ssh-ed25519 AAAA\n");
    }

    [Fact]
    public async Task I_am_told_that_the_key_is_missing()
    {
        var result = await RunAsync("umask", ("KEY_TEXT", ""), ("KNOWN_HOSTS_TEXT", ""));

        result.ExitCode.ShouldBe(1);
        result.Output.ShouldBe("::error::The secret KUBELAB_PRIVATE_KEY is not set.\n");
    }

    [Fact]
    public async Task I_start_the_target_with_what_was_asked_for()
    {
        var build = Path.Combine(folder, "build.sh");
        await File.WriteAllTextAsync(build, "#!/bin/sh\nprintf '<%s>' \"$@\"\n");
        File.SetUnixFileMode(build, UnixFileMode.UserRead | UnixFileMode.UserExecute);

        var all = await RunAsync("./build.sh", ("DEPLOY_TARGET", "Deploy"), ("DEPLOY_INVENTORY", "c"), ("DEPLOY_LIMIT", ""));
        var one = await RunAsync("./build.sh", ("DEPLOY_TARGET", "Deploy"), ("DEPLOY_INVENTORY", "c"), ("DEPLOY_LIMIT", "a b"));

        all.Output.ShouldBe($"<Deploy><--inventory><c><--private-key><{folder}/kubelab_private_key>");
        one.Output.ShouldBe($"<Deploy><--inventory><c><--private-key><{folder}/kubelab_private_key><--limit><a b>");
    }

    [Fact]
    public async Task I_see_the_summary_of_a_run_that_could_not_show_it_itself()
    {
        foreach (var run in new[] { "20260102T030405Z", "20260102T030406Z" })
        {
            var record = Directory.CreateDirectory(Path.Combine(folder, "artifacts", "c", "runs", run)).FullName;
            await File.WriteAllTextAsync(Path.Combine(record, "summary.md"), $"# {run}\n");
        }

        await RunAsync("summary.md", ("DEPLOY_INVENTORY", "c"), ("GITHUB_STEP_SUMMARY", Path.Combine(folder, "page")));
        await RunAsync("summary.md", ("DEPLOY_INVENTORY", "d"), ("GITHUB_STEP_SUMMARY", Path.Combine(folder, "none")));

        var shown = Path.Combine(folder, "artifacts", "c", "runs", "20260102T030406Z", "report.html");
        await File.WriteAllTextAsync(shown, "<!doctype html>");
        await RunAsync("summary.md", ("DEPLOY_INVENTORY", "c"), ("GITHUB_STEP_SUMMARY", Path.Combine(folder, "again")));

        (await File.ReadAllTextAsync(Path.Combine(folder, "page"))).ShouldBe("# 20260102T030406Z\n");
        File.Exists(Path.Combine(folder, "again")).ShouldBeFalse();
        (await File.ReadAllTextAsync(Path.Combine(folder, "none"))).ShouldStartWith("The run ended before");
    }

    /// <inheritdoc/>
    public void Dispose() => Directory.Delete(folder, recursive: true);

    // The step whose script has this text, as GitHub starts it: `shell: bash` is bash --noprofile --norc -eo pipefail.
    async Task<ScriptResult> RunAsync(string text, params (string Name, string Value)[] environment)
    {
        var script = Workflow.All.Single(x => x.Name == "deploy.yml").Scripts
            .Select(x => x.Script)
            .First(x => x.Contains(text, StringComparison.Ordinal));
        using var run = ScriptRun.Start(
            Toolbox.Require("bash"),
            ["--noprofile", "--norc", "-eo", "pipefail", "-c", script],
            folder,
            [
                KeyValuePair.Create("RUNNER_TEMP", folder),
                KeyValuePair.Create("HOME", folder),
                .. environment.Select(x => KeyValuePair.Create(x.Name, x.Value)),
            ]);
        return await run.FinishAsync();
    }
}
