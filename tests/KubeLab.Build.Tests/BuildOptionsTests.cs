using System.Reflection;
using System.Text.RegularExpressions;
using KubeLab.Runs;
using KubeLab.Tests.Machines;

namespace KubeLab.Tests;

/// <summary>KubeLab's command line, as a person meets it.</summary>
public sealed partial class BuildOptionsTests : IDisposable
{
    private const BindingFlags Everything = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;

    private readonly TemporaryDirectory root = new();

    public BuildOptionsTests() => KubeLabProgram.Prepare(root, "- hosts: all\n");

    public void Dispose() => root.Dispose();

    [Theory]
    [InlineData("--inventory=prod", "Write: --inventory prod")]
    [InlineData("-i prod", "Did you mean --inventory?")]
    [InlineData("--inventroy prod", "Did you mean --inventory?")]
    [InlineData("--strict-checks=yes", "Write: --strict-checks")]
    [InlineData("Deploy --deep maybe", "--deep is 'maybe', but has to be true or false.")]
    [InlineData("Deploy --limit", "--limit needs a value.")]
    [InlineData("Deploy --nodes", "--nodes needs a value.")]
    [InlineData("Deploy --verbosity loud", "one of Verbose, Normal, Minimal, Quiet")]
    [InlineData("Deplyo", "There is no target Deplyo. Did you mean Deploy?")]
    [InlineData("Deploy --skip ValidateNode", "Did you mean ValidateNodes?")]
    [InlineData("--help --inventroy prod", "Did you mean --inventory?")]
    public async Task A_slip_on_the_command_line_ends_the_run_before_anything_is_done(string line, string expected)
    {
        var run = await RunAsync(line);

        run.ExitCode.ShouldBe(255);
        run.StandardOutput.ShouldContain(expected);
        run.StandardOutput.Split('\n').ShouldAllBe(said => !said.Contains("FetchDistribution") && !said.Contains("   at "));
        run.StandardError.ShouldBeEmpty();
        Directory.Exists(root.File("artifacts")).ShouldBeFalse();
    }

    [Fact]
    public async Task A_slip_is_an_annotation_on_GitHub_Actions()
    {
        var run = await RunAsync("--inventory=prod", ("GITHUB_ACTIONS", "true"));

        run.StandardOutput.ShouldContain("::error::--inventory=prod is no option: a value stands after a blank.\n");
    }

    [Fact]
    public async Task A_bad_value_in_a_variable_ends_the_run_before_anything_is_done()
    {
        var run = await RunAsync("FetchDistribution", ("NUKE_DEEP", "maybe"));

        run.ExitCode.ShouldBe(255);
        run.StandardOutput.ShouldContain("The variable NUKE_DEEP is 'maybe', but has to be true or false.");
        Directory.Exists(root.File("artifacts")).ShouldBeFalse();
    }

    // Of a file that it cannot read, NUKE warns once for every parameter, with as many stack traces.
    [Theory]
    [InlineData("""{ "Inventroy": "prod" }""", "", "Inventroy in {0} is no parameter. Did you mean Inventory?")]
    [InlineData("""{ "Deep": "maybe" }""", "", "Deep in {0} is \"maybe\", but has to be true or false.")]
    [InlineData("""{ "Deep": """, "", "{0} is no JSON: ")]
    [InlineData("{}", " --profile prod", "There is no profile prod: ")]
    public async Task A_slip_in_a_parameters_file_is_all_that_is_said(string text, string options, string expected)
    {
        root.Write(".nuke/parameters.json", text);

        var run = await RunAsync($"FetchDistribution{options}", ("GITHUB_ACTIONS", "true"));

        var problem = expected.Replace("{0}", root.File(".nuke/parameters.json"), StringComparison.Ordinal);
        run.ExitCode.ShouldBe(255);
        run.StandardOutput.ShouldStartWith(problem);
        run.StandardOutput.ShouldContain($"::error::{problem}");
        run.StandardOutput.Trim().Split('\n').Length.ShouldBe(3);
        Directory.Exists(root.File("artifacts")).ShouldBeFalse();
    }

    [Fact]
    public async Task The_help_names_every_target_and_parameter_once_in_the_order_in_which_people_work()
    {
        // Arrange
        var targets = typeof(Build).GetProperties(Everything)
            .Where(property => property.PropertyType.Name == "Target" && !property.Name.StartsWith("Judge", StringComparison.Ordinal))
            .Select(property => property.Name);
        var parameters = typeof(Build).GetFields(Everything)
            .Where(field => field.GetCustomAttributes().Any(attribute => attribute.GetType().Name == "ParameterAttribute"));

        // Act
        var run = await RunAsync("--help");

        // Assert
        run.ExitCode.ShouldBe(0);
        var lines = run.StandardOutput.Split('\n');
        Named(lines, ListedTarget()).ShouldBe(targets, ignoreOrder: true);
        Named(lines, ListedOption()).Count().ShouldBe(parameters.Count() + 10);
        Named(lines, ListedOption()).ShouldBeUnique();
        string[] order =
        [
            "Targets", "The first deployment", "NewCluster", "Deploy", "FetchDistribution", "InstallCluster", "SmokeTest",
            "After it", "Scale", "Looking", "Runs", "KubeLab's own", "Test",
            "Parameters", "--inventory", "--private-key", "--resume", "--checks", "--nodes", "--confirm", "--plan",
        ];
        order.Select(name => Array.FindIndex(lines, line => Word(line) == name || line == name)).ShouldBeInOrder();
        lines.ShouldAllBe(line => line.Length <= 100 && !line.Contains('\e'));
    }

    [Fact]
    public async Task The_plan_names_the_targets_in_their_order_with_their_reasons_and_runs_nothing()
    {
        var run = await RunAsync("--plan");
        var asked = await RunAsync("Upgrade --plan");

        run.ExitCode.ShouldBe(0);
        run.StandardOutput.ShouldContain("1. FetchDistribution    needed by InstallRequirements\n");
        run.StandardOutput.ShouldContain("10. Deploy               the default\n");
        var steps = (IEnumerable<DeployStep>)typeof(Build).GetProperty("DeploySteps", BindingFlags.Static | BindingFlags.NonPublic)!.GetValue(null)!;
        PlannedTarget().Matches(run.StandardOutput).Select(match => match.Groups["name"].Value)
            .ShouldBe([.. steps.Select(step => step.Target), "Deploy"]);
        asked.StandardOutput.ShouldContain("Upgrade              asked for\n");
        asked.StandardOutput.ShouldContain("SmokeTest            follows Upgrade\n");
        Directory.Exists(root.File("artifacts")).ShouldBeFalse();
    }

    [Fact]
    public async Task A_target_that_cannot_even_begin_says_why()
    {
        // Arrange: where the ledger is to be written, there is a file.
        root.Write("artifacts", "");

        // Act
        var run = await RunAsync("FetchDistribution --inventory mine --kubespray-path distribution", ("GITHUB_ACTIONS", "true"));

        // Assert
        run.ExitCode.ShouldBe(255);
        // NUKE colours what it writes, in a pipe too.
        var output = PlainText.Of(run.StandardOutput);
        output.ShouldContain("[ERR] FetchDistribution could not begin: Could not find a part of the path");
        output.ShouldContain("::error::FetchDistribution could not begin: Could not find a part of the path");
        var row = output.Split('\n').Single(line => line.StartsWith("FetchDistribution  ", StringComparison.Ordinal));
        row.ShouldContain(" Failed ");
        row.ShouldContain("// DirectoryNotFoundException: Could not find a part of the path");
    }

    private static IEnumerable<string> Named(IEnumerable<string> lines, Regex pattern) =>
        lines.Select(line => pattern.Match(line)).Where(match => match.Success).Select(match => match.Groups["name"].Value);

    private static string? Word(string line) =>
        line.Length > 2 && line.StartsWith("  ", StringComparison.Ordinal) && line[2] != ' ' ? line.TrimStart().Split(' ')[0] : null;

    [GeneratedRegex("^  (?<name>[A-Z][A-Za-z]+) ", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex ListedTarget();

    [GeneratedRegex(@"^ *\d+\. (?<name>\w+)", RegexOptions.ExplicitCapture | RegexOptions.Multiline, 1000)]
    private static partial Regex PlannedTarget();

    [GeneratedRegex("^  (?<name>--[a-z-]+) ", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex ListedOption();

    private async Task<CommandResult> RunAsync(string line, params (string Name, string Value)[] variables)
    {
        var environment = new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["GITHUB_ACTIONS"] = null,
            ["HOME"] = root.Path,
        };
        foreach (var (name, value) in variables)
            environment[name] = value;
        return await new CommandRunner().RunAsync(KubeLabProgram.Command(root.Path, environment, line.Split(' ')));
    }
}
