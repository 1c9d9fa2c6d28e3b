using System.Text.Json;
using KubeLab.Variables;

namespace KubeLab.Tests.Variables;

public class EffectiveVariableTests
{
    [Theory]
    [InlineData("[\n  \"10.233.64.0/18\",\n  1\n]", "[\"10.233.64.0/18\",1]")]
    [InlineData("{ \"a\": \"<é>\" }", "{\"a\":\"<é>\"}")]
    [InlineData("\"two\\nlines\"", "two\nlines")]
    [InlineData("1.50", "1.50")]
    public void I_can_read_any_value_as_text(string json, string text)
    {
        using var document = JsonDocument.Parse(json);

        new EffectiveVariable("a", document.RootElement, isDefault: false, () => new VariableSource("all.yml", 1)).Text.ShouldBe(text);
    }
}
