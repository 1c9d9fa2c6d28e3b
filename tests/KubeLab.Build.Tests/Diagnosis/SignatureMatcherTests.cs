using KubeLab.Diagnosis;

namespace KubeLab.Tests.Diagnosis;

/// <summary>What a node's own logs add to an explanation.</summary>
public class SignatureMatcherTests
{
    private const string Logs = "== kubelet\nFlag --cni-bin-dir has been deprecated\nF1125 server.go:157] unknown flag: --allow-privileged\ngoroutine 1 [running]:\n";

    private static readonly SignatureMatcher Explainer = new(SignatureCatalog.Load(), "/home/you/kubespray", "./build.sh Deploy --resume");

    [Fact]
    public void I_am_told_the_cause_that_only_the_nodes_logs_know()
    {
        var failure = Failed("error execution phase wait-control-plane: timed out waiting for the condition");

        var explanation = Explainer.WithCause(Explainer.Explain(failure), "k8s-m0", Logs);

        Explainer.AsksNode(failure).ShouldBeTrue();
        explanation.Title.ShouldBe("kubeadm waited for the control plane in vain: the kubelet refuses its own options");
        explanation.Evidence.ShouldStartWith("From the logs of k8s-m0:\nF1125 server.go:157] unknown flag: --allow-privileged\n");
        explanation.Remedy.ShouldContain("Take --allow-privileged out of");
    }

    [Fact]
    public void The_nodes_logs_are_collected_although_the_task_told_the_cause_and_say_it_once()
    {
        var failure = Failed("error execution phase wait-control-plane: timed out waiting for the condition\nE1125 21:00:00.000000 1 run.go:74] failed to parse kubelet flag: unknown flag: --allow-privileged");

        var explanation = Explainer.WithCause(Explainer.Explain(failure), "k8s-m0", Logs);

        Explainer.AsksNode(failure).ShouldBeTrue();
        explanation.Title.ShouldBe("The kubelet refuses its own options");
        explanation.Evidence.ShouldStartWith("From the logs of k8s-m0:\n");
    }

    [Fact]
    public void No_node_is_asked_for_its_logs_where_they_have_nothing_to_do_with_it() =>
        Explainer.AsksNode(Failed("E: Unable to locate package containerd.io")).ShouldBeFalse();

    private static Failure Failed(string text) => new() { Nodes = ["k8s-m0"], Status = "failed", Task = "Run kubeadm init", Text = text };
}
