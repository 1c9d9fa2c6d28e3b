using KubeLab.Clusters;
using KubeLab.Lifecycle;
using KubeLab.Tests.Machines;

namespace KubeLab.Tests.Lifecycle;

/// <summary>A recovery goes on where it recovers, by what etcd and its own programs on the node say, and else removes nothing.</summary>
public class EtcdSurveyTests
{
    // As etcdctl 3.4 to 3.6 print it.
    private const string Healthy = "https://127.0.0.1:2379 is healthy: successfully committed proposal: took = 9.8ms";
    private const string Unhealthy = "https://127.0.0.1:2379 is unhealthy: failed to commit proposal: context deadline exceeded";

    [Fact]
    public void I_can_recover_members_as_long_as_etcd_has_its_quorum_whatever_its_etcdctl()
    {
        Judge(WithQuorum("3.6.10", restores: false), 3).ShouldBe("etcd has its quorum: 2 members work, and 3 nodes are in etcd");
        Judge(WithQuorum("3.5.21", restores: true), 3).ShouldStartWith("etcd has its quorum");
        Judge(WithQuorum("3.6.10", restores: false), 1).ShouldStartWith("etcd has its quorum");
    }

    [Fact]
    public void I_am_refused_a_recovery_that_would_take_the_quorum_for_lost()
    {
        var error = Should.Throw<UserError>(() => Judge(WithQuorum("3.5.21", restores: true), 5));

        error.Problem.ShouldContain("of the 5 nodes in the group etcd only 2 are members that work: the playbook takes that for a lost quorum");
        error.Remedy!.ShouldContain("Leave 3 nodes at most in etcd for this run");
    }

    // Seen with etcdctl 3.4.23: of three members two worked, and the playbook of v2.18.2 made a new etcd of the first one's snapshot.
    [Fact]
    public void I_am_refused_a_recovery_that_does_not_hear_that_etcd_is_healthy()
    {
        var error = Should.Throw<UserError>(() => Judge(WithQuorum("3.4.23", restores: true, isHeard: false), 3));

        error.Problem.ShouldContain("its etcdctl 3.4.23 says on standard error what is healthy, where the playbook doesn't look");
        error.Remedy!.ShouldContain("run ./build.sh RemoveNode --node k8s-m0 --node-is-gone");
        Judge(WithQuorum("3.4.23", restores: true, isHeard: false), 2).ShouldBe("etcd has its quorum: 2 members work, and 2 nodes are in etcd");
        Judge(WithQuorum("3.4.23", restores: true, isHeard: false), 3, listens: false).ShouldBe("etcd has its quorum: 2 members work, and 3 nodes are in etcd");
    }

    [Fact]
    public void I_can_recover_a_lost_quorum_with_an_etcdctl_that_restores_snapshots()
    {
        Judge(Lost("3.5.21", restores: true), 3).ShouldBe("etcd has lost its quorum: a snapshot of k8s-m1 becomes the new etcd, by its etcdctl 3.5.21");
        Judge(Lost("3.5.21", restores: true), 3, "/backup/etcd.db").ShouldContain("/backup/etcd.db becomes the new etcd");
    }

    [Fact]
    public void I_am_refused_a_recovery_that_would_remove_the_data_and_then_find_no_restore()
    {
        var error = Should.Throw<UserError>(() => Judge(Lost("3.6.10", restores: false), 3));

        error.Problem.ShouldContain("etcd has lost its quorum, and the playbook would remove k8s-m1's data and then call etcdctl snapshot restore, which its etcdctl 3.6.10 no longer has");
        error.Remedy!.ShouldStartWith("Nothing was changed.");
        var lines = error.Remedy!.Split('\n');
        lines.ShouldContain("  etcdctl snapshot save /var/tmp/etcd-snapshot.db");
        lines.ShouldContain("  mv \"$ETCD_DATA_DIR\" \"$ETCD_DATA_DIR.lost\"");
        lines.ShouldContain(line => line.StartsWith("  etcdutl snapshot restore /var/tmp/etcd-snapshot.db --name \"$ETCD_NAME\"", StringComparison.Ordinal));
        lines[^1].ShouldStartWith("Then leave k8s-m1 alone in the group etcd, run ./build.sh RecoverControlPlane");
        error.Remedy!.ShouldNotContain("etcdutl is not there");
    }

    [Fact]
    public void I_am_told_where_etcdutl_is_from_and_how_to_restore_a_snapshot_of_mine()
    {
        Should.Throw<UserError>(() => Judge(Lost("3.6.10", restores: false, "has_data=1\n"), 3)).Remedy!.ShouldContain("etcdutl is not there: take it from the archive of etcd 3.6.10");

        var remedy = Should.Throw<UserError>(() => Judge(Lost("3.6.10", restores: false), 3, "/backup/etcd.db")).Remedy!;
        remedy.ShouldContain("Copy /backup/etcd.db to k8s-m1 as /tmp/snapshot.db");
        remedy.ShouldNotContain("snapshot save");
    }

    [Theory]
    [InlineData("3.6.10", false, "etcdutl")]
    [InlineData("3.5.21", true, "etcdctl")]
    public void I_am_told_where_the_snapshot_of_a_recovery_that_broke_off_lies(string version, bool restores, string tool)
    {
        var error = Should.Throw<UserError>(() => Judge(Lost(version, restores, "has_etcdutl=1\nhas_snapshot=1\n"), 3));

        error.Problem.ShouldContain("On k8s-m1 etcd's data is gone, and a snapshot of it lies in /tmp/snapshot.db");
        error.Remedy!.ShouldContain($"  {tool} snapshot restore /tmp/snapshot.db");
        error.Remedy!.ShouldNotContain("snapshot save");
        error.Remedy!.ShouldNotContain(".lost");
    }

    [Theory]
    [InlineData("")]
    [InlineData("data=/var/lib/etcd\nversion=etcdctl version: 3.5.21\n")]
    [InlineData("end=1\ndata=/var/lib/etcd\n")]
    [InlineData("sudo: a password is required")]
    public void An_answer_that_breaks_off_is_none(string output) => EtcdSurvey.Read("k8s-m1", output).ShouldBeNull();

    [Theory]
    [InlineData("", "has no etcdctl that says its version")]
    [InlineData("version=etcdctl version: none\n", "has no etcdctl that says its version")]
    [InlineData("version=etcdctl version: 3.5.21\nown=" + Healthy + "\n", "not which members it has")]
    public void What_is_unknown_is_refused(string answer, string problem) =>
        Should.Throw<UserError>(() => Judge(EtcdSurvey.Read("k8s-m1", $"{answer}end=1\n")!, 3)).Problem.ShouldContain(problem);

    [Fact]
    public void Whatever_a_node_says_is_read()
    {
        var random = new Random(20261130);
        var text = $"data=/var/lib/etcd\nhas_data=1\nversion=etcdctl version: 3.6.10\nown={Healthy}\nend=1\n";
        foreach (var _ in Enumerable.Range(0, 10_000))
        {
            var characters = text.ToCharArray();
            foreach (var __ in Enumerable.Range(0, random.Next(1, 6)))
                characters[random.Next(characters.Length)] = (char)random.Next(1, 256);
            Should.NotThrow(() => EtcdSurvey.Read("k8s-m1", new string(characters))?.Etcdctl);
        }
    }

    private static string Judge(EtcdSurvey survey, int nodes, string? given = null, bool listens = true) =>
        survey.Require(
            Inventories.With([.. Enumerable.Range(1, nodes).Select(number => Nodes.Node($"k8s-m{number}", ["kube_control_plane", "etcd"]))]),
            new ControlPlaneRecovery(["k8s-m0"], [], ["etcd1"]), given, listens);

    private static EtcdSurvey WithQuorum(string version, bool restores, bool isHeard = true) => Survey(version, restores, $"""
        has_data=1
        own={Healthy}
        {(isHeard ? $"heard={Healthy}" : "")}
        member=8e9e05c52164694d, started, etcd1, https://192.0.2.10:2380, https://192.0.2.10:2379, false
        member=91bc3c398fb3c146, started, etcd2, https://192.0.2.11:2380, https://192.0.2.11:2379, false
        member=fd422379fda50e48, started, etcd3, https://192.0.2.12:2380, https://192.0.2.12:2379, false
        cluster=https://192.0.2.11:2379 is healthy: successfully committed proposal: took = 9.8ms
        cluster=https://192.0.2.12:2379 is healthy: successfully committed proposal: took = 11.2ms
        cluster=https://192.0.2.10:2379 is unhealthy: failed to commit proposal: context deadline exceeded
        cluster=Error: unhealthy cluster

        """);

    private static EtcdSurvey Lost(string version, bool restores, string more = "has_data=1\nhas_etcdutl=1\n") =>
        Survey(version, restores, $"{more}own={Unhealthy}\nown=Error: unhealthy cluster\n");

    private static EtcdSurvey Survey(string version, bool restores, string answer) => EtcdSurvey.Read(
        "k8s-m1", $"data=/var/lib/etcd\nversion=etcdctl version: {version}\nversion=API version: 3.5\n{(restores ? "restores=1\n" : "")}{answer}end=1\n")!;
}
