using KubeLab.Variables;

namespace KubeLab.Preflight;

/// <summary>The node has the memory that its roles need, by the distribution's own asserts: <c>ansible_memtotal_mb</c> at least
/// <c>minimal_master_memory_mb</c> in the control plane and at least <c>minimal_node_memory_mb</c> on a worker, both on a node
/// that is both, neither on one that is only a member of etcd, and none where <c>ignore_assert_errors</c> is set (Kubespray,
/// roles/kubernetes/preinstall/tasks/0040-verify-settings.yml).</summary>
internal sealed class MemoryRule() : NodeRule("memory", "Memory")
{
    private const string OfControlPlane = "minimal_master_memory_mb";
    private const string OfWorker = "minimal_node_memory_mb";
    private const string IgnoreAsserts = "ignore_assert_errors";

    public override IReadOnlyList<string> Variables => [OfControlPlane, OfWorker, IgnoreAsserts, KubeadmPreflight.Variable];

    public override IReadOnlyList<string> Restates => ["memtotal_mb"];

    public override IEnumerable<Finding> Judge(ProbedNode node, NodeFacts facts, PreflightContext scene)
    {
        if (facts.MemoryMb is not { } memory)
            return [Unknown(node, facts.Without("its /proc/meminfo gives no MemTotal", "grep"))];
        return ByAsserts(node, memory, scene).Concat(ByKubeadm(node, facts, memory, scene))
            .Select(finding => finding with { Observed = Measure.Of(memory, "MB") });
    }

    private IEnumerable<Finding> ByAsserts(ProbedNode node, long memory, PreflightContext scene)
    {
        if (scene.Variables.Of(node.Node, IgnoreAsserts) is { } ignore && (ignore.Unresolved is not null || ignore.IsTruthy))
        {
            yield return ignore.Unresolved is { } reason
                ? Unresolved(node, ignore, reason)
                : Skip($"{IgnoreAsserts} is {ignore.Text} ({ignore.Source}), so the playbook does not check it either");
            yield break;
        }

        if (!node.JoinsCluster)
            yield return Pass($"{memory} MB; a node that only runs etcd has no floor");
        if (node.IsControlPlane)
            yield return ByThreshold(node, memory, OfControlPlane, scene);
        if (node.IsWorker)
            yield return ByThreshold(node, memory, OfWorker, scene);
    }

    private Finding ByThreshold(ProbedNode node, long memory, string name, PreflightContext scene)
    {
        if (scene.Variables.Of(node.Node, name) is not { } threshold)
            return Skip($"neither the inventory nor the distribution sets {name}");
        var source = threshold.Source;
        if (threshold.Unresolved is { } reason)
            return Unresolved(node, threshold, reason);
        if (threshold.Number is not { } required)
            return NotANumber(node, threshold) with { Required = "a number", Source = source };
        if (required < 0)
            return Fail(
                $"{node.Name}: {name} is {threshold.Text}, and no machine has less than nothing",
                $"Correct {name} in {scene.Variables.WhereToChange(threshold)}.") with
            { Required = "a number", Source = source };

        var figure = Measure.Of(required);
        var verdict = memory >= required
            ? Pass($"{memory} MB, {name} is {figure}")
            : Fail(
                $"{node.Name} has {memory} MB of memory, {name} asks for {figure}",
                $"Give {node.Name} at least {figure} MB, or lower {name} in {scene.Variables.WhereToChange(threshold)}.");
        return verdict with { Required = Measure.Of(required, "MB"), Source = source };
    }

    // Ansible compares a number with a text by failing: "'>=' not supported between instances of 'int' and 'str'".
    private Finding NotANumber(ProbedNode node, EffectiveVariable threshold) => threshold.WholeNumber is { } meant
        ? Fail(
            $"{node.Name}: {threshold.Name} is the text \"{threshold.Text}\", and the playbook's check fails on comparing it with a number",
            $"Write it without quotes: {threshold.Name}: {meant} in {threshold.Source}.")
        : Fail(
            $"{node.Name}: {threshold.Name} is {threshold.Value.GetRawText()}, which is no number of megabytes",
            $"Correct {threshold.Name} in {threshold.Source}.");

    private Finding Unresolved(ProbedNode node, EffectiveVariable variable, string reason) => Unknown(
        $"{variable.Name} is {variable.Text}: {reason}", $"Correct {variable.Name} in {variable.Source}.",
            node.Node) with
    { Source = variable.Source };

    private IEnumerable<Finding> ByKubeadm(ProbedNode node, NodeFacts facts, long memory, PreflightContext scene)
    {
        if (KubeadmPreflight.OfControlPlane(node, facts, scene, "Mem") is not { } source)
            yield break;
        var verdict = memory >= KubeadmPreflight.MemoryMb
            ? Pass($"{memory} MB, kubeadm asks for {KubeadmPreflight.MemoryMb}")
            : Fail(
                $"{node.Name} has {memory} MB of memory, and kubeadm refuses a control plane with less than {KubeadmPreflight.MemoryMb}",
                $"Give {node.Name} at least {KubeadmPreflight.MemoryMb} MB, or add Mem to {KubeadmPreflight.Variable} in {scene.Variables.FileForAllNodes}.");
        yield return verdict.Compared(Measure.Of(memory, "MB"), Measure.Of(KubeadmPreflight.MemoryMb, "MB"), source);
    }
}
