using KubeLab.Kubernetes;
using KubeLab.Smoke;

namespace KubeLab.Tests.Smoke;

public class EtcdMembersCheckTests
{
    // etcdctl 3.4.23, recorded; the other members of three are made after it.
    private const string OneMember =
        """{"header":{"cluster_id":12164579722172876506,"member_id":3604716482678175319,"raft_term":2},"members":[{"ID":3604716482678175319,"name":"etcd1","peerURLs":["https://10.86.0.10:2380"],"clientURLs":["https://10.86.0.10:2379"]}]}""";

    private const string OneStatus =
        """[{"Endpoint":"https://10.86.0.10:2379","Status":{"header":{"cluster_id":12164579722172876506,"member_id":3604716482678175319,"revision":1756,"raft_term":2},"version":"3.4.23","dbSize":2695168,"leader":3604716482678175319,"raftIndex":1874,"raftTerm":2,"raftAppliedIndex":1874,"dbSizeInUse":2695168}}]""";

    private static readonly IReadOnlyList<ExpectedNode> Inventory =
    [
        new("k8s-m0", true, true, "192.0.2.10"), new("k8s-m1", true, true, "192.0.2.11"), new("k8s-m2", true, true, "192.0.2.12"),
    ];

    private static readonly IReadOnlyList<EtcdMember> Three =
    [
        new(1, "etcd1", ["https://192.0.2.10:2379"], false),
        new(2, "etcd2", ["https://192.0.2.11:2379"], false),
        new(3, "etcd3", ["https://192.0.2.12:2379"], false),
    ];

    private static readonly IReadOnlyList<EtcdStatus> Healthy = [new(1, 2, []), new(2, 2, []), new(3, 2, [])];

    [Fact]
    public void I_read_what_etcdctl_prints()
    {
        var members = EtcdMember.ReadList(OneMember);
        var statuses = EtcdStatus.ReadList(OneStatus);

        members.ShouldHaveSingleItem().Host.ShouldBe("10.86.0.10");
        statuses.ShouldHaveSingleItem().Leader.ShouldBe(3604716482678175319UL);
        EtcdMembersCheck.Judge(null, members, statuses).ShouldPass();
    }

    [Theory]
    [InlineData("")]
    [InlineData("Error: context deadline exceeded")]
    [InlineData("[1, 2")]
    [InlineData("{\"members\":[{}]}")]
    [InlineData("[{}]")]
    public void I_get_no_error_from_what_is_no_answer(string text)
    {
        EtcdMember.ReadList(text).ShouldNotBeNull();
        EtcdStatus.ReadList(text).ShouldBeEmpty();
    }

    [Fact]
    public void I_see_three_healthy_members_pass() => EtcdMembersCheck.Judge(Inventory, Three, Healthy).ShouldPass();

    [Fact]
    public void I_am_told_of_a_member_that_does_not_answer() =>
        EtcdMembersCheck.Judge(Inventory, Three, [.. Healthy.Take(2)]).ShouldBlame("k8s-m2", "etcd3 (192.0.2.12) doesn't answer");

    [Fact]
    public void I_am_told_of_a_lost_quorum() =>
        EtcdMembersCheck.Judge(Inventory, [Three[0]], [new(1, 0, [])]).Findings.ShouldContain(finding =>
            finding.Node == "k8s-m0" && finding.Message.Contains("lost its quorum", StringComparison.Ordinal));

    [Fact]
    public void I_am_told_of_an_alarm() =>
        EtcdMembersCheck.Judge(Inventory, Three, [new(1, 2, []), new(2, 2, ["memberID:2 alarm:NOSPACE"]), new(3, 2, [])])
            .ShouldBlame("k8s-m1", "alarm:NOSPACE");

    [Fact]
    public void I_am_told_of_two_leaders() =>
        EtcdMembersCheck.Judge(Inventory, Three, [new(1, 1, []), new(2, 2, []), new(3, 2, [])]).ShouldBlame(null, "2 different leaders");

    [Fact]
    public void I_am_told_that_there_are_fewer_members_than_in_the_inventory() =>
        EtcdMembersCheck.Judge(Inventory, [.. Three.Take(2)], [.. Healthy.Take(2)]).ShouldBlame(null, "it has 2 members, in the inventory 3");

    [Fact]
    public void I_am_warned_of_a_learner()
    {
        var verdict = EtcdMembersCheck.Judge(Inventory, [Three[0], Three[1], Three[2] with { IsLearner = true }], Healthy);

        verdict.ShouldPass();
        verdict.Findings.ShouldContain(finding => finding.Status == FindingStatus.Warning && finding.Node == "k8s-m2");
    }

    [Theory]
    [InlineData("https://192.0.2.10:2379", "asks 192.0.2.10 (--etcd-servers), and not etcd2 (192.0.2.11), etcd3 (192.0.2.12)")]
    [InlineData("https://192.0.2.10:2379,https://192.0.2.99:2379,https://192.0.2.12:2379", "and not etcd2 (192.0.2.11)")]
    [InlineData("https://one.example:2379,https://two.example:2379", "asks one.example, two.example")]
    public void I_am_warned_of_an_API_server_that_does_not_ask_every_member(string servers, string says)
    {
        var verdict = EtcdMembersCheck.Judge(Inventory, Three, Healthy, [ApiServer(servers)]);

        verdict.ShouldPass();
        verdict.Findings.ShouldContain(finding => finding.Status == FindingStatus.Warning && finding.Node == "k8s-m0" && finding.Message.Contains(says));
    }

    [Theory]
    [InlineData("https://192.0.2.10:2379,https://192.0.2.11:2379,https://192.0.2.12:2379")]
    // The member beside it; names that are not the members' own; nothing that can be read.
    [InlineData("https://127.0.0.1:2379")]
    [InlineData("https://one.example:2379,https://two.example:2379,https://three.example:2379")]
    [InlineData("nothing, of, use")]
    [InlineData("")]
    public void I_am_not_warned_of_one_that_may_well_ask_all(string servers) =>
        EtcdMembersCheck.Judge(Inventory, Three, Healthy, [ApiServer(servers)]).Findings.ShouldAllBe(finding => finding.Status == FindingStatus.Passed);

    private static KubePod ApiServer(string servers) => new()
    {
        Name = "kube-apiserver-k8s-m0",
        Node = "k8s-m0",
        Labels = new Dictionary<string, string> { ["component"] = "kube-apiserver" },
        Command = ["kube-apiserver", "--etcd-servers-overrides=/events#https://192.0.2.10:2383", $"--etcd-servers={servers}"],
    };

    [Fact]
    public void I_am_told_what_the_API_server_finds_where_etcd_itself_cannot_be_asked()
    {
        EtcdMembersCheck.Judge(null, [new KubeComponent("etcd-0", false, "connection refused")]).ShouldBlame(null, "etcd-0 isn't healthy: connection refused");
        EtcdMembersCheck.Judge(null, [new KubeComponent("scheduler", true, "ok")]).ShouldBeSkipped("can't be asked");
    }
}
