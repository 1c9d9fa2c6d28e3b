namespace KubeLab.Preflight;

/// <summary>Something keeps the node's clock right.</summary>
internal sealed class TimeSyncRule() : NodeRule("time-sync", "Time synchronisation", FindingStatus.Warning)
{
    private const string PlaybookInstallsOne = "ntp_enabled";
    private const string Clocks = "etcd warns from 1 s between clocks on; certificates and leases need them right";
    private static readonly string[] Daemons = ["systemd-timesyncd", "chrony", "chronyd", "ntp", "ntpd", "ntpsec", "openntpd"];

    public override IReadOnlyList<string> Variables => [PlaybookInstallsOne];

    public override IEnumerable<Finding> Judge(ProbedNode node, NodeFacts facts, PreflightContext scene)
    {
        var daemon = Daemons.FirstOrDefault(facts.Services.Contains);
        if (facts.Container is { } container)
            yield return Skip($"the host keeps the clock of a container ({container})");
        else if (facts.CgroupVersion is null || !facts.RunsSystemd)
            yield return Unknown(node, "which services run is only known under systemd");
        else if (daemon is null)
            yield return NoDaemon(node, scene);
        else if (daemon == "systemd-timesyncd" && !facts.Paths.Contains("/run/systemd/timesync/synchronized"))
            yield return NotYet(node, daemon, "timedatectl timesync-status");
        else if (daemon.StartsWith("chrony", StringComparison.Ordinal) && facts.ChronyFollows is false)
            yield return NotYet(node, daemon, "chronyc sources");
        else
            yield return Pass($"{daemon} runs") with { Observed = daemon };
    }

    private Finding NoDaemon(ProbedNode node, PreflightContext scene) =>
        scene.Variables.Of(node.Node, PlaybookInstallsOne) is { Unresolved: null, IsTrue: true } set
            ? Pass($"none yet; the playbook installs one ({set.Source})") with { Observed = "none" }
            : Warn(
                $"{node.Name}: no time service runs, so its clock will drift",
                $"Install chrony there{(scene.Variables.HasDefault(PlaybookInstallsOne) ? $", or set {PlaybookInstallsOne}: true in {scene.Variables.FileForAllNodes}" : "")}.")
                    .Compared("none", "one of " + string.Join(", ", Daemons), Clocks);

    private Finding NotYet(ProbedNode node, string daemon, string command) => Warn(
        $"{node.Name}: {daemon} runs, and follows no time server",
        $"See {command} on {node.Name}: its servers may be out of reach.")
            .Compared("not synchronised", "synchronised", Clocks);
}
