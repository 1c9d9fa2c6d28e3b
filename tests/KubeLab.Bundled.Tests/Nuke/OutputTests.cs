using Nuke.Common;
using Nuke.Common.Execution;
using Nuke.Common.Output;
using Serilog;

namespace KubeLab.Bundled.Nuke;

public sealed class OutputTests : IDisposable
{
    private readonly Sandbox sandbox = new();

    public void Dispose() => sandbox.Dispose();

    [Theory]
    [InlineData("--help")]
    [InlineData("Prepare --plan")]
    [InlineData("")]
    public void A_build_that_shows_no_help_and_no_plan_runs_nothing_instead(string commandLine)
    {
        // Act
        var run = sandbox.Run<Talkative>(commandLine);

        // Assert
        run.ExitCode.ShouldBe(-1);
        run.Ran.ShouldBeEmpty();
    }

    [Fact]
    public void Extensions_of_a_build_are_told_of_its_targets_and_its_plan_the_strongest_first()
    {
        // Act
        var run = sandbox.Run<Extended>("Second --help");

        // Assert
        run.Ran.ShouldBeEmpty();
        run.Build.Told.ShouldBe(["first: First, Second", "second: First, Second", "first: plan of First, Second", "second: plan of First, Second"]);
    }

    [Fact]
    public void An_extension_with_a_priority_above_that_of_reading_parameters_can_look_at_them_first()
    {
        sandbox.Write(".nuke/parameters.json", "{");

        var run = sandbox.Run<Watchful>("Only");

        run.Output.ShouldContain("is no JSON");
        run.Build.Told.ShouldBe(["above"]);
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
        NukeBuild.IsServerBuild.ShouldBeFalse();
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
        Target Prepare => _ => _.Description("Makes ready").Unlisted().Executes(Nothing);

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

    [Telling("second", Priority = 1)]
    [Telling("first", Priority = 2)]
    private sealed class Extended : RecordingBuild
    {
        public List<string> Told { get; } = [];

        Target First => _ => _.Executes(Nothing);

        Target Second => _ => _.DependsOn(First).Executes(Nothing);
    }

    [Looking("above", Priority = 151)]
    [Looking("below", Priority = 150)]
    private sealed class Watchful : RecordingBuild
    {
        public List<string> Told { get; } = [];

        Target Only => _ => _.Executes(Nothing);
    }

    [AttributeUsage(AttributeTargets.Class, AllowMultiple = true)]
    private sealed class LookingAttribute(string name) : BuildExtensionAttributeBase, IOnBuildCreated
    {
        public void OnBuildCreated(IReadOnlyCollection<ExecutableTarget> executableTargets) => ((Watchful)Build).Told.Add(name);
    }

    [AttributeUsage(AttributeTargets.Class, AllowMultiple = true)]
    private sealed class TellingAttribute(string name) : BuildExtensionAttributeBase, IOnBuildCreated, IOnBuildInitialized
    {
        public void OnBuildCreated(IReadOnlyCollection<ExecutableTarget> executableTargets) => Tell(Names(executableTargets));

        public void OnBuildInitialized(
            IReadOnlyCollection<ExecutableTarget> executableTargets, IReadOnlyCollection<ExecutableTarget> executionPlan) =>
            Tell($"plan of {Names(executionPlan)}");

        private static string Names(IEnumerable<ExecutableTarget> targets) => string.Join(", ", targets.Select(target => target.Name));

        private void Tell(string what) => ((Extended)Build).Told.Add($"{name}: {what}");
    }
}
