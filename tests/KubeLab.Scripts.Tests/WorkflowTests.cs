using System.Text.RegularExpressions;
using Shouldly;
using Xunit;
using YamlDotNet.RepresentationModel;

namespace KubeLab.Scripts;

public sealed partial class WorkflowTests
{
    public static TheoryData<string> Names => [.. Workflow.All.Select(x => x.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task I_can_trust_the_shell_lines(string name)
    {
        var shellcheck = Toolbox.Find("shellcheck");
        Assert.SkipWhen(shellcheck is null, "shellcheck is not installed (Debian and Ubuntu: apt-get install shellcheck).");
        var folder = Directory.CreateTempSubdirectory("kubelab workflow ").FullName;
        var workflow = Find(name);
        workflow.Scripts.ShouldNotBeEmpty();

        foreach (var (line, script) in workflow.Scripts)
        {
            await File.WriteAllTextAsync(Path.Combine(folder, $"{name}-line-{line}.sh"), $"#!/bin/bash -e\n{script}\n");
        }

        using var run = ScriptRun.Start(shellcheck, ["--enable=avoid-nullary-conditions",
            .. Directory.GetFiles(folder)], folder);
        var result = await run.FinishAsync();
        Directory.Delete(folder, recursive: true);

        result.ExitCode.ShouldBe(0, result.ToString());
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void I_cannot_inject_a_command_through_an_input(string name) =>
        Find(name).Scripts.ShouldAllBe(x => !x.Script.Contains("${{", StringComparison.Ordinal));

    [Theory]
    [MemberData(nameof(Names))]
    public void I_get_the_same_actions_tomorrow(string name) =>
        Find(name).Actions.ShouldAllBe(x => PinnedAction().IsMatch(x));

    [Theory]
    [MemberData(nameof(Names))]
    public void I_give_the_least_permissions_and_a_limit_of_time(string name)
    {
        var workflow = Find(name);

        var permissions = workflow.At("permissions").ShouldBeOfType<YamlMappingNode>().Children.ShouldHaveSingleItem();
        (permissions.Key.ToString(), permissions.Value.ToString()).ShouldBe(("contents", "read"));
        workflow.Jobs.ShouldAllBe(x => Workflow.Child(x, "permissions") == null);
        workflow.OwnJobs.ShouldAllBe(x => Workflow.Child(x, "timeout-minutes") != null);
    }

    [Fact]
    public async Task I_can_start_every_target_that_a_workflow_names()
    {
        // Arrange: the build's own list; a target stands at the start of a line of its first section.
        using var run = ScriptRun.Start(Repository.PathOf("build.sh"), ["--help"], Path.GetTempPath());
        var help = await run.FinishAsync();
        help.ExitCode.ShouldBe(0, help.ToString());
        var section = help.Output[help.Output.IndexOf("Targets", StringComparison.Ordinal)..help.Output.IndexOf(
            "Parameters", StringComparison.Ordinal)];
        var targets = ListedTarget().Matches(section).Select(x => x.Groups["target"].Value).ToList();

        // Act
        var named = Workflow.All.SelectMany(x => x.Targets).Distinct(StringComparer.Ordinal).ToList();

        // Assert
        named.ShouldContain("Deploy");
        named.ShouldContain("TestLab");
        named.ShouldBeSubsetOf(targets, help.Output);
    }

    [Fact]
    public async Task I_can_trust_that_GitHub_reads_every_workflow()
    {
        var result = await GitHubRunner.ParseAsync(Repository.Root);

        result.ExitCode.ShouldBe(0, result.ToString());
        result.Output.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("reusable.yml", "fail-fast: false", "fail-quick: false", "Unexpected value 'fail-quick'")]
    [InlineData("deploy.yml", "target: Preview", "tarrget: Preview", "tarrget is not defined")]
    [InlineData("validate.yml", "needs.changed", "neds.changed", "Unrecognized named-value: 'neds'")]
    [InlineData("nightly.yml", "23 3 * * *", "23 3 * *", "Invalid cron expression")]
    [InlineData("fleet.yml", "inputs.pattern }}", "inputs.pattern) }}", "Unexpected symbol: ')'")]
    public async Task I_am_told_what_GitHub_would_refuse(string name, string good, string bad, string message)
    {
        var folder = Directory.CreateTempSubdirectory("kubelab workflow ").FullName;
        var workflows = Directory.CreateDirectory(Path.Combine(folder, ".github", "workflows")).FullName;
        foreach (var file in Directory.GetFiles(Repository.PathOf(".github", "workflows")))
        {
            var text = await File.ReadAllTextAsync(file);
            if (Path.GetFileName(file) == name) text = text.Replace(good, bad, StringComparison.Ordinal);
            await File.WriteAllTextAsync(Path.Combine(workflows, Path.GetFileName(file)), text);
        }

        var result = await GitHubRunner.ParseAsync(folder);
        Directory.Delete(folder, recursive: true);

        result.ExitCode.ShouldBe(1, result.ToString());
        result.Output.ShouldContain($"{name} (Line: ");
        result.Output.ShouldContain(message);
    }

    [Fact]
    public void I_can_run_one_deployment_per_cluster_at_a_time()
    {
        var job = Find("reusable.yml").Jobs.ShouldHaveSingleItem();

        Workflow.Child(job["concurrency"], "group")!.ToString().ShouldBe("kubelab-${{ matrix.inventory }}");
        Workflow.Child(job["concurrency"], "cancel-in-progress")!.ToString().ShouldBe("false");
    }

    [Fact]
    public void I_never_find_a_kubeconfig_or_a_record_in_the_cache()
    {
        var cache = ((YamlSequenceNode)Find("reusable.yml").Jobs.ShouldHaveSingleItem()["steps"]).Cast<YamlMappingNode>()
            .Single(x => Mentions(x, "actions/cache@"));

        cache["with"]["path"].ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .ShouldAllBe(path => path.StartsWith("~/.cache/kubelab/", StringComparison.Ordinal));
    }

    [Fact]
    public void I_can_validate_a_strangers_pull_request_without_secrets_on_a_runner_of_GitHubs()
    {
        var validate = Find("validate.yml");

        validate.At("on", "pull_request").ShouldNotBeNull();
        validate.At("on", "pull_request_target").ShouldBeNull();
        validate.Jobs.ShouldAllBe(job => Workflow.Child(job, "secrets") == null);
        validate.Jobs.ShouldAllBe(job => Workflow.Child(Workflow.Child(job, "with"), "runs-on") == null);
    }

    static Workflow Find(string name) => Workflow.All.Single(x => x.Name == name);

    static bool Mentions(YamlMappingNode step, string text) =>
        new[] { "run", "uses" }.Any(x => Workflow.Child(step, x)?.ToString().Contains(text, StringComparison.Ordinal) == true);

    [GeneratedRegex("^[A-Za-z0-9_.-]+/[A-Za-z0-9_.-]+@[0-9a-f]{40}$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex PinnedAction();

    [GeneratedRegex("""^  (?<target>\w+)""", RegexOptions.Multiline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex ListedTarget();
}
