namespace KubeLab.Preflight;

/// <summary>Programs can run where the playbook puts them at first: /tmp and <c>local_release_dir</c> are not mounted
/// noexec.</summary>
internal sealed class NoexecRule() : NodeRule("noexec", "Programs in temporary folders", FindingStatus.Warning)
{
    private const string ReleaseFolder = "local_release_dir";
    private const string Temporary = "/tmp";

    public override IReadOnlyList<string> Variables => [ReleaseFolder];

    public override IEnumerable<Finding> Judge(ProbedNode node, NodeFacts facts, PreflightContext scene)
    {
        if (facts.Mounts is null)
            return [Unknown(node, facts.Without("its /proc/self/mounts can't be read", "grep"))];
        var folder = scene.Variables.Of(node.Node, ReleaseFolder) is { Unresolved: null } set ? set : null;
        var forbidden = new[] { Temporary, folder?.Text }.OfType<string>()
            .Where(path => facts.MountOf(path)?.Options.Contains("noexec") is true).ToList();
        if (forbidden.Count == 0)
            return [Pass("they can be run there")];
        var mounts = string.Join(", ", forbidden.Select(path => facts.MountOf(path)!.Path).Distinct());
        return
        [
            Warn(
                $"{node.Name}: no program can be run under {string.Join(" and ", forbidden)}: {mounts} is mounted noexec",
                $"Mount it with exec on {node.Name} (mount -o remount,exec {mounts}, and in /etc/fstab), or set {ReleaseFolder} to another folder in {scene.Variables.FileForAllNodes}.")
                .Compared("noexec", "exec", folder is not null && forbidden.Contains(folder.Text) ? folder.Source
                    : "ansible's and pip's temporary files"),
        ];
    }
}
