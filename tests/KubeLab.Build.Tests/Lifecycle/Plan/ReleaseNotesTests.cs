using KubeLab.Lifecycle;

namespace KubeLab.Tests.Lifecycle;

/// <summary>What releases' own notes call urgent, said of an inventory that it concerns.</summary>
public class ReleaseNotesTests
{
    [Theory]
    [InlineData("kubeadm_patches:\n  enabled: true\n  source_dir: /patches\n", "all.yml:1: since v2.27, kubeadm_patches takes patches written there")]
    [InlineData("a: 1\nkube_token_auth: true\n", "all.yml:2: since v2.27, kube_token_auth makes no tokens")]
    [InlineData("kube_token_auth: false\n", null)]
    [InlineData("kubelet_custom_flags: --v=2\n", "all.yml:1: since v2.27, kubelet_custom_flags is a list")]
    [InlineData("kubelet_custom_flags: [--v=2]\n", null)]
    [InlineData("kubelet_custom_flags: \"{{ flags }}\"\n", null)]
    public void I_am_told_of_a_value_that_has_to_be_another_with_file_and_line(string yaml, string? says)
    {
        var said = Of("v2.26.1", "v2.27.1", yaml).Where(finding => finding.Source is not null).Select(finding => finding.Message).ToList();

        if (says is null)
            said.ShouldBeEmpty();
        else
            said.ShouldHaveSingleItem().ShouldStartWith(says);
    }

    [Theory]
    [InlineData("v2.28.1", "v2.29.1", "", 3)]
    [InlineData("v2.28.1", "v2.29.1", "coredns_affinity: {}\n", 2)]
    [InlineData("v2.30.0", "v2.31.0", "", 1)]
    [InlineData("v2.30.0", "v2.31.0", "kubelet_fail_cgroup_v1: false\n", 0)]
    [InlineData("v2.30.0", "main", "", 1)]
    [InlineData("v2.18.2", "v2.19.1", "", 0)]
    [InlineData("v2.29.1", "v2.29.1", "", 0)]
    [InlineData("0123abc", "v2.31.0", "", 0)]
    public void I_am_told_of_what_becomes_another_by_itself_once_at_the_release_that_does_it(string before, string tag, string yaml, int count)
    {
        var findings = Of(before, tag, yaml);

        findings.Count.ShouldBe(count);
        findings.ShouldAllBe(finding => finding.Remedy != null && finding.Message.Contains("(kubespray#"));
    }

    private static IReadOnlyList<Finding> Of(string before, string tag, string yaml) =>
        [.. ReleaseNotes.Of(before, tag, [.. YamlOutline.Read(new StringReader(yaml), "all.yml").Variables])];
}
