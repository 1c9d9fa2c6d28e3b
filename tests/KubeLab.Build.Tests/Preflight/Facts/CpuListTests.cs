using KubeLab.Preflight;

namespace KubeLab.Tests.Preflight;

public class CpuListTests
{
    [Theory]
    [InlineData("0-1", "0-1", 2)]
    [InlineData("0", "0-3", 1)]
    [InlineData("0-127", "0-3", 4)]
    [InlineData("0-3,8,10-11", "0-8", 5)]
    [InlineData("1,3", null, 2)]
    public void I_count_the_processors_that_are_there_and_may_be_used(string allowed, string? online, int expected) =>
        Count(allowed, online).ShouldBe(expected);

    [Theory]
    [InlineData(null, "0-1")]
    [InlineData("", "0-1")]
    [InlineData("1-0", "0-1")]
    [InlineData("0-1-2", "0-1")]
    [InlineData("-1", "0-1")]
    [InlineData("0-1,1-2", "0-3")]
    [InlineData("0-99999999999", "0-1")]
    [InlineData("4-5", "0-1")]
    public void I_know_no_number_where_a_list_is_damaged(string? allowed, string? online) => Count(allowed, online).ShouldBeNull();

    private static int? Count(string? allowed, string? online) => NodeFactsParser.Parse(
        SampleFacts.Answer(("files", (allowed is null ? "" : $"/proc/self/status:Cpus_allowed_list:\t{allowed}\n")
            + (online is null ? "" : $"/sys/devices/system/cpu/online:{online}"))),
        "M")!.Cpus;
}
