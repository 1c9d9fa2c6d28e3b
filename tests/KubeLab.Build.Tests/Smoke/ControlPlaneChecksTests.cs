using KubeLab.Kubernetes;
using KubeLab.Smoke;

namespace KubeLab.Tests.Smoke;

public class ControlPlaneChecksTests
{
    private static readonly DateTimeOffset Now = DateTimeOffset.Parse("2026-11-22T18:30:00Z");

    [Fact]
    public void I_see_a_healthy_control_plane_pass()
    {
        ControlPlanePodsCheck.Judge(["k8s-m0"], Recorded.Pods(), Recorded.States()).ShouldPass();
        CertificateRequestsCheck.Judge(Recorded.List("certificate-requests", CertificateSigningRequest.Read), Now).ShouldPass();
        EtcdMembersCheck.Judge(null, Recorded.List("component-statuses", KubeComponent.Read)).ShouldPass();
        TestNamespaceGate.Judge(Recorded.States(), Recorded.Pods()).ShouldBeNull();
    }

    [Fact]
    public void I_am_told_of_a_missing_scheduler_and_nothing_is_started_without_it()
    {
        var pods = Recorded.Pods("system-pods-no-scheduler");

        ControlPlanePodsCheck.Judge(["k8s-m0"], pods, Recorded.States()).ShouldBlame("k8s-m0", "kube-scheduler is missing");
        TestNamespaceGate.Judge(Recorded.States(), pods)!.ShouldContain("no kube-scheduler is ready");
    }

    [Fact]
    public void I_am_told_of_a_second_control_plane_without_pods() =>
        ControlPlanePodsCheck.Judge(["k8s-m0", "k8s-m1"], Recorded.Pods(), Recorded.States()).ShouldBlame("k8s-m1", "is missing");

    [Fact]
    public void I_am_told_of_a_component_that_crashes()
    {
        var pods = Recorded.Pods().Select(pod => pod.Name.Contains("scheduler", StringComparison.Ordinal)
            ? pod with { Conditions = [new("Ready", "False", "", "")], Containers = [new("kube-scheduler", "image", 7, "CrashLoopBackOff", "back-off 5m0s", false, null)] }
            : pod).ToList();

        ControlPlanePodsCheck.Judge(["k8s-m0"], pods, Recorded.States()).ShouldBlame("k8s-m0", "CrashLoopBackOff after 7 restarts");
    }

    [Fact]
    public void I_do_not_read_the_last_word_of_a_lost_node_about_its_pods()
    {
        var lost = NodeStates.Judge([.. Recorded.Nodes().Select(node => node with { Conditions = [] })], [], []);

        ControlPlanePodsCheck.Judge(["k8s-m0"], Recorded.Pods(), lost).ShouldBeSkipped("see nodes-ready");
    }

    [Fact]
    public void I_have_a_control_plane_skipped_that_is_not_made_of_pods() =>
        ControlPlanePodsCheck.Judge(["k8s-m0"], [], Recorded.States()).ShouldBeSkipped("isn't made of pods");

    [Fact]
    public void I_learn_from_the_API_server_which_part_of_it_is_broken()
    {
        const string Said = "Error from server (InternalError): an error on the server (\"[+]ping ok\\n[-]etcd failed: reason withheld\\n"
            + "[+]poststarthook/rbac/bootstrap-roles ok\\nreadyz check failed\") has prevented the request from succeeding";

        ApiReadyCheck.FailedParts(Said).ShouldBe("etcd failed: reason withheld");
    }

    [Fact]
    public void I_am_told_of_a_request_that_waits_or_was_denied_but_not_of_a_new_one()
    {
        CertificateSigningRequest Request(string state, int age) =>
            new("csr-1", "system:node:k8s-n1", "kubernetes.io/kubelet-serving", state, Now.AddSeconds(-age));

        CertificateRequestsCheck.Judge([Request("Pending", 300)], Now).ShouldBlame("k8s-n1", "kubectl certificate approve csr-1");
        CertificateRequestsCheck.Judge([Request("Denied", 5)], Now).ShouldBlame("k8s-n1", "is denied");
        CertificateRequestsCheck.Judge([Request("Pending", 5)], Now).ShouldPass();
        CertificateRequestsCheck.Judge([], Now).ShouldPass();
    }
}
