namespace KubeLab.Preflight;

/// <summary>No automatic upgrade is running: it holds the package manager's lock for minutes, and may restart services.</summary>
internal sealed class UnattendedUpgradesRule() : NodeRule("unattended-upgrades", "Automatic upgrades")
{
    // Ubuntu's unattended-upgrades.service runs all the time and only waits for the shutdown: these are the ones that work.
    private static readonly string[] Jobs = ["apt-daily", "apt-daily-upgrade", "dnf-automatic"];

    public override IEnumerable<Finding> Judge(ProbedNode node, NodeFacts facts, PreflightContext scene)
    {
        if (Jobs.Where(facts.Services.Contains).ToList() is not [var first, ..] running)
            return [Pass("none is running")];
        var names = string.Join(", ", running);
        return [Warn(
            $"{node.Name}: an automatic upgrade is running ({names})",
            $"Wait until it is done (systemctl status {first} on {node.Name}), and turn its timer off for the time of the deployment.")
                .Compared(names, "none", "the playbook installs packages")];
    }
}
