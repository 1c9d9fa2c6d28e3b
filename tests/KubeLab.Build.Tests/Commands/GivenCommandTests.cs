using System.Collections;

namespace KubeLab.Tests.Commands;

public class GivenCommandTests
{
    [Fact]
    public void I_get_each_word_as_it_was_typed_and_nobody_else_finds_it()
    {
        var environment = Variables(("KUBELAB_COMMAND", "4"), ("KUBELAB_COMMAND_1", "ls"), ("KUBELAB_COMMAND_2", "-la"), ("KUBELAB_COMMAND_4", "a\nb $HOME"));
        environment["HOME"] = "/root";

        var words = GivenCommand.Take(environment, environment.Remove);

        words.ShouldBe(["ls", "-la", "", "a\nb $HOME"]);
        environment.Keys.Cast<string>().ShouldBe(["HOME"]);
    }

    [Fact]
    public void I_may_give_no_command_and_one_without_a_word()
    {
        GivenCommand.Take(Variables(), _ => { }).ShouldBeNull();
        GivenCommand.Take(Variables(("KUBELAB_COMMAND", "0")), _ => { }).ShouldBe([]);
    }

    [Theory]
    [InlineData("")]
    [InlineData("-1")]
    [InlineData("two")]
    [InlineData("2147483647")]
    [InlineData("99999999999999999999")]
    public void I_am_told_that_a_variable_is_the_start_scripts_own(string count)
    {
        var variables = Variables(("KUBELAB_COMMAND", count));

        Should.Throw<UserError>(() => GivenCommand.Take(variables, variables.Remove)).Problem.ShouldContain("KUBELAB_COMMAND");
    }

    private static Hashtable Variables(params (string Name, string Value)[] variables)
    {
        var table = new Hashtable(StringComparer.Ordinal);
        foreach (var (name, value) in variables)
            table[name] = value;
        return table;
    }
}
