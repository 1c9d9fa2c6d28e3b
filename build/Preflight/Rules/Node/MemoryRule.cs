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

    public override IEnumerable<Finding> Judge(ProbedNode node, NodeFacts facts, PreflightContext scene)
    {
        if (facts.MemoryMb is not { } memory)
            return [Skip("the node's /proc/meminfo gives no MemTotal")];
        var byAsserts = ByAsserts(node, memory, scene).Select(finding => finding with { Observed = Measure.Of(memory, "MB") });
        return ByKubeadm(node, facts, memory, scene) is { } byKubeadm ? byAsserts.Append(byKubeadm) : byAsserts;
    }

    private IEnumerable<Finding> ByAsserts(ProbedNode node, long memory, PreflightContext scene)
    {
        if (scene.Variables.Of(node.Node, IgnoreAsserts) is { } ignore && (ignore.Unresolved is not null || ignore.IsTruthy))
        {
            yield return Skip(ignore.Unresolved is { } reason
                ? $"{IgnoreAsserts} ({ignore.Source}) can't be read: {reason}"
                : $"{IgnoreAsserts} is {ignore.Text} ({ignore.Source}), so the playbook does not check it either");
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
            return Skip($"{name} is {threshold.Text}: {reason}") with { Source = source };
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

    private Finding? ByKubeadm(ProbedNode node, NodeFacts facts, long memory, PreflightContext scene)
    {
        if (KubeadmPreflight.OfControlPlane(node, facts, scene, "Mem") is not { } source)
            return null;
        var verdict = memory >= KubeadmPreflight.MemoryMb
            ? Pass($"{memory} MB, kubeadm asks for {KubeadmPreflight.MemoryMb}")
            : Fail(
                $"{node.Name} has {memory} MB of memory, and kubeadm refuses a control plane with less than {KubeadmPreflight.MemoryMb}",
                $"Give {node.Name} at least {KubeadmPreflight.MemoryMb} MB, or add Mem to {KubeadmPreflight.Variable} in {scene.Variables.FileForAllNodes}.");
        return verdict.Compared(Measure.Of(memory, "MB"), Measure.Of(KubeadmPreflight.MemoryMb, "MB"), source);
    }
}
