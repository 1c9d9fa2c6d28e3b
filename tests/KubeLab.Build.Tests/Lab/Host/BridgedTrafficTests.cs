using KubeLab.Lab;

namespace KubeLab.Tests.Lab;

public class BridgedTrafficTests
{
    [Theory]
    [InlineData("-P FORWARD DROP\n-A FORWARD -j DOCKER-USER\n", true)]
    [InlineData("-P FORWARD ACCEPT\n", false)]
    [InlineData("-P INPUT DROP\n", false)]
    [InlineData("", false)]
    public void A_firewall_that_drops_what_it_does_not_know_is_seen(string rules, bool expected) =>
        BridgedTraffic.DropsByDefault(rules).ShouldBe(expected);
}
