using KubeLab.Variables;

namespace KubeLab.Preflight;

/// <summary>The node's C library is as new as the one that containerd's programs were built with, unless they are the static
/// ones.</summary>
internal sealed class GlibcRule() : NodeRule("glibc", "C library for containerd")
{
    private const string Manager = "container_manager";
    private const string ContainerdVersion = "containerd_version";
    private const string Static = "containerd_static_binary";

    // containerd's programs are built on Ubuntu 22.04 from 2.1 on (containerd/containerd pull request 11685), and those of 1.6.7
    // were by mistake (issue 7255); what is built there asks for GLIBC_2.34 (the same issue). What was built before runs with
    // 2.17 still (pull request 8021).
    private static readonly Version FromUbuntu2204 = new(2, 1);
    private static readonly Version ByMistake = new(1, 6, 7);
    private static readonly Version Needed = new(2, 34);

    public override IReadOnlyList<string> Variables => [Manager, ContainerdVersion, Static];

    /// <summary>Whether a node's C library is worth asking for: where the distribution installs a containerd of its
    /// own.</summary>
    public static bool IsAsked(Node node, ClusterVariables variables) =>
        variables.Of(node, ContainerdVersion) is not null
            && variables.Of(node, Manager) is not { Unresolved: null, Text: not "containerd" };

    public override IEnumerable<Finding> Judge(ProbedNode node, NodeFacts facts, PreflightContext scene)
    {
        if (!node.JoinsCluster || !IsAsked(node.Node, scene.Variables))
            return [Skip("the distribution installs no containerd here")];
        if (scene.Variables.Of(node.Node, Static) is { Unresolved: null, IsTrue: true } set)
            return [Pass($"{Static} is set ({set.Source}): its programs need none")];
        var version = scene.Variables.Of(node.Node, ContainerdVersion)!;
        if (ComponentVersion.Of(node.Node, scene, ContainerdVersion, "containerd_archive_checksums") is not { } containerd)
            return [Unknown(node, $"{ContainerdVersion} is {version.Text}: {version.Unresolved ?? "no version"}", stops: false)];
        if (containerd < FromUbuntu2204 && containerd != ByMistake)
            return [Pass($"containerd {containerd} runs with any that is in use")];
        if (facts.Glibc is not { } glibc)
            return [Unknown(node, facts.Without("it has no GNU C library, or does not tell its version", "getconf"))];
        var verdict = glibc >= Needed
            ? Pass($"glibc {glibc}")
            : Fail(
                $"{node.Name} has glibc {glibc}, and the programs of containerd {containerd} need {Needed}",
                scene.Variables.HasDefault(Static)
                    ? $"Set {Static}: true in {scene.Variables.FileForAllNodes}, or install a newer system."
                    : $"Choose a {ContainerdVersion} before {FromUbuntu2204} in {scene.Variables.WhereToChange(version)}, or install a newer system.");
        return [verdict.Compared($"{glibc}", $"{Needed}", "containerd/containerd pull request 11685, issue 7255")];
    }
}
