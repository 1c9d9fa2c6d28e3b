using KubeLab.Variables;

namespace KubeLab.Preflight;

/// <summary>The checks that kubeadm makes itself on a control plane node, and dies of minutes into the playbook.</summary>
public static class KubeadmPreflight
{
    /// <summary>
    /// The variable with the checks that kubeadm is told to ignore. Up to v2.26 Kubespray had kubeadm ignore all of them, and its
    /// tree does not have the variable.
    /// </summary>
    public const string Variable = "kubeadm_ignore_preflight_errors";

    /// <summary>The least memory of a control plane node, in MB (kubeadm, constants.ControlPlaneMem).</summary>
    public const int MemoryMb = 1700;

    /// <summary>The least processors of a control plane node (kubeadm, constants.ControlPlaneNumCPU).</summary>
    public const int Cpus = 2;

    /// <summary>Whether kubeadm will make one of its checks of a control plane on a node.</summary>
    /// <param name="check">kubeadm's name for the check, such as <c>Mem</c>.</param>
    public static bool Applies(ProbedNode node, NodeFacts facts, PreflightContext scene, string check, out string source)
    {
        source = "";

        // A node that has joined is not initialised again; and in a container kubeadm sees the host's figures (sysinfo(2)).
        return node.Node.IsControlPlane && !facts.HasJoinedCluster && facts.Container is null && Makes(node, scene, check, out source);
    }

    /// <summary>Whether the distribution lets kubeadm make one of its checks on a node that joins the cluster.</summary>
    public static bool Makes(ProbedNode node, PreflightContext scene, string check, out string source)
    {
        source = "";
        if (!IsInTree(scene))
            return false;
        var ignored = scene.Variables.Of(node.Node, Variable);
        if (ignored is null || ignored.Unresolved is not null || ignored.Items.Any(item => Names(item, check)) || Names(ignored.Text, check))
            return false;
        source = $"kubeadm's check {check}, not ignored in {ignored.Source}";
        return true;
    }

    private static bool IsInTree(PreflightContext scene) => scene.Variables.HasDefault(Variable);

    private static bool Names(string item, string check) =>
        item.Equals(check, StringComparison.OrdinalIgnoreCase) || item.Equals("all", StringComparison.OrdinalIgnoreCase);
}
