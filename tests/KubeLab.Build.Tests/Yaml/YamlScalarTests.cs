namespace KubeLab.Tests.Yaml;

public class YamlScalarTests
{
    [Theory]
    [InlineData("1024", "1024")]
    [InlineData("-5", "-5")]
    [InlineData("1024.5", "1024.5")]
    [InlineData("1_024", "1024")]
    [InlineData("yes", "true")]
    [InlineData("Off", "false")]
    [InlineData("~", "null")]
    [InlineData("", "null")]
    [InlineData("v1.20.2", "\"v1.20.2\"")]
    [InlineData("10.233.0.0/18", "\"10.233.0.0/18\"")]
    [InlineData("nope", "\"nope\"")]
    public void I_give_a_plain_scalar_the_type_that_Ansible_gives_it(string text, string json) =>
        YamlScalar.ToJson(text, quoted: false).GetRawText().ShouldBe(json);

    [Theory]
    [InlineData("1024")]
    [InlineData("yes")]
    [InlineData("")]
    public void I_leave_what_is_quoted_as_text(string text) => YamlScalar.ToJson(text, quoted: true).GetString().ShouldBe(text);
}
