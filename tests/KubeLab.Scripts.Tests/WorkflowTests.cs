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
        workflow.Jobs.ShouldAllBe(x => Workflow.Child(x, "timeout-minutes") != null);
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
    public void I_can_run_one_deployment_per_cluster_at_a_time()
    {
        var deploy = Find("deploy.yml");

        deploy.At("concurrency", "group")!.ToString().ShouldBe("deploy-${{ inputs.inventory }}");
        deploy.At("concurrency", "cancel-in-progress")!.ToString().ShouldBe("false");
    }

    [Fact]
    public void I_leave_no_key_behind_and_get_the_record_also_of_a_failed_deployment()
    {
        var steps = ((YamlSequenceNode)Find("deploy.yml").Jobs.ShouldHaveSingleItem()["steps"]).Cast<YamlMappingNode>().ToList();

        foreach (var part in new[] { "rm -f \"$RUNNER_TEMP/kubelab_private_key\"", "GITHUB_STEP_SUMMARY", "actions/upload-artifact" })
        {
            var step = steps.Where(x => Mentions(x, part)).ShouldHaveSingleItem();
            Workflow.Child(step, "if").ShouldNotBeNull().ToString().ShouldStartWith("always()");
        }
    }

    static Workflow Find(string name) => Workflow.All.Single(x => x.Name == name);

    static bool Mentions(YamlMappingNode step, string text) =>
        new[] { "run", "uses" }.Any(x => Workflow.Child(step, x)?.ToString().Contains(text, StringComparison.Ordinal) == true);

    [GeneratedRegex("^[A-Za-z0-9_.-]+/[A-Za-z0-9_.-]+@[0-9a-f]{40}$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex PinnedAction();

    [GeneratedRegex("""^  (?<target>\w+)""", RegexOptions.Multiline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex ListedTarget();
}
