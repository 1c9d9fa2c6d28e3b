using Version = System.Version;

namespace KubeLab.Lifecycle;

/// <summary>
/// What a release's own notes call urgent and its tree doesn't show: a variable that keeps its name and takes another value, a
/// default that becomes another, something that is no longer done. What the notes say of variables that go, of values that are
/// refused, of features and of systems, is read from the trees.
/// </summary>
internal static class ReleaseNotes
{
    // The urgent part of the notes of v2.27 to v2.31; those before have none, and say what is removed, which the trees show.
    private static readonly Note[] All =
    [
        new(new(2, 27), "kubespray#11521", set => Written(set, "kubeadm_patches"),
            "kubeadm_patches takes patches written there, as a list, and no longer a folder of files",
            "Write the files' content as items of the list (roles/kubernetes/kubeadm_common/defaults/main.yml has an example)."),
        new(new(2, 27), "kubespray#11567", set => Written(set, "kube_token_auth") is { } tokens && IsOn(tokens) ? tokens : null,
            "kube_token_auth makes no tokens of the nodes any more",
            "See that nobody uses them, or keep tokens of your own in known_tokens.csv."),
        new(new(2, 27), "kubespray#10643",
            set => Written(set, "kubelet_custom_flags") is { IsCompound: false, IsTemplate: false } flags ? flags : null,
            "kubelet_custom_flags is a list, and no longer a text", "Write each flag as an item of a list."),
        new(new(2, 27), "kubespray#11710", Unless("kubeadm_ignore_preflight_errors"),
            "kubeadm's own preflight is no longer ignored as a whole, so that it may stop an upgrade that went through before",
            "Mend what it names, or list it in kubeadm_ignore_preflight_errors."),
        new(new(2, 29), "kubespray#12382", Unless("populate_inventory_to_hosts_file"),
            "the nodes' names are taken out of /etc/hosts, and no longer written there",
            "See that the nodes' names, where something uses them, are resolved by DNS."),
        new(new(2, 29), "kubespray#11994", Unless("coredns_affinity"),
            "pods of DNS are no longer kept on control planes",
            "See that workers may run them, or say where they belong in coredns_affinity."),
        new(new(2, 29), "kubespray#12228", _ => Everywhere, "the tag master is now control-plane",
            "Write it so where --tags or --skip-tags names it: of a tag that isn't there Ansible says nothing."),
        new(new(2, 31), "kubespray#12812", Unless("kubelet_fail_cgroup_v1"),
            "kubelets don't start on a node with cgroup v1 (stat -fc %T /sys/fs/cgroup says tmpfs there)",
            "Move such nodes to cgroup v2 before, or set kubelet_fail_cgroup_v1: false."),
    ];

    // It concerns everybody, and stands nowhere.
    private static readonly WrittenVariable Everywhere = new("", "", [], new VariableSource("", null));

    /// <summary>What the notes of the releases between say of this inventory.</summary>
    /// <param name="set">The variables that are set.</param>
    public static IEnumerable<Finding> Of(string before, string tag, IReadOnlyCollection<WrittenVariable> set)
    {
        if (Minor(before) is not { } from || Minor(tag) is not { } to)
            yield break;
        foreach (var note in All.Where(note => note.Since > from && note.Since <= to))
        {
            if (note.Concerns(set) is not { } variable)
                continue;
            var place = ReferenceEquals(variable, Everywhere) ? "" : $"{variable.Source}: ";
            yield return new Finding("plan-notes", "What the release's own notes call urgent", null, FindingStatus.Warning,
                $"{place}since v{note.Since}, {note.Says} ({note.Source}).")
            { Remedy = note.Remedy, Source = place.Length == 0 ? null : variable.Source };
        }
    }

    // A branch has no version, and is newer than all of them.
    private static Version? Minor(string tag) =>
        Version.TryParse(tag.TrimStart('v'), out var version) ? new Version(version.Major, version.Minor)
            : tag is "main" or "master" ? new Version(int.MaxValue, 0) : null;

    private static WrittenVariable? Written(IReadOnlyCollection<WrittenVariable> set, string name) =>
        set.LastOrDefault(variable => variable.Name == name);

    private static bool IsOn(WrittenVariable variable) => variable.Value.ToLowerInvariant() is "true" or "yes" or "on" or "1";

    private static Func<IReadOnlyCollection<WrittenVariable>, WrittenVariable?> Unless(string name) =>
        set => Written(set, name) is null ? Everywhere : null;

    /// <summary>What the notes of a release say.</summary>
    /// <param name="Concerns">What of the inventory it is about; null where it isn't about this one.</param>
    /// <param name="Source">The change that it comes with.</param>
    private sealed record Note(
        Version Since, string Source, Func<IReadOnlyCollection<WrittenVariable>, WrittenVariable?> Concerns, string Says,
        string Remedy);
}
