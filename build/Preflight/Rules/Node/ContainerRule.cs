using KubeLab.Variables;

namespace KubeLab.Preflight;

/// <summary>
/// A node that is a container can do less than a machine: what Kubespray sets by default and a container can't have is set
/// otherwise. Seen with Kubespray v2.18.2 and v2.31.0 on LXC's containers.
/// </summary>
internal sealed class ContainerRule() : NodeRule("container", "What a container can't do")
{
    private const string Conntrack = "kube_proxy_conntrack_max_per_core";
    private const string RuntimeArguments = "containerd_extra_runtime_args";
    private const string RestrictedScore = "restrict_oom_score_adj";
    private const string OpenFiles = "containerd_base_runtime_spec_rlimit_nofile";
    private const string SystemdCgroup = "containerd_use_systemd_cgroup";

    public override IReadOnlyList<string> Variables => [Conntrack, RuntimeArguments, OpenFiles, SystemdCgroup];

    public override IEnumerable<Finding> Judge(ProbedNode node, NodeFacts facts, PreflightContext scene)
    {
        if (!node.JoinsCluster || facts.Container is not { } container)
            return [Skip(node.JoinsCluster ? "it has a kernel of its own" : "no pods run here")];
        // A distribution of another kind has none of these variables, and knows by itself what its nodes are.
        if (!scene.Variables.HasDefault(Conntrack))
            return [Skip($"the distribution doesn't know {Conntrack}")];
        var what = new Container(node, facts, scene, container);
        return ((Finding?[])[KernelLog(what), ConnectionTable(what), .. Resources(what), ControlGroups(what)])
            .OfType<Finding>().DefaultIfEmpty(Pass($"all that is asked of it, it can do ({container})"));
    }

    private sealed record Container(ProbedNode Node, NodeFacts Facts, PreflightContext Scene, string Kind)
    {
        public EffectiveVariable? Variable(string name) => Scene.Variables.Of(Node.Node, name);

        public string Is => $"{Node.Name} is a container ({Kind})";
    }

    // The kubelet's OOM watcher reads it, and the kubelet stops without it (cadvisor, utils/oomparser).
    private Finding? KernelLog(Container it) => it.Facts.Paths.Contains("/dev/kmsg") ? null
        : Fail(
            $"{it.Is} without /dev/kmsg, and the kubelet stops there",
            $"Give {it.Node.Name} the host's, as with lxc.mount.entry = /dev/kmsg dev/kmsg none bind,create=file 0 0.")
                .Compared("no /dev/kmsg", "/dev/kmsg", "the kubelet's OOM watcher");

    // The size of the table is the host's (nf_conntrack_max, read-only in any other network namespace): kube-proxy stops as it
    // sets it, and leaves it alone where it is told 0 (cmd/kube-proxy/app/server_linux.go of Kubernetes, getConntrackMax).
    private Finding? ConnectionTable(Container it)
    {
        if (it.Variable(Conntrack) is not { } set || set is { Unresolved: null, WholeNumber: 0 })
            return null;
        return set.Unresolved is { } reason
            ? Unknown(it.Node, $"{Conntrack} is {set.Text}: {reason}")
            : Fail(
                $"{it.Is}, and kube-proxy would set the size of the host's connection table there, which it can't",
                $"Set {Conntrack}: 0 in {it.Scene.Variables.WhereToChange(set)}.")
                    .Compared(set.Text, "0", set.Source);
    }

    private IEnumerable<Finding?> Resources(Container it)
    {
        if (it.Facts.CanRaiseLimits is not { } can)
            return [Unknown(it.Node, it.Facts.Without("its capabilities can't be read", "grep"), stops: false)];
        return can ? [] : [Score(it), Limit(it)];
    }

    // Pods of the system get a score below 0, and runc ends where it may not set it.
    private Finding? Score(Container it)
    {
        var set = it.Variable(RuntimeArguments);
        if (set is { Unresolved: null, Value.ValueKind: JsonValueKind.Object }
            && set.Value.TryGetProperty(RestrictedScore, out var restricted) && restricted.ValueKind == JsonValueKind.True)
            return null;
        return Fail(
            $"{it.Is} without CAP_SYS_RESOURCE, so that the containers of the system's pods can't get their scores for the OOM killer, and end",
            set is null
                ? $"Have containerd's configuration say {RestrictedScore} = true; this release's has no variable for it."
                : $"Set {RuntimeArguments}: {{{RestrictedScore}: true}} in {it.Scene.Variables.WhereToChange(set)}.")
            .Compared("not restricted", RestrictedScore, "containerd, docs/cri/config.md");
    }

    private Finding? Limit(Container it)
    {
        if (it.Variable(OpenFiles) is not { } set)
            return null;
        if (it.Facts.OpenFilesLimit is not { } limit || set.Unresolved is not null || set.WholeNumber is not { } wanted)
            return Unknown(it.Node, "how many files its processes may open can't be told", stops: false);
        return wanted <= limit ? null
            : Fail(
                $"{it.Is} without CAP_SYS_RESOURCE, whose processes may open {limit} files, and its own containers are to get {wanted}",
                $"Set {OpenFiles}: {limit} in {it.Scene.Variables.WhereToChange(set)}, or let {it.Node.Name} have more.")
                    .Compared(Measure.Of(limit), Measure.Of(wanted), set.Source);
    }

    // The systemd of a container has but its own hierarchy in version 1, and no controllers to give.
    private Finding? ControlGroups(Container it) =>
        it.Facts.CgroupVersion != 1 || it.Variable(SystemdCgroup) is not { } set || set is { Unresolved: null, IsTrue: false }
            ? null
            : Warn(
                $"{it.Is} with control groups version 1, where its systemd may have no say in them",
                $"Set {SystemdCgroup}: false and kubelet_cgroup_driver: cgroupfs in {it.Scene.Variables.WhereToChange(set)}.")
                    .Compared("systemd", "cgroupfs", set.Source);
}
