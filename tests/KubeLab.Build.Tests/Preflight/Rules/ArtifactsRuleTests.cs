using KubeLab.Ansible;
using KubeLab.Preflight;

namespace KubeLab.Tests.Preflight;

/// <summary>What is said of the files and images that nodes are going to download.</summary>
public sealed class ArtifactsRuleTests : IDisposable
{
    private static readonly Download Kubelet = new("kubelet", "http://192.0.2.1:8080/dl.k8s.io/kubelet", null, null, ["n0"]);
    private static readonly Download Etcd = new("etcd", "http://192.0.2.1:8080/github.com/etcd.tar.gz", null, null, ["n0"]);
    private static readonly Download Calico = new("calico_node", null, null, "192.0.2.1:8081/calico/node:v3", ["n0"]);

    private readonly SampleCluster cluster = new();

    public void Dispose() => cluster.Dispose();

    [Fact]
    public void It_is_only_asked_for_with_deep()
    {
        One();

        cluster.Judge("artifacts").ShouldHaveSingleItem().Message.ShouldBe("only asked for with --deep");
    }

    [Fact]
    public void All_there_passes() => Judge((Kubelet, "there"), (Calico, "there")).ShouldHaveSingleItem().Message.ShouldBe("2 asked for, and all there");

    [Fact]
    public void What_is_alike_is_said_once_with_each_name()
    {
        var findings = Judge((Kubelet, "404 Not Found"), (Etcd, "404 Not Found"), (Calico, "[Errno 111] Connection refused"));

        findings.Count.ShouldBe(2);
        findings.ShouldAllBe(finding => finding.Status == FindingStatus.Failed && finding.Node == "n0");
        findings[0].Message.ShouldBe($"n0 gets 404 Not Found from 192.0.2.1:8080 in place of kubelet ({Kubelet.Url}), etcd ({Etcd.Url})");
        findings[1].Message.ShouldContain("calico_node (192.0.2.1:8081/calico/node:v3)");
    }

    [Fact]
    public void A_page_to_log_in_at_is_called_one() => Judge((Kubelet, "page")).ShouldHaveSingleItem().Message.ShouldContain("such as one to log in at");

    [Fact]
    public void A_registry_that_wants_a_login_is_unknown_and_no_failure_of_the_image() => Judge((Calico, "401 Unauthorized")).ShouldHaveSingleItem().Unknown.ShouldBeTrue();

    [Fact]
    public void A_node_that_could_not_ask_is_unknown() =>
        Judge(new ArtifactLook(new Dictionary<string, ArtifactAnswers>(StringComparer.Ordinal) { ["n0"] = new([], "no Python 3") }, null)).ShouldHaveSingleItem().Unknown.ShouldBeTrue();

    [Fact]
    public void Where_nobody_knows_what_is_downloaded_the_reason_is_said() =>
        Judge(new ArtifactLook(new Dictionary<string, ArtifactAnswers>(StringComparer.Ordinal), "Ansible can't resolve it")).ShouldHaveSingleItem().Message.ShouldContain("Ansible can't resolve it");

    private IReadOnlyList<Finding> Judge(params (Download, string)[] outcomes) =>
        Judge(new ArtifactLook(new Dictionary<string, ArtifactAnswers>(StringComparer.Ordinal) { ["n0"] = new(outcomes, null) }, null));

    private IReadOnlyList<Finding> Judge(ArtifactLook look)
    {
        One();
        return SampleCluster.Explained(new RuleRunner([.. CheckCatalog.All<Rule>().Where(each => each.Id == "artifacts")], new PreflightOptions())
            .Findings(cluster.Scene() with { Artifacts = look }));
    }

    private void One() => cluster.Node("n0", "w", SampleFacts.Healthy(10));
}
