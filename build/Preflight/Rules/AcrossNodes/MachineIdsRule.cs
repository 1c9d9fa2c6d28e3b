namespace KubeLab.Preflight;

/// <summary>Every node has a machine id of its own: clones that share one get the same address by DHCP, and mix up in logs.</summary>
internal sealed class MachineIdsRule() : ClusterRule("machine-ids", "Machine ids", RuleStage.Nodes)
{
    public override IEnumerable<Finding> Judge(PreflightContext scene) => Duplicates.Among(scene, (_, facts) => facts.MachineId).Judge(
        twins => Warn(
            null,
            $"{twins.Nodes} have the same machine id, as clones of one image do",
            "On all but one: rm /etc/machine-id /var/lib/dbus/machine-id; systemd-machine-id-setup; then restart it.") with
        {
            Source = "machine-id(5): unique to the installation",
        },
        () => Pass(null, "every node that answered has one of its own"));
}
