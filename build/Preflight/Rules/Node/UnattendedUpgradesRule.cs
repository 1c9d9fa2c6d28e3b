namespace KubeLab.Preflight;

/// <summary>No automatic upgrade is running: it holds the package manager's lock for minutes, and may restart services meanwhile.</summary>
internal sealed class UnattendedUpgradesRule() : NodeRule("unattended-upgrades", "Automatic upgrades")
{
    // Ubuntu's unattended-upgrades.service runs all the time and only waits for the shutdown: these are the ones that work.
    private static readonly string[] Jobs = ["apt-daily", "apt-daily-upgrade", "dnf-automatic"];

    public override IEnumerable<Finding> Judge(ProbedNode node, NodeFacts facts, PreflightContext scene)
    {
        var running = Jobs.Where(facts.Services.Contains).ToList();
        if (running.Count == 0)
            yield return Pass(node.Node, "none is running");
        else
            yield return Running(node, running);
    }

    private Finding Running(ProbedNode node, List<string> jobs) => Warn(
        node.Node,
        $"{node.Node.Name}: an automatic upgrade is running ({string.Join(", ", jobs)})",
        $"Wait until it is done (systemctl status {jobs[0]} on {node.Node.Name}), and turn its timer off for the time of the deployment.")
            .Compared(string.Join(", ", jobs), "none", "the playbook installs packages");
}
