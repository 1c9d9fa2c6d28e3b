using KubeLab.Kubernetes;
using KubeLab.Smoke;

namespace KubeLab.Tests.Smoke;

public class SystemChecksTests
{
    private static readonly Dictionary<string, string> Dns = new(StringComparer.Ordinal) { ["k8s-app"] = "kube-dns" };
    private static readonly Dictionary<string, string> None = new(StringComparer.Ordinal);
    private static readonly KubeWorkload Complete = new("deployment", "coredns", "kube-system", Dns, 2, 2, 2, true);

    [Fact]
    public void I_have_an_empty_kube_system_skipped() =>
        SystemWorkloadsCheck.Judge([], Recorded.Pods(), Recorded.States()).ShouldBeSkipped("nothing runs in kube-system beside the control plane");

    [Fact]
    public void I_see_complete_workloads_pass() =>
        SystemWorkloadsCheck.Judge([Complete], [Pod("coredns-1"), Pod("coredns-2")], Recorded.States()).ShouldPass();

    [Fact]
    public void I_am_told_of_a_workload_that_lacks_a_pod_and_of_its_node() =>
        SystemWorkloadsCheck.Judge([Complete with { Available = 1 }], [Pod("coredns-1"), Crashing("coredns-2")], Recorded.States())
            .ShouldBlame("k8s-n1", "deployment kube-system/coredns has 1 of 2 pods available: coredns-2: container coredns: CrashLoopBackOff");

    [Fact]
    public void I_am_told_of_a_workload_without_any_pod() =>
        SystemWorkloadsCheck.Judge([Complete with { Available = 0, Updated = 0 }], [], Recorded.States()).ShouldBlame(null, "0 of 2 pods available");

    [Fact]
    public void I_am_told_of_a_workload_whose_controller_sleeps() =>
        SystemWorkloadsCheck.Judge([Complete with { IsObserved = false }], [], Recorded.States()).ShouldBlame(null, "coredns");

    [Fact]
    public void I_do_not_blame_a_workload_for_a_lost_node()
    {
        var states = Recorded.States("nodes-kubelet-stopped", "node-leases-kubelet-stopped");

        SystemWorkloadsCheck.Judge([Complete with { Available = 1 }], [Pod("coredns-1", "k8s-n0"), Crashing("coredns-2")], states)
            .ShouldBeSkipped("see nodes-ready");
    }

    [Fact]
    public void I_am_told_of_a_crashing_pod_that_no_workload_owns() =>
        SystemWorkloadsCheck.Judge([], [Crashing("stray") with { Labels = None }], Recorded.States()).ShouldBlame("k8s-n1", "pod kube-system/stray");

    [Fact]
    public void I_do_not_hear_of_completed_jobs_failed_tries_and_evicted_pods()
    {
        IReadOnlyList<KubePod> pods =
        [
            Pod("install-1") with { Phase = "Succeeded", OwnerKind = "Job", Conditions = [] },
            Crashing("install-2") with { OwnerKind = "Job", Labels = None },
            Pod("coredns-0") with { Phase = "Failed", Reason = "Evicted", Conditions = [] },
            Pod("coredns-1"), Pod("coredns-2"),
        ];

        SystemWorkloadsCheck.Judge([Complete], pods, Recorded.States()).ShouldPass();
    }

    [Fact]
    public void I_am_told_of_a_restart_while_the_test_looks()
    {
        var before = Recorded.Pods();
        var after = before.Select(pod => pod.Name.Contains("scheduler", StringComparison.Ordinal)
            ? pod with { Containers = [.. pod.Containers.Select(container => container with { Restarts = container.Restarts + 1 })] }
            : pod).ToList();

        RestartCountsCheck.Judge(before, after, TimeSpan.FromSeconds(3)).ShouldBlame("k8s-m0", "restarted within 3 s");
        RestartCountsCheck.Judge(before, before, TimeSpan.FromSeconds(3)).ShouldPass();
    }

    [Fact]
    public void I_am_told_of_a_service_without_endpoints() =>
        SystemServicesCheck.Judge(
                Recorded.List("services-forlorn", KubeService.Read), Recorded.List("endpoints-forlorn", KubeEndpoints.Read), [])
            .ShouldBlame(null, "service kube-system/forlorn has no endpoint: no pod fits its selector");

    [Fact]
    public void I_have_a_service_wait_for_pods_that_are_reported_already()
    {
        KubeService service = new("kube-dns", "kube-system", "10.233.0.10", true, 0, Dns);
        KubeEndpoints waiting = new("kube-dns", [], 2);

        SystemServicesCheck.Judge([service], [waiting], [Complete with { Available = 0 }]).ShouldBeSkipped("see system-workloads");
        SystemServicesCheck.Judge([service], [waiting], [Complete]).ShouldBlame(null, "its pods are not ready");
        SystemServicesCheck.Judge([service], [waiting with { Ready = [new("10.233.65.2", "k8s-n0")] }], [Complete]).ShouldPass();
        SystemServicesCheck.Judge([service with { HasSelector = false }], [], []).ShouldBeSkipped("no Service that selects pods");
    }

    private static KubePod Pod(string name, string node = "k8s-n1") => new()
    {
        Name = name,
        Namespace = "kube-system",
        Labels = Dns,
        Node = node,
        Phase = "Running",
        OwnerKind = "ReplicaSet",
        Conditions = [new("Ready", "True", "", "")],
        Containers = [new("coredns", "coredns:1.12", 0, null, "", true, null)],
    };

    private static KubePod Crashing(string name) => Pod(name) with
    {
        Conditions = [new("Ready", "False", "ContainersNotReady", "")],
        Containers = [new("coredns", "coredns:1.12", 4, "CrashLoopBackOff", "back-off 1m20s restarting failed container", false, null)],
    };
}
