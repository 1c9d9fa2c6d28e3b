using System.Net;
using System.Text;
using System.Text.Json;
using KubeLab.Ansible;
using KubeLab.Clusters;
using KubeLab.Preflight;

namespace KubeLab.Tests.Preflight;

public class KnownFactsTests
{
    [Fact]
    public void What_the_probe_found_out_has_the_names_and_values_that_Ansible_gives()
    {
        var facts = Of(SampleFacts.Healthy()).Facts;

        JsonSerializer.Serialize(facts.OrderBy(fact => fact.Key, StringComparer.Ordinal).ToDictionary(StringComparer.Ordinal)).ShouldBe(
            """{"all_ipv4_addresses":["192.0.2.10"],"all_ipv6_addresses":[],"architecture":"x86_64","default_ipv4":{"address":"192.0.2.10","interface":"eth0"},"default_ipv6":{},"distribution":"Debian","distribution_major_version":"12","hostname":"node-10","kernel":"6.1.0-18-amd64","machine":"x86_64","memtotal_mb":4096,"nodename":"node-10","os_family":"Debian","service_mgr":"systemd"}""");
    }

    [Fact]
    public void What_a_node_did_not_say_is_missing_and_not_left_out()
    {
        var facts = Of(new NodeFacts()).Facts;

        facts.ShouldAllBe(fact => fact.Value == null);
        facts.Keys.ShouldContain("memtotal_mb");
        Of(new NodeFacts()).Commands.ShouldBeEmpty();
    }

    [Fact]
    public void A_system_that_Ansible_calls_by_several_names_is_not_guessed()
    {
        var facts = Of(SampleFacts.Healthy() with { OperatingSystem = new OsRelease("flatcar", "4081", "Flatcar") }).Facts;

        facts.Keys.ShouldNotContain("distribution");
    }

    [Fact]
    public void A_node_without_an_answer_is_silent()
    {
        var node = new ProbedNode(Node());

        var facts = KnownFacts.Of([node])["w1"];

        (facts.Reason, facts.Kind).ShouldBe(("w1 gave no answer", UnknownKind.Silent));
    }

    [Fact]
    public void The_name_servers_are_where_the_release_reads_them()
    {
        var facts = Of(SampleFacts.Healthy() with { NameServers = ["192.0.2.53", "2001:db8::1"] });

        Encoding.UTF8.GetString(Convert.FromBase64String(facts.Files["/etc/resolv.conf"])).ShouldBe("nameserver 192.0.2.53\nnameserver 2001:db8::1\n");
    }

    [Theory]
    [InlineData("/etc/kubernetes/kubelet.conf", 0)]
    [InlineData("/run/systemd/system", 1)]
    public void Calico_lives_on_no_node_that_has_joined_no_cluster(string path, int absent) =>
        Of(SampleFacts.Healthy() with { Paths = [path] }).Absent.Count.ShouldBe(absent);

    [Fact]
    public void Addresses_of_the_loopback_are_left_out()
    {
        var facts = Of(SampleFacts.Healthy() with
        {
            Addresses = [new("lo", IPAddress.Loopback, 8), new("lo", IPAddress.Parse("127.0.0.2"), 8), new("lo", IPAddress.IPv6Loopback, 128), new("eth0", IPAddress.Parse("fe80::1"), 64)],
        });

        JsonSerializer.Serialize(facts.Facts["all_ipv4_addresses"]).ShouldBe("[]");
        JsonSerializer.Serialize(facts.Facts["all_ipv6_addresses"]).ShouldBe("[\"fe80::1\"]");
        JsonSerializer.Serialize(facts.Facts["default_ipv6"]).ShouldBe("{}");
    }

    private static RehearsalFacts Of(NodeFacts facts) => KnownFacts.Of([new ProbedNode(Node()) { Facts = facts }])["w1"];

    private static Node Node() => new("w1", new HashSet<string>(StringComparer.Ordinal), new Dictionary<string, JsonElement>(StringComparer.Ordinal));
}
