using Shouldly;
using Xunit;

namespace KubeLab.Scripts;

/// <summary>The jobs that are about several clusters, run as a runner does.</summary>
public sealed class FleetWorkflowTests : IDisposable
{
    readonly GitHubRunner runner = GitHubRunner.With("edge-1", "edge-2", "edge-3", "edge-4", "main", "sample", "lab", "lab-ha");

    [Theory]
    [InlineData("edge-*", "", 2, """[["edge-1"],["edge-2","edge-3"],["edge-4"]]""")]
    [InlineData("edge-*", "edge-3", 9, """[["edge-3"],["edge-1","edge-2","edge-4"]]""")]
    [InlineData("*", "", 4, """[["edge-1"],["edge-2","edge-3","edge-4","main"]]""")]
    [InlineData("edge-[12]", "", 1, """[["edge-1"],["edge-2"]]""")]
    [InlineData("west-*", "", 4, "[]")]
    public async Task I_go_from_a_canary_to_waves(string pattern, string canary, int size, string waves)
    {
        var result = await PlanAsync(pattern, "ValidateNodes", "", canary, size);

        result.ExitCode.ShouldBe(0, result.ToString());
        runner.Output("waves", "waves").ShouldBe(waves);
    }

    [Theory]
    [InlineData("$(touch pwned)", "ValidateNodes", "", "")]
    [InlineData("edge-*; touch pwned", "ValidateNodes", "", "")]
    [InlineData("../*", "ValidateNodes", "", "")]
    [InlineData("", "ValidateNodes", "", "")]
    [InlineData("edge-*", "ValidateNodes", "", "west-1")]
    [InlineData("edge-*", "Deploy", "", "")]
    [InlineData("edge-*", "Upgrade", "edge-1", "")]
    public async Task I_change_no_cluster_that_I_did_not_mean(string pattern, string target, string confirm, string canary)
    {
        var result = await PlanAsync(pattern, target, confirm, canary, 4);

        result.ExitCode.ShouldBe(1, result.ToString());
        result.Output.ShouldStartWith("##[step] actions/checkout");
        result.Output.ShouldContain("\n::error::");
        File.Exists(Path.Combine(runner.Workspace, "pwned")).ShouldBeFalse();
    }

    [Fact]
    public async Task I_see_the_records_of_all_clusters_in_one_table()
    {
        foreach (var cluster in new[] { "edge-1", "edge-2" })
            Directory.CreateDirectory(Path.Combine(runner.Workspace, "records", $"record-{cluster}-Deploy-1", cluster, "runs", "1"));
        runner.Program("workspace/build.sh", """echo "$@"; ls -d artifacts/*/runs/*""");

        var result = await runner.RunAsync("fleet.yml", "table", new { needs = new { plan = new { outputs = new { waves = "[[]]" } } } });

        result.ExitCode.ShouldBe(0, result.ToString());
        runner.Summary.ShouldBe("~~~~text\nRuns --all\nartifacts/edge-1/runs/1\nartifacts/edge-2/runs/1\n~~~~\n");
    }

    [Fact]
    public async Task I_get_the_clusters_judged_that_a_pull_request_changes()
    {
        await GitAsync("init", "-q");
        await File.WriteAllTextAsync(Path.Combine(runner.Workspace, "inventory", "main", "gone.yml"), "a: 1\n");
        await CommitAsync();
        foreach (var file in new[] { "edge-2/kubelab.yml", "edge-2/b c.yml", "edge-4/group_vars/ä.yml", "README.md" })
        {
            var path = Path.Combine(runner.Workspace, "inventory", file);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            await File.WriteAllTextAsync(path, "b: 2\n");
        }

        Directory.Delete(Path.Combine(runner.Workspace, "inventory", "main"), recursive: true);
        await CommitAsync();

        var result = await runner.RunAsync("validate.yml", "changed", new { });

        result.ExitCode.ShouldBe(0, result.ToString());
        runner.Output("list", "clusters").ShouldBe("""["edge-2","edge-4"]""");
    }

    [Fact]
    public async Task I_cannot_make_the_name_of_a_folder_into_anything_else()
    {
        await GitAsync("init", "-q");
        await CommitAsync();
        var folder = Path.Combine(runner.Workspace, "inventory", "x\"],\"y$(touch pwned)\nclusters=[]");
        Directory.CreateDirectory(folder);
        await File.WriteAllTextAsync(Path.Combine(folder, "kubelab.yml"), "a: 1\n");
        await CommitAsync();

        var result = await runner.RunAsync("validate.yml", "changed", new { });

        result.ExitCode.ShouldBe(1, result.ToString());
        File.Exists(Path.Combine(runner.Workspace, "pwned")).ShouldBeFalse();
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("https://192.0.2.1/hook?token=x", """url = "https://192.0.2.1/hook?token=x" """)]
    public async Task I_am_told_of_a_bad_night_where_I_said(string webhook, string given)
    {
        runner.Program("bin/curl", """printf '<%s>' "$@"; cat""");

        var result = await runner.RunAsync("nightly.yml", "tell", new { secrets = new { KUBELAB_WEBHOOK = webhook } });

        result.ExitCode.ShouldBe(0, result.ToString());
        result.Output.ShouldContain(given.TrimEnd());
        result.Output.Contains("<--config>", StringComparison.Ordinal).ShouldBe(given.Length > 0);
        result.Output.ShouldNotContain("<https://192.0.2.1");
    }

    /// <inheritdoc/>
    public void Dispose() => runner.Dispose();

    Task<ScriptResult> PlanAsync(string pattern, string target, string confirm, string canary, int size) => runner.RunAsync(
        "fleet.yml", "plan",
        new
        {
            inputs = new Dictionary<string, object>()
            {
                ["pattern"] = pattern,
                ["target"] = target,
                ["confirm"] = confirm,
                ["canary"] = canary,
                ["max-parallel"] = size
            }
        });

    async Task CommitAsync()
    {
        await GitAsync("add", "-A");
        await GitAsync("-c", "user.name=a", "-c", "user.email=a@example", "commit", "-q", "--allow-empty", "-m", "change");
    }

    async Task GitAsync(params string[] arguments)
    {
        using var run = ScriptRun.Start(Toolbox.Require("git"), arguments, runner.Workspace);
        var result = await run.FinishAsync();
        result.ExitCode.ShouldBe(0, result.ToString());
    }
}
