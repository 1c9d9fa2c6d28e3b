using KubeLab.Ansible;
using KubeLab.Preflight;

namespace KubeLab.Tests.Preflight;

public class ReleaseAssertsRuleTests
{
    private const string File = "/tree/roles/kubernetes/preinstall/tasks/0040-verify-settings.yml";

    [Fact]
    public void A_finding_says_where_the_assert_stands_and_where_its_variable_is_written()
    {
        using var cluster = Sample();
        cluster.Inventory("group_vars/all.yml", "kube_network_plugin: calcio\n");
        cluster.Node("m1", "cew", SampleFacts.Healthy(), ("kube_network_plugin", "calcio"));

        var finding = Judge(cluster, Task("Stop if unknown network plugin", Failed("m1", "kube_network_plugin in ['calico']", "calcio is not supported", ("kube_network_plugin", "calcio")))).Single();

        finding.Status.ShouldBe(FindingStatus.Failed);
        finding.Node.ShouldBe("m1");
        finding.Message.ShouldBe("m1: calcio is not supported: kube_network_plugin is calcio (inventory/group_vars/all.yml:1)");
        finding.Source!.Line.ShouldBe(7);
        finding.Source.Place.ShouldEndWith("roles/kubernetes/preinstall/tasks/0040-verify-settings.yml");
        finding.Remedy.ShouldBe("Set kube_network_plugin in inventory/group_vars/all.yml:1 so that this holds: kube_network_plugin in ['calico']");
        (finding.Observed!.Text, finding.Required!.Text).ShouldBe(("kube_network_plugin: calcio", "kube_network_plugin in ['calico']"));
    }

    [Fact]
    public void What_fails_on_all_nodes_is_the_clusters_and_said_once()
    {
        using var cluster = Sample();
        cluster.Node("m1", "cew", SampleFacts.Healthy()).Node("w1", "w", SampleFacts.Healthy(11));

        var task = Task("Stop if unsupported version of Kubernetes", Failed("m1", "kube_version is version('v1.25', '>=')", "too old"), Failed("w1", "kube_version is version('v1.25', '>=')", "too old"));

        Judge(cluster, task).Select(finding => finding.Node).ShouldBe([null]);
        Judge(cluster, task with { Passed = ["w2"] }).Select(finding => finding.Node).ShouldBe(["m1", "w1"]);
    }

    [Theory]
    [InlineData(UnknownKind.Missing, FindingStatus.Failed)]
    [InlineData(UnknownKind.Endless, FindingStatus.Failed)]
    [InlineData(UnknownKind.Broken, FindingStatus.Failed)]
    [InlineData(UnknownKind.Lacking, FindingStatus.Warning)]
    [InlineData(UnknownKind.Silent, FindingStatus.Skipped)]
    [InlineData(UnknownKind.Never, FindingStatus.Skipped)]
    public void What_is_unknown_is_no_pass(UnknownKind kind, FindingStatus status)
    {
        using var cluster = Sample();
        cluster.Node("m1", "cew", SampleFacts.Healthy());

        var findings = Judge(cluster, Task("Stop if the kernel is too old") with { Unknown = [new RehearsedUnknown("m1", "its answer lacks the kernel", kind)] });

        var finding = findings.Single(finding => finding.Status != FindingStatus.Passed);
        finding.Status.ShouldBe(status);
        finding.Message.ShouldContain("its answer lacks the kernel");
    }

    [Fact]
    public void What_only_collects_is_no_check()
    {
        using var cluster = Sample();
        cluster.Node("m1", "cew", SampleFacts.Healthy());

        var findings = Judge(cluster, Task("Check if calico ready") with { Registers = true, Unknown = [new RehearsedUnknown("m1", "calicoctl.sh is not run here", UnknownKind.Never)] });

        findings.Select(finding => finding.Status).ShouldBe([FindingStatus.Passed]);
    }

    [Fact]
    public void A_rehearsal_that_broke_off_is_a_warning()
    {
        using var cluster = Sample();
        cluster.Node("m1", "cew", SampleFacts.Healthy());

        var findings = SampleCluster.Explained(Judge(cluster, new Rehearsal([Task("Stop") with { Passed = ["m1"] }], "Ansible ended early")));

        findings.Select(finding => finding.Status).ShouldBe([FindingStatus.Warning]);
        findings[0].Message.ShouldBe("The release's asserts were not rehearsed to their end: Ansible ended early");
    }

    [Fact]
    public void A_tree_without_asserts_is_skipped()
    {
        using var cluster = Sample();

        Judge(cluster, new Rehearsal([], null) { NothingToJudge = "it has none" }).Select(finding => (finding.Status, finding.Message)).ShouldBe([(FindingStatus.Skipped, "it has none")]);
    }

    [Theory]
    [InlineData("worker-group", "groups.get( item )", "kube_node", "Assertion failed")]
    [InlineData("worker-group", null, null, "inventory_hostname in groups['kube_node'] can't be evaluated: no attribute 'kube_node'")]
    [InlineData("control-plane", null, null, "inventory_hostname in groups['kube_control_plane'] can't be evaluated: no attribute")]
    [InlineData("cluster-group", null, null, "inventory_hostname in groups['k8s_cluster'] can't be evaluated: no attribute")]
    [InlineData("group-names", "inventory_hostname is match(\"[a-z]\")", null, "Hostname must consist of lower case")]
    public void What_a_rule_has_found_is_said_by_it_alone(string rule, string? condition, string? item, string message)
    {
        using var cluster = Sample();
        cluster.Node("m1", "cew", SampleFacts.Healthy());
        var rehearsal = new Rehearsal([Task("Stop", new RehearsedFailure("m1", condition, message, item, new Dictionary<string, string>()))], null);
        var found = new Finding(rule, "found by a rule", null, FindingStatus.Failed, "it is empty");

        var alone = new ReleaseAssertsRule().Judge(cluster.Scene() with { Rehearsal = rehearsal });
        var beside = new ReleaseAssertsRule().Judge(cluster.Scene() with { Rehearsal = rehearsal, Found = [found] });

        alone.Single().Status.ShouldBe(FindingStatus.Failed);
        beside.ShouldBeEmpty();
    }

    private static SampleCluster Sample() => new();

    private static IReadOnlyList<Finding> Judge(SampleCluster cluster, RehearsedTask task) => SampleCluster.Explained(Judge(cluster, new Rehearsal([task], null)));

    private static IReadOnlyList<Finding> Judge(SampleCluster cluster, Rehearsal rehearsal) =>
        [.. new ReleaseAssertsRule().Judge(cluster.Scene() with { Rehearsal = rehearsal })];

    private static RehearsedTask Task(string name, params RehearsedFailure[] failures) => new(File, 7, name, "assert", false, false, [], [], failures, []);

    private static RehearsedFailure Failed(string host, string assertion, string message, params (string Name, string Value)[] values) =>
        new(host, assertion, message, null, values.ToDictionary(value => value.Name, value => value.Value, StringComparer.Ordinal));
}
