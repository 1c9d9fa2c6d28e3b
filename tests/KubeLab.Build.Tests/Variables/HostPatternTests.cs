using CsCheck;
using KubeLab.Variables;

namespace KubeLab.Tests.Variables;

public class HostPatternTests
{
    [Theory]
    [InlineData("k8s-m0", "k8s-m0", true)]
    [InlineData("k8s-m0", "k8s-m1", false)]
    [InlineData("k8s-m0:2222", "k8s-m0", true)]
    [InlineData("n[0:9]", "n7", true)]
    [InlineData("n[0:9]", "n07", false)]
    [InlineData("n[01:20]", "n07", true)]
    [InlineData("n[01:20]", "n7", false)]
    [InlineData("n[1:20]", "n21", false)]
    [InlineData("n[0:9:3]", "n6", true)]
    [InlineData("n[0:9:3]", "n7", false)]
    [InlineData("db-[a:f].example.com", "db-c.example.com", true)]
    [InlineData("db-[a:f].example.com", "db-g.example.com", false)]
    [InlineData("r[1:2]n[1:2]", "r2n1", true)]
    [InlineData("r[1:2]n[1:2]", "r2n3", false)]
    [InlineData("n[", "n1", false)]
    [InlineData("n[]", "n1", false)]
    [InlineData("n[1:2", "n1", false)]
    public void I_know_which_hosts_a_pattern_stands_for(string pattern, string host, bool matches) =>
        HostPattern.Matches(pattern, host).ShouldBe(matches);

    [Fact]
    public void Whatever_a_pattern_is_it_stands_for_a_host_or_not() =>
        Gen.Select(Gen.String[Gen.Char["n0129a[]:-. {"], 0, 30], Gen.String[Gen.Char["n0129a-."], 0, 12]).Sample(
            (pattern, host) => HostPattern.Matches(pattern, host) == HostPattern.Matches(pattern, host)
                && (pattern.Contains('[') || !HostPattern.Matches(pattern, host) || pattern.StartsWith(host, StringComparison.Ordinal)),
            iter: 10_000);
}
