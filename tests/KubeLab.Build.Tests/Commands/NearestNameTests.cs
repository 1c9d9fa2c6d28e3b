namespace KubeLab.Tests.Commands;

public class NearestNameTests
{
    [Theory]
    [InlineData("SmokTest", "SmokeTest")]
    [InlineData("smoke-test", "SmokeTest")]
    [InlineData("Deplyo", "Deploy")]
    [InlineData("zzzzzzzz", null)]
    public void I_find_the_name_that_was_meant(string typed, string? meant) => NearestName.Of(typed, ["Deploy", "SmokeTest", "LabUp"]).ShouldBe(meant);
}
