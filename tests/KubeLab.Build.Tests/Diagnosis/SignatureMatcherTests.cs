using KubeLab.Diagnosis;

namespace KubeLab.Tests.Diagnosis;

/// <summary>What a node's own logs add to an explanation.</summary>
public class SignatureMatcherTests
{
    private const string Logs = "== kubelet\nFlag --cni-bin-dir has been deprecated\nF1125 server.go:157] unknown flag: --allow-privileged\ngoroutine 1 [running]:\n";

    private static readonly SignatureCatalog Catalog = SignatureCatalog.Load();
    private static readonly SignatureMatcher Explainer = new(Catalog, "/home/you/kubespray", "./build.sh Deploy --resume");

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

    [Theory]
    [InlineData(1, 12)]
    [InlineData(50_000_000, 12)]
    public void Of_all_patterns_only_those_are_matched_whose_texts_were_said_whatever_its_size(int size, int oneOf)
    {
        var patterns = Catalog.Signatures.Sum(each => each.Text.Count + each.Not.Count);
        var context = new FailureContext(Failed($"{new string('x', size)}\nwhat nobody knows"));

        Catalog.Judge(context);

        context.Said.Length.ShouldBeLessThan(64 * 1024);
        context.PatternsTried.ShouldBeLessThan(patterns / oneOf);
    }

    [Fact]
    public void What_is_shown_of_a_result_is_bounded()
    {
        var fields = Enumerable.Range(0, 5000).ToDictionary(i => $"field{i}", _ => new string('x', 10_000));

        var unknown = Explainer.Explain(Failed("what nobody knows") with { Result = fields });

        unknown.Evidence.Length.ShouldBeLessThan(20_000);
        unknown.Evidence.ShouldContain(" characters more …");
    }

    [Fact]
    public async Task I_am_told_where_a_nodes_logs_could_not_be_read_in_time()
    {
        using var ended = new CancellationTokenSource();
        await ended.CancelAsync();
        var failure = Failed("error execution phase wait-control-plane: timed out waiting for the condition");

        var explanation = Explainer.WithCause(Explainer.Explain(failure), NodeLogReader.Read("k8s-m0", Logs, null, null), ended.Token);

        explanation.Signature.ShouldBe("kubeadm-init-timeout");
        explanation.Evidence.ShouldContain("The logs of k8s-m0 could not be read in time. What tells most:");
    }

    private static Failure Failed(string text) => new() { Nodes = ["k8s-m0"], Status = "failed", Task = "Run kubeadm init", Text = text };
}
