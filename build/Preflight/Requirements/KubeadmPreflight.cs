namespace KubeLab.Preflight;

/// <summary>The checks that kubeadm makes itself on a control plane node, and dies of minutes into the playbook.</summary>
public static class KubeadmPreflight
{
    /// <summary>The variable with the checks that kubeadm is told to ignore. Up to v2.26 Kubespray had kubeadm ignore all of
    /// them, and its tree does not have the variable.</summary>
    public static string Variable => "kubeadm_ignore_preflight_errors";

    /// <summary>The least memory of a control plane node, in MB (kubeadm, constants.ControlPlaneMem).</summary>
    public static int MemoryMb => 1700;

    /// <summary>The least processors of a control plane node (kubeadm, constants.ControlPlaneNumCPU).</summary>
    public static int Cpus => 2;

    /// <summary>Why kubeadm will make one of its checks of a control plane on a node; null where it won't.</summary>
    /// <param name="check">kubeadm's name for the check, such as <c>Mem</c>.</param>
    public static string? OfControlPlane(ProbedNode node, NodeFacts facts, PreflightContext scene, string check) =>
        // A node that has joined is not initialised again; and in a container kubeadm sees the host's figures (sysinfo(2)).
        node.IsControlPlane && !facts.HasJoinedCluster && facts.Container is null ? Of(node, scene, check) : null;

    /// <summary>Why kubeadm makes a check on a node that joins the cluster; null where it is told to ignore it.</summary>
    public static string? Of(ProbedNode node, PreflightContext scene, string check) =>
        scene.Variables.HasDefault(Variable) && scene.Variables.Of(node.Node, Variable) is { Unresolved: null } ignored
        && !ignored.Items.Append(ignored.Text).Any(item =>
            item.ToLowerInvariant() is "all" || item.Equals(check, StringComparison.OrdinalIgnoreCase))
            ? $"kubeadm's check {check}, not ignored in {ignored.Source}" : null;
}
