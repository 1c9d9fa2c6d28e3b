using Nuke.Common;

namespace KubeLab.Bundled.Nuke;

public sealed class ParameterTests : IDisposable
{
    private readonly Sandbox sandbox = new();

    public void Dispose() => sandbox.Dispose();

    [Theory]
    [InlineData("Run --ssh-user ada")]
    [InlineData("Run --SshUser ada")]
    [InlineData("Run --sshuser ada")]
    [InlineData("Run -ssh-user ada")]
    [InlineData("Run --ssh-user bob --ssh-user ada")]
    public void I_can_give_a_parameter_on_the_command_line(string commandLine)
    {
        sandbox.Run<Sample>(commandLine).Build.SshUser.ShouldBe("ada");
    }

    [Theory]
    [InlineData("SSH_USER")]
    [InlineData("SshUser")]
    [InlineData("NUKE_SSH_USER")]
    [InlineData("NUKE_SSHUSER")]
    [InlineData("nuke_ssh_user")]
    public void I_can_give_a_parameter_in_the_environment(string variable)
    {
        // Arrange
        sandbox.Variables[variable] = "ada";

        // Act & Assert
        sandbox.Run<Sample>("Run").Build.SshUser.ShouldBe("ada");
    }

    [Fact]
    public void I_can_give_a_parameter_in_a_file()
    {
        // Arrange
        sandbox.Write(".nuke/parameters.json", """
            {
              "$schema": "./build.schema.json",
              "SshUser": "ada", // a comment
              "Count": 7,
              "Careful": true,
              "Tags": ["etcd", "network"],
              "Key": null,
            }
            """);

        // Act
        var build = sandbox.Run<Sample>("Run").Build;

        // Assert
        build.SshUser.ShouldBe("ada");
        build.Count.ShouldBe(7);
        build.Careful.ShouldBeTrue();
        build.Tags.ShouldBe(["etcd", "network"]);
        build.Key.ShouldBeNull();
    }

    [Fact]
    public void The_command_line_outranks_the_environment_which_outranks_profiles_which_outrank_the_file()
    {
        // Arrange
        sandbox.Write(".nuke/parameters.json", """{ "SshUser": "file", "Count": 1, "Color": "blue", "Key": "key" }""");
        sandbox.Write(".nuke/parameters.lab.json", """{ "SshUser": "lab", "Count": 2, "Color": "green" }""");
        sandbox.Write(".nuke/parameters.ci.json", """{ "SshUser": "ci", "Count": 3 }""");
        sandbox.Variables["NUKE_SSH_USER"] = "environment";
        sandbox.Variables["COUNT"] = "4";

        // Act
        var build = sandbox.Run<Sample>("Run --ssh-user command-line --profile lab ci").Build;

        // Assert
        build.SshUser.ShouldBe("command-line");
        build.Count.ShouldBe(4);
        build.Color.ShouldBe("green");
        build.Key.ShouldBe("key");
        sandbox.Variables.Clear();
        sandbox.Run<Sample>("Run --profile lab ci").Build.SshUser.ShouldBe("ci");
        sandbox.Run<Sample>("Run --profile ci lab").Build.SshUser.ShouldBe("lab");
        sandbox.Run<Sample>("Run").Build.SshUser.ShouldBe("file");
    }

    [Fact]
    public void What_is_not_given_keeps_its_default()
    {
        // Act
        var build = sandbox.Run<Sample>("Run").Build;

        // Assert
        build.SshUser.ShouldBe("root");
        build.Count.ShouldBe(3);
        build.Key.ShouldBeNull();
        build.Tags.ShouldBeEmpty();
    }

    [Fact]
    public void An_empty_variable_is_none()
    {
        // Arrange
        sandbox.Variables["SSH_USER"] = "";

        // Act & Assert
        sandbox.Run<Sample>("Run").Build.SshUser.ShouldBe("root");
    }

    [Fact]
    public void A_variable_that_comes_in_two_spellings_is_not_used_and_said_so()
    {
        // Arrange
        sandbox.Variables["SSH_USER"] = "ada";
        sandbox.Variables["NUKE_SSH_USER"] = "bob";

        // Act
        var run = sandbox.Run<Sample>("Run");

        // Assert
        run.Build.SshUser.ShouldBe("root");
        run.Output.ShouldContain("SshUser is taken from none of the variables SSH_USER, NUKE_SSH_USER");
    }

    [Theory]
    [InlineData("--careful", true)]
    [InlineData("--careful true", true)]
    [InlineData("--careful False", false)]
    [InlineData("", false)]
    public void I_can_give_a_switch(string option, bool expected)
    {
        sandbox.Run<Sample>($"Run {option}").Build.Careful.ShouldBe(expected);
    }

    [Theory]
    [InlineData("Run --tags etcd network")]
    [InlineData("Run --tags etcd,network")]
    public void I_can_give_a_list(string commandLine)
    {
        sandbox.Run<Sample>(commandLine).Build.Tags.ShouldBe(["etcd", "network"]);
    }

    [Fact]
    public void A_text_is_split_at_the_separator_of_its_own_parameter_only()
    {
        // Act
        var build = sandbox.Run<Sample>("Run --names a,b c").Build;

        // Assert
        build.Names.ShouldBe(["a,b", "c"]);
    }

    [Fact]
    public void A_parameter_can_have_another_name_than_its_member()
    {
        sandbox.Run<Sample>("Run --become-user admin").Build.Become.ShouldBe("admin");
    }

    [Theory]
    [InlineData("Run --count many", "--count is 'many', but has to be a whole number")]
    [InlineData("Run --count 1 2", "--count takes one value, but there are 2: 1 2")]
    [InlineData("Run --careful perhaps", "--careful is 'perhaps', but has to be true or false")]
    [InlineData("Run --verbosity 7", "--verbosity is '7', but has to be one of Verbose, Normal, Minimal, Quiet")]
    [InlineData("Run --ssh-user", "--ssh-user needs a value")]
    [InlineData("Run --ssh-user --careful", "--ssh-user needs a value")]
    [InlineData("Run --verbosity loud", "--verbosity is 'loud', but has to be one of Verbose, Normal, Minimal, Quiet")]
    public void A_value_that_a_parameter_cannot_have_ends_the_run_before_any_target(string commandLine, string message)
    {
        // Act
        var run = sandbox.Run<Sample>(commandLine);

        // Assert
        run.ExitCode.ShouldBe(-1);
        run.Ran.ShouldBeEmpty();
        run.Output.ShouldContain(message);
    }

    [Fact]
    public void A_wrong_value_in_the_environment_is_named_by_its_variable()
    {
        // Arrange
        sandbox.Variables["NUKE_COUNT"] = "many";

        // Act & Assert
        sandbox.Run<Sample>("Run").Output.ShouldContain("The variable NUKE_COUNT is 'many', but has to be a whole number");
    }

    [Theory]
    [InlineData("""{ "Count": "many" }""", "Count in ")]
    [InlineData("""{ "Count": """, "is no JSON")]
    [InlineData("[]", "has to hold a JSON object")]
    public void A_wrong_file_is_named(string text, string message)
    {
        // Arrange
        sandbox.Write(".nuke/parameters.json", text);

        // Act
        var run = sandbox.Run<Sample>("Run");

        // Assert
        run.ExitCode.ShouldBe(-1);
        run.Output.ShouldContain(message);
        run.Output.ShouldContain(Path.Combine(sandbox.Directory, ".nuke", "parameters.json"));
    }

    [Fact]
    public void A_profile_without_a_file_is_an_error()
    {
        // Act
        var run = sandbox.Run<Sample>("Run --profile nowhere");

        // Assert
        run.ExitCode.ShouldBe(-1);
        run.Output.ShouldContain("parameters.nowhere.json");
    }

    [Fact]
    public void No_warning_is_given_about_the_options_of_every_build()
    {
        // Arrange
        var commandLine = $"Run --no-logo --verbosity Normal --continue --skip --host Terminal --root {sandbox.Directory} --profile";

        // Act & Assert
        sandbox.Run<Sample>(commandLine).Output.ShouldNotContain("WRN");
    }

    [Fact]
    public void The_root_is_the_nearest_directory_that_holds_nuke()
    {
        // Arrange
        sandbox.WorkingDirectory = Directory.CreateDirectory(Path.Combine(sandbox.Directory, "a", "b")).FullName;

        // Act & Assert
        sandbox.Run<Sample>("Run").ExitCode.ShouldBe(0);
        NukeBuild.RootDirectory.ToString().ShouldBe(sandbox.Directory);
        sandbox.Run<Sample>("Run --root ..").ExitCode.ShouldBe(0);
        NukeBuild.RootDirectory.ToString().ShouldBe(Path.Combine(sandbox.Directory, "a"));
    }

    [Fact]
    public void A_place_without_a_root_is_an_error_that_says_what_to_do()
    {
        // Arrange
        sandbox.WorkingDirectory = "/";

        // Act
        var run = sandbox.Run<Sample>("Run");

        // Assert
        run.ExitCode.ShouldBe(-1);
        run.Output.ShouldContain("--root");
    }

    private sealed class Sample : RecordingBuild
    {
        [Parameter] public readonly string SshUser = "root";
        [Parameter] public readonly int Count = 3;
        [Parameter] public readonly bool Careful;
        [Parameter] public readonly string? Color;
        [Parameter] public readonly string? Key;
        [Parameter(Separator = ",")] public readonly string[] Tags = [];
        [Parameter] public readonly string[] Names = [];
        [Parameter(Name = "BecomeUser")] public readonly string Become = "root";

        Target Run => _ => _.Executes(Nothing);
    }
}
