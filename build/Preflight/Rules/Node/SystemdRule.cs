namespace KubeLab.Preflight;

/// <summary>systemd runs the node's services, as Kubespray asserts.</summary>
internal sealed class SystemdRule() : NodeRule("systemd", "Service manager")
{
    public override IReadOnlyList<string> Restates => ["service_mgr"];

    public override IEnumerable<Finding> Judge(ProbedNode node, NodeFacts facts, PreflightContext scene)
    {
        if (facts.RunsSystemd || facts.InitProcess == "systemd")
            return [Pass("systemd") with { Observed = "systemd" }];
        if (facts.InitProcess is not { } init)
            return [Unknown(node, facts.Without("it does not say what process 1 is", "grep"))];
        return [Fail(
            $"{node.Name}: process 1 is {init}, and the playbook manages services with systemd",
            "Use a machine, or a container image, that systemd runs.")
                .Compared(init, "systemd", "Kubespray's assert on ansible_service_mgr")];
    }
}
