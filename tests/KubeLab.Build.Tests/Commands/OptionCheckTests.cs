using KubeLab.Tests.Machines;

namespace KubeLab.Tests.Commands;

public sealed class OptionCheckTests : IDisposable
{
    private static readonly OptionCheck Check = new(
        [
            new("Inventory", OptionKind.Text, "The cluster"),
            new("StrictChecks", OptionKind.Switch, "Warnings count"),
            new("Tier", OptionKind.Number, "How deep"),
            new("Tags", OptionKind.List, "Only these") { Separator = ',' },
            new("SshUser", OptionKind.Text, "Who"),
            new("SshClient", OptionKind.Text, "With what") { Choices = ["openssh", "sshnet"] },
            new("Target", OptionKind.Targets, "What"),
            new("Skip", OptionKind.Targets, "What not") { StandsAlone = true },
        ],
        ["Deploy", "SmokeTest", "ValidateNodes"]);

    private readonly TemporaryDirectory directory = new();

    public void Dispose() => directory.Dispose();

    [Theory]
    [InlineData("")]
    [InlineData("Deploy smoke-test")]
    [InlineData("Deploy+SmokeTest --inventory prod --strict-checks")]
    [InlineData("--target Deploy+SmokeTest --Inventory prod -strictchecks false")]
    [InlineData("Deploy --skip")]
    [InlineData("Deploy --skip ValidateNodes --tags etcd,network --tier 0")]
    [InlineData("Deploy --tags etcd network --ssh-client SSHNET")]
    [InlineData("--inventory staging --inventory prod")]
    [InlineData("--inventory Deploy")]
    public void I_can_say_what_I_mean(string line) => Should.NotThrow(() => Verify(line));

    [Theory]
    [InlineData("--inventory=prod", "--inventory=prod is no option: a value stands after a blank.\nWrite: --inventory prod")]
    [InlineData("--strict-checks=yes", "--strict-checks=yes is no option: a value stands after a blank.\nWrite: --strict-checks")]
    [InlineData("--strict-checks=false", "Write: --strict-checks false")]
    [InlineData("-i prod", "-i is no option. Did you mean --inventory?")]
    [InlineData("--inventroy prod", "--inventroy is no option. Did you mean --inventory?")]
    [InlineData("--inventroy=prod", "--inventroy=prod is no option. Did you mean --inventory?")]
    [InlineData("--ssh ada", "--ssh is no option. Did you mean --ssh-user or --ssh-client?")]
    [InlineData("--qqqqqqqqqqqq", "--qqqqqqqqqqqq is no option.\n")]
    [InlineData("-- Deploy", "-- is no option.\n")]
    [InlineData("Deploy --inventory", "--inventory needs a value.\nThe cluster.")]
    [InlineData("--inventory --strict-checks", "--inventory needs a value.")]
    [InlineData("--tags", "--tags needs a value.")]
    [InlineData("--target", "--target needs a value.")]
    [InlineData("--tier deep", "--tier is 'deep', but has to be a whole number.")]
    [InlineData("--strict-checks yes", "--strict-checks is 'yes', but has to be true or false.")]
    [InlineData("--ssh-client putty", "--ssh-client is 'putty', but has to be one of openssh, sshnet.")]
    [InlineData("--tier 1 2", "--tier takes one value, but has 2: 1 2.\nTargets stand before the options")]
    [InlineData("--inventory prod Deploy", "Deploy would be a value of --inventory. Targets stand before the options.\n")]
    [InlineData("--inventory prod Deploy", "Write: ./build.sh Deploy --inventory")]
    [InlineData("--strict-checks Deploy", "Deploy would be a value of --strict-checks.")]
    [InlineData("--tags etcd ValidateNodes", "ValidateNodes would be a value of --tags.")]
    [InlineData("--tags a,b c", "--tags has both blanks and ',' between its values, as in 'a,b'")]
    [InlineData("Deply", "There is no target Deply. Did you mean Deploy?")]
    [InlineData("Deploy+SmokTest", "There is no target SmokTest. Did you mean SmokeTest?")]
    [InlineData("Deploy --skip ValidateNode", "There is no target ValidateNode. Did you mean ValidateNodes?")]
    [InlineData("inventory=prod", "There is no target inventory=prod.\nWrite: --inventory prod")]
    [InlineData("Deploy --target SmokeTest", "Targets are named both before the options and with --target")]
    public void I_am_told_what_is_wrong_and_what_I_probably_meant(string line, string expected)
    {
        var message = Should.Throw<UserError>(() => Verify(line)).Message;

        message.ShouldContain(expected);
        message.ShouldEndWith("Nothing was done. ./build.sh --help lists the targets and options.");
    }

    [Fact]
    public void An_empty_value_is_none() =>
        Should.Throw<UserError>(() => Check.VerifyArguments(["Deploy", "--inventory", ""])).Message
            .ShouldContain("--inventory has an empty value");

    [Theory]
    [InlineData("STRICT_CHECKS", "perhaps", "STRICT_CHECKS is 'perhaps', but has to be true or false.\nIt is read as --strict-checks.")]
    [InlineData("nuke_tier", "deep", "The variable nuke_tier is 'deep', but has to be a whole number.")]
    public void A_variable_with_a_bad_value_is_named(string variable, string value, string expected)
    {
        var environment = new Dictionary<string, string> { [variable] = value };

        Should.Throw<UserError>(() => Check.VerifyEnvironment(environment)).Message.ShouldContain(expected);
    }

    [Theory]
    [InlineData("STRICT_CHECKS", "true")]
    [InlineData("STRICT_CHECKS", "")]
    [InlineData("NUKE_TIER", "0")]
    [InlineData("NUKE_TELEMETRY_OPTOUT", "1")]
    [InlineData("Path", "/bin")]
    public void Other_variables_are_nobodys_business(string variable, string value) =>
        Should.NotThrow(() => Check.VerifyEnvironment(new Dictionary<string, string> { [variable] = value }));

    [Theory]
    [InlineData("""{ "Inventroy": "prod" }""", "Inventroy in {0} is no parameter. Did you mean Inventory?")]
    [InlineData("""{ "inventory": "prod" }""", "inventory in {0} is no parameter. Did you mean Inventory?")]
    [InlineData("""{ "Tier": "deep" }""", "Tier in {0} is \"deep\", but has to be a whole number.")]
    [InlineData("""{ "StrictChecks": "yes" }""", "StrictChecks in {0} is \"yes\", but has to be true or false.")]
    [InlineData("""{ "StrictChecks": [] }""", "StrictChecks in {0} is [], but has to be true or false.")]
    [InlineData("""{ "Inventory": ["prod"] }""", "Inventory in {0} is [\"prod\"], but has to be one text.")]
    [InlineData("""{ "Tags": "etcd" }""", "Tags in {0} is \"etcd\", but has to be a list")]
    [InlineData("[]", "{0} has to hold a JSON object")]
    [InlineData("""{ "Inventory": """, "{0} is no JSON")]
    public void A_parameters_file_that_says_nothing_is_named(string text, string expected)
    {
        directory.Write("parameters.json", text);

        Should.Throw<UserError>(() => Check.VerifyFile(directory.File("parameters.json"))).Message
            .ShouldContain(expected.Replace("{0}", directory.File("parameters.json"), StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("""{ "$schema": "./build.schema.json", "Inventory": "prod", "Tags": ["etcd"], }""")]
    [InlineData("""{ "Tier": 0, "StrictChecks": true, "SshUser": null, /* so */ "SshClient": "openssh" }""")]
    [InlineData("{}")]
    public void A_parameters_file_may_hold_what_there_is(string text)
    {
        directory.Write("parameters.json", text);

        Should.NotThrow(() => Check.VerifyFile(directory.File("parameters.json")));
        Should.NotThrow(() => Check.VerifyFile(directory.File("nowhere.json")));
    }

    [Fact]
    public void A_profile_without_a_file_is_named()
    {
        directory.Write("parameters.prod.json", "{}");

        Should.NotThrow(() => Check.VerifyFiles(directory.Path, ["prod"]));
        Should.Throw<UserError>(() => Check.VerifyFiles(directory.Path, ["prod", "dev"])).Message
            .ShouldContain($"There is no profile dev: {directory.File("parameters.dev.json")} is not there.");
    }

    [Fact]
    public void A_slip_in_the_file_of_a_profile_is_named_before_the_profile_is_asked_for()
    {
        directory.Write("parameters.dev.json", """{ "Inventroy": "dev" }""");

        Should.Throw<UserError>(() => Check.VerifyFiles(directory.Path, [])).Message.ShouldContain("Did you mean Inventory?");
    }

    [Theory]
    [InlineData("Inventory", "a\nb", "--inventory has a line break or another control character in it.")]
    [InlineData("Inventory", "a\rb", "--inventory has a line break or another control character in it.")]
    [InlineData("Inventory", "a\u001b[2J", "--inventory has a line break or another control character in it.")]
    [InlineData("Tags", "etcd,a\nb", "--tags has a line break or another control character in it.")]
    [InlineData("SshUser", "-oProxyCommand=id", "which begins with a dash and would be an option elsewhere")]
    [InlineData("Tags", "etcd,-x", "which begins with a dash and would be an option elsewhere")]
    [Promise("A name is a name and nothing else", "options that are options or lines: command line, environment, parameters file")]
    public void A_value_that_would_be_an_option_or_several_lines_is_refused_whichever_way_it_comes_in(string name, string value, string expected)
    {
        var option = new CommandOption(name, OptionKind.Text, "").Dashed;
        var json = System.Text.Json.JsonSerializer.Serialize(value);
        directory.Write("parameters.json", $"{{ \"{name}\": {(name == "Tags" ? $"[{json}]" : json)} }}");

        if (!value.StartsWith('-'))
            Should.Throw<UserError>(() => Check.VerifyArguments(["Deploy", option, value])).Message.ShouldContain(expected);
        Should.Throw<UserError>(() => Check.VerifyEnvironment(new Dictionary<string, string> { [name] = value })).Message
            .ShouldContain(expected.Replace(option, $"The variable {name}", StringComparison.Ordinal));
        Should.Throw<UserError>(() => Check.VerifyFile(directory.File("parameters.json"))).Message
            .ShouldContain(expected.Replace(option, $"{name} in {directory.File("parameters.json")}", StringComparison.Ordinal));
    }

    [Fact]
    public void Only_what_may_have_lines_has_some()
    {
        var check = new OptionCheck([new("ExtraVars", OptionKind.Text, "JSON") { MayHaveLines = true }], ["Deploy"]);

        Should.NotThrow(() => check.VerifyArguments(["Deploy", "--extra-vars", "{\n\"a\": 1\n}"]));
    }

    private static void Verify(string line) => Check.VerifyArguments(line.Split(' ', StringSplitOptions.RemoveEmptyEntries));
}
