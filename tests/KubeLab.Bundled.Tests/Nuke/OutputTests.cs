using Nuke.Common;
using Nuke.Common.CI.GitHubActions;
using Nuke.Common.Execution;
using Nuke.Common.Output;
using Serilog;

namespace KubeLab.Bundled.Nuke;

public sealed class OutputTests : IDisposable
{
    private readonly Sandbox sandbox = new();

    public void Dispose() => sandbox.Dispose();

    [Fact]
    public void The_help_lists_targets_with_their_dependencies_and_descriptions_and_runs_nothing()
    {
        // Act
        var run = sandbox.Run<Talkative>("Deploy --help", x => x.Deploy);

        // Assert
        run.ExitCode.ShouldBe(0);
        run.Ran.ShouldBeEmpty();
        run.Output.ShouldContain("""
              Prepare
                Makes ready
              Deploy (default)     -> Prepare, Hidden
                All of it
            """);
        run.Output.ShouldNotContain("\n  Hidden");
        run.Output.ShouldNotContain("Build succeeded");
    }

    [Fact]
    public void The_help_lists_parameters_by_name_and_then_those_of_every_build()
    {
        // Act
        var lines = sandbox.Run<Talkative>("--help", x => x.Deploy).Output.Split('\n').Select(line => line.TrimEnd()).ToList();

        // Assert
        var ours = lines.FindIndex(line => line == "  --limit      Only these hosts.");
        var theirs = lines.FindIndex(line => line.StartsWith("  --continue", StringComparison.Ordinal));
        ours.ShouldBeGreaterThan(0);
        lines[ours + 1].ShouldStartWith("  --tags       A text that is so long that it");
        lines[ours + 2].ShouldStartWith("               ");
        theirs.ShouldBeGreaterThan(ours + 2);
        lines.ShouldContain("  --target     Targets to run, such as A+B. Default is Deploy.");
        lines.ShouldNotContain(line => line.Contains("--unlisted", StringComparison.Ordinal));
        lines.ShouldAllBe(line => line.Length <= 100);
    }

    [Fact]
    public void A_run_with_nothing_to_run_shows_the_help()
    {
        // Act
        var run = sandbox.Run<Talkative>("");

        // Assert
        run.ExitCode.ShouldBe(0);
        run.Output.ShouldContain("Targets (with their direct dependencies):");
    }

    [Fact]
    public void The_plan_lists_the_targets_in_order_with_their_reasons_and_runs_nothing()
    {
        // Act
        var run = sandbox.Run<Talkative>("--plan", x => x.Deploy);

        // Assert
        run.ExitCode.ShouldBe(0);
        run.Ran.ShouldBeEmpty();
        run.Output.ShouldContain("""
            Plan:
               1. Hidden   needed by Deploy
               2. Prepare  needed by Deploy
               3. Deploy   default
               4. Notify   triggered by Deploy
            """);
        sandbox.Run<Talkative>("Deploy --plan").Output.ShouldContain("3. Deploy   invoked");
    }

    [Fact]
    public void The_first_line_can_be_left_out()
    {
        sandbox.Run<Talkative>("Prepare").Output.ShouldContain("stand-in for NUKE");
        sandbox.Run<Talkative>("Prepare --no-logo").Output.ShouldNotContain("stand-in for NUKE");
    }

    [Theory]
    [InlineData("verbose", new[] { "a trifle", "a detail", "a message", "a warning", "an error" })]
    [InlineData("normal", new[] { "a detail", "a message", "a warning", "an error" })]
    [InlineData("minimal", new[] { "a warning", "an error" })]
    [InlineData("quiet", new[] { "an error" })]
    public void The_verbosity_says_how_much_of_the_log_is_shown(string verbosity, string[] expected)
    {
        // Act
        var output = sandbox.Run<Talkative>($"Speak --verbosity {verbosity}").Output;

        // Assert
        var shown = output[..output.IndexOf("Errors and warnings", StringComparison.Ordinal)].Split('\n')
            .Where(line => line.Contains("] ", StringComparison.Ordinal))
            .Select(line => line[(line.IndexOf("] ", StringComparison.Ordinal) + 2)..].TrimEnd());
        shown.ShouldBe(expected);
    }

    [Fact]
    public void Warnings_and_errors_are_shown_again_at_the_end_with_their_target()
    {
        // Act
        var output = sandbox.Run<Talkative>("Speak").Output;

        // Assert
        output.ShouldContain("""
            Errors and warnings
            ────────────────────
            [WRN] Speak: a warning
            [ERR] Speak: an error
            """);
    }

    [Fact]
    public void Values_in_the_log_are_written_as_they_are()
    {
        sandbox.Run<Talkative>("Quote").Output.ShouldContain("[INF] Node k8s-m0 has 2048 MB");
    }

    [Fact]
    public void On_GitHub_Actions_each_target_is_a_group_and_warnings_and_errors_are_annotations()
    {
        // Arrange
        sandbox.Variables["GITHUB_ACTIONS"] = "true";

        // Act
        var run = sandbox.Run<Talkative>("Speak Lines");

        // Assert
        NukeBuild.Host.ShouldBeOfType<GitHubActions>();
        NukeBuild.IsServerBuild.ShouldBeTrue();
        run.Output.ShouldContain("::group::Speak\n");
        run.Output.ShouldContain("::warning::a warning\n");
        run.Output.ShouldContain("::error::an error\n");
        run.Output.ShouldContain("::endgroup::Speak\n");
        run.Output.ShouldContain("::warning::50%25 of%0Atwo lines\n");
        run.Output.ShouldContain("::group::Errors and warnings\n");
    }

    [Fact]
    public void Elsewhere_there_are_no_commands_in_the_output()
    {
        // Act
        var run = sandbox.Run<Talkative>("Speak");

        // Assert
        NukeBuild.Host.ShouldBeOfType<Terminal>();
        NukeBuild.IsLocalBuild.ShouldBeTrue();
        run.Output.ShouldNotContain("::");
    }

    [Fact]
    public void The_host_can_be_chosen()
    {
        // Arrange
        sandbox.Variables["GITHUB_ACTIONS"] = "true";

        // Act & Assert
        sandbox.Run<Talkative>("Speak --host terminal").Output.ShouldNotContain("::group::");
        sandbox.Run<Talkative>("Speak --host jenkins").Output.ShouldContain("Host is jenkins, which is not one of GitHubActions, Terminal.");
    }

    [Fact]
    public void A_terminal_gets_colours()
    {
        // Arrange
        using var text = new StringWriter();
        var output = new BuildOutput(text, coloured: true);

        // Act
        output.WriteLine("broken", Tone.Error);
        output.WriteLine("plain");
        output.WriteLine("", Tone.Error);

        // Assert
        text.ToString().ShouldBe("\e[31mbroken\e[0m\nplain\n\n");
    }

    private sealed class Talkative : RecordingBuild
    {
        [Parameter("Only these hosts")] readonly string? Limit;

        [Parameter("A text that is so long that it does not fit into the one line that there is for it and goes on in the next")]
        readonly string? Tags;

        [Parameter("Not shown", List = false)] readonly string? Unlisted;

        Target Prepare => _ => _.Description("Makes ready").Executes(Nothing);

        Target Hidden => _ => _.Unlisted().Before(Prepare).Executes(Nothing);

        public Target Deploy => _ => _.Description("All of it").DependsOn(Prepare, Hidden).Triggers(Notify).Executes(Nothing);

        Target Notify => _ => _.Executes(Nothing);

        Target Speak => _ => _.Executes(() =>
        {
            Log.Verbose("a trifle");
            Log.Debug("a detail");
            Log.Information("a message");
            Log.Warning("a warning");
            Log.Error("an error");
        });

        Target Quote => _ => _.Executes(() => Log.Information("Node {Node} has {Memory} MB", "k8s-m0", 2048));

        Target Lines => _ => _.Executes(() => Log.Warning("50% of\ntwo lines"));
    }
}
