using Nuke.Common;
using Serilog;

namespace KubeLab.Bundled.Nuke;

public sealed class SecretTests : IDisposable
{
    private const string Password = "correct horse battery";

    private readonly Sandbox sandbox = new();

    public SecretTests() => sandbox.Variables["NUKE_PASSWORD"] = Password;

    public void Dispose() => sandbox.Dispose();

    [Theory]
    [InlineData("Log")]
    [InlineData("Throw")]
    [InlineData("Report")]
    [InlineData("Log Throw Report --host GitHubActions --verbosity verbose")]
    public void A_secret_is_masked_in_all_that_is_written(string commandLine)
    {
        // Act
        var run = sandbox.Run<Secretive>(commandLine);

        // Assert
        run.Build.Password.ShouldBe(Password);
        run.Output.ShouldContain("***");
        run.Output.ShouldNotContain(Password);
    }

    [Fact]
    public void Each_secret_of_a_list_is_masked()
    {
        // Arrange
        sandbox.Variables["TOKENS"] = "alpha-token,beta-token";

        // Act
        var run = sandbox.Run<Secretive>("LogTokens");

        // Assert
        run.Build.Tokens.ShouldBe(["alpha-token", "beta-token"]);
        run.Output.ShouldNotContain("alpha-token");
        run.Output.ShouldNotContain("beta-token");
    }

    [Fact]
    public void Each_line_of_a_secret_is_masked()
    {
        // Arrange
        sandbox.Variables["NUKE_PASSWORD"] = "-----BEGIN KEY-----\nb3BlbnNzaC1rZXktdjEA\n-----END KEY-----\n";

        // Act & Assert
        sandbox.Run<Secretive>("LogLines").Output.ShouldNotContain("b3BlbnNzaC1rZXktdjEA");
    }

    [Fact]
    public void A_secret_that_is_not_valid_is_masked_in_the_error()
    {
        // Arrange
        sandbox.Variables["PIN"] = "not-a-number";

        // Act
        var run = sandbox.Run<Secretive>("Log --verbosity verbose");

        // Assert
        run.ExitCode.ShouldBe(-1);
        run.Output.ShouldContain("The variable PIN is '***', but has to be a whole number");
        run.Output.ShouldNotContain("not-a-number");
    }

    [Fact]
    public void A_secret_in_a_file_is_refused()
    {
        // Arrange
        sandbox.Variables.Clear();
        sandbox.Write(".nuke/parameters.json", $$"""{ "Password": "{{Password}}" }""");

        // Act
        var run = sandbox.Run<Secretive>("Log");

        // Assert
        run.ExitCode.ShouldBe(-1);
        run.Ran.ShouldBeEmpty();
        run.Output.ShouldContain("holds the secret Password: give it in the environment instead.");
        run.Output.ShouldNotContain(Password);
    }

    private sealed class Secretive : RecordingBuild
    {
        [Parameter][Secret] public readonly string Password = "";
        [Parameter(Separator = ",")][Secret] public readonly string[] Tokens = [];
        [Parameter][Secret] readonly int Pin;

        Target Log => _ => _.Executes(() =>
        {
            Serilog.Log.Information("Logging in with {Password}", Password);
            Serilog.Log.Warning($"Again: {Password}/{Pin}");
        });

        Target LogLines => _ => _.Executes(() => Password.Split('\n').ToList().ForEach(line => Serilog.Log.Information("{Line}", line)));

        Target LogTokens => _ => _.Executes(() => Serilog.Log.Information("Tokens {Tokens} and {First}", Tokens, Tokens[0]));

        Target Throw => _ => _.ProceedAfterFailure().Executes(() => throw new InvalidOperationException($"Wrong: {Password}"));

        Target Report => _ => _.Executes(() => ReportSummary(summary =>
        {
            summary["Password"] = Password;
            return summary;
        }));
    }
}
