using System.Xml.Linq;
using KubeLab.Lifecycle;
using KubeLab.Preflight;
using KubeLab.Reports;
using KubeLab.Status;
using KubeLab.Tests.Machines;

namespace KubeLab.Tests.Reports;

/// <summary>A plan and a list of certificates in a record are shown in all forms of the report.</summary>
public class LifecycleReportTests
{
    private const string Hostile = "<b>|`x`";

    private static readonly UpgradePlan Plan = new()
    {
        Cluster = "mine",
        From = "v2.29.1, Kubernetes 1.33.7",
        To = "v2.30.0, Kubernetes 1.34.3",
        Duration = TimeSpan.FromMinutes(20),
        Findings = [],
        Steps =
        [
            new UpgradeStep(1, "v2.30.0", "1.34.3", "3.5.26", "2.17", null, "./build.sh Upgrade --kubespray-version v2.30.0", "Keep it.",
                [new Finding("plan-etcd", "etcd is new enough", null, FindingStatus.Failed, $"etcd is too old {Hostile}") { Remedy = "Bring it on." }]),
        ],
    };

    private static readonly DateTimeOffset At = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    private static readonly CertificateReport Certificates = new("mine", At,
    [
        new NodeCertificates("k8s-m0",
            [
                new NodeCertificate("/etc/kubernetes/pki/apiserver.crt", null, 0, "CN=kube-apiserver", $"CN={Hostile}", ["192.0.2.10"], At, At.AddDays(40), "the API server", "ab"),
                new NodeCertificate("/etc/kubernetes/admin.conf", "certificate-authority", 0, "CN=kubernetes", "CN=kubernetes", [], At, At.AddDays(3), "administrators", "cd"),
            ],
            [new ServiceAccountKey("/etc/kubernetes/pki/sa.pub", "ef")], null, []),
    ]);

    private static readonly StatusReport Status = new("mine", At,
        [new FileDifference("k8s-n1", "/etc/kubernetes/kubelet.env", false, [$"-a={Hostile}", "+a=b"], 2)],
        [new FileNotCompared("k8s-n0", "/etc/kubernetes/kubeadm-client.conf", "it depends on a token")]);

    [Fact]
    public void I_find_what_differs_in_every_form()
    {
        using var record = new SampleRecord().Succeeded().Write(StatusReport.FileName, RecordJson.Write(Status));

        record.Render();

        foreach (var form in new[] { "report.html", "summary.md", "report.json" })
        {
            var text = File.ReadAllText(record.File(form));
            text.ShouldContain("/etc/kubernetes/kubelet.env");
            text.ShouldContain("kubeadm-client.conf");
        }

        File.ReadAllText(record.File("report.html")).ShouldNotContain(Hostile);
        File.ReadAllText(record.File("summary.md")).ShouldContain("+a=b");
        SchemaCheck.Follow("report.schema.json", File.ReadAllText(record.File("report.json")));
    }

    [Fact]
    public void I_find_them_in_every_form()
    {
        using var record = new SampleRecord().Succeeded().Write(UpgradePlan.FileName, RecordJson.Write(Plan)).Write(CertificateReport.FileName, RecordJson.Write(Certificates));

        record.Render();

        var page = File.ReadAllText(record.File("report.html"));
        page.ShouldContain("Kubespray v2.30.0, Kubernetes 1.34.3");
        page.ShouldContain("/etc/kubernetes/pki/apiserver.crt");
        page.ShouldNotContain(Hostile);
        page.ShouldNotContain("admin.conf (certificate-authority)");
        var summary = File.ReadAllText(record.File("summary.md"));
        summary.ShouldContain("### Step 1 of 1: Kubespray v2.30.0");
        summary.ShouldContain("| k8s-m0 | /etc/kubernetes/pki/apiserver.crt | 40 | 2026-02-11 |");
        summary.ShouldNotContain(Hostile);
        XDocument.Load(record.File("junit.xml")).Descendants("testsuite").Single(suite => suite.Attribute("name")!.Value == "UpgradePlan.steps")
            .Descendants("failure").Single().Attribute("message")!.Value.ShouldContain("./build.sh Upgrade");
        SchemaCheck.Follow("report.schema.json", File.ReadAllText(record.File("report.json")));
        File.ReadAllText(record.File("report.json")).ShouldContain("\"usedBy\": \"the API server\"");
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("{\"version\": 99}")]
    [InlineData("nonsense")]
    [InlineData("{\"version\": 1, \"cluster\": \"mine\", \"nodes\": [null], \"steps\": [null], \"files\": [null], \"notCompared\": [null]}")]
    public void A_damaged_one_is_named_and_the_rest_is_shown(string damaged)
    {
        using var record = new SampleRecord().Succeeded().Write(UpgradePlan.FileName, damaged).Write(CertificateReport.FileName, damaged).Write(StatusReport.FileName, damaged);

        var report = record.Render();

        (report.Plan, report.Certificates, report.Status).ShouldBe((null, null, null));
        report.Notes.Count.ShouldBe(3);
    }
}
