namespace KubeLab.Preflight;

/// <summary>Every node has its own machine id: clones that share one get the same address by DHCP, and mix up in logs.</summary>
internal sealed class MachineIdsRule() : TwinsRule("machine-ids", "Machine ids")
{
    public override IEnumerable<Finding> Judge(PreflightContext scene) => Judge(
        scene,
        (_, facts) => facts.MachineId,
        "machine-id(5): unique to the installation",
        twins => Warn(
            $"{twins.Nodes} have the same machine id, as clones of one image do",
            "On all but one: rm /etc/machine-id /var/lib/dbus/machine-id; systemd-machine-id-setup; then restart it."));
}
