using KubeLab.Distributions;
using KubeLab.Tests.Machines;

namespace KubeLab.Tests.Distributions;

public sealed class EtcdVersionsTests : IDisposable
{
    private readonly TemporaryDirectory tree = new();

    public void Dispose() => tree.Dispose();

    [Theory]
    [InlineData("roles/download/defaults/main.yml", "etcd_version: v3.5.0\n", "1.21", "3.5.0")]
    [InlineData("roles/download/defaults/main/main.yml", "etcd_version: \"v3.4.13\" # of all\n", "1.20", "3.4.13")]
    [InlineData("roles/download/defaults/main/main.yml", Table, "1.26", "3.5.9")]
    [InlineData("roles/kubespray-defaults/defaults/main/download.yml", Table, "1.27", "3.5.10")]
    [InlineData("roles/kubespray-defaults/defaults/main/download.yml", Table, "1.25", null)]
    [InlineData("roles/kubespray-defaults/defaults/main/download.yml", "etcd_version: \"{{ mine }}\"\n", "1.25", null)]
    [InlineData("roles/kubespray-defaults/defaults/main/download.yml", "etcd_supported_versions:\n  v1.25: [\n", "1.25", null)]
    [InlineData("roles/elsewhere/defaults/main.yml", Table, "1.26", null)]
    public void I_see_which_etcd_a_release_brings_with_a_Kubernetes(string file, string text, string kubernetes, string? expected)
    {
        tree.Write(file, text);

        EtcdVersions.Read(tree.Path).With(Version.Parse(kubernetes))?.ToString().ShouldBe(expected);
    }

    [Theory]
    [InlineData("    has_quorum: \"{{ health.stdout_lines | select('match', '.*is healthy.*') | list | length > 0 }}\"\n", true)]
    [InlineData("    has_quorum: \"{{ health.rc == 0 }}\"\n", false)]
    public void I_see_whether_a_recovery_goes_by_what_etcdctl_says(string line, bool expected)
    {
        tree.Write("roles/recover_control_plane/etcd/tasks/main.yml", $"- set_fact:\n{line}");

        EtcdVersions.Read(tree.Path).RecoveryListens.ShouldBe(expected);
    }

    [Theory]
    [InlineData("  delegate_to: \"{{ item }}\"\n  ignore_errors: true\n", true)] // up to v2.24.3
    [InlineData("  delegate_to: \"{{ item }}\"\n  ignore_errors: true\n  ignore_unreachable: true\n", false)] // since v2.25.0
    [InlineData("  shell: rm\n", false)]
    public void I_see_whether_a_recovery_stops_at_a_member_that_is_silent(string lines, bool expected)
    {
        tree.Write("roles/recover_control_plane/etcd/tasks/main.yml", $"- name: Remove etcd data dir\n{lines}");

        EtcdVersions.Read(tree.Path).RecoveryNeedsAnswers.ShouldBe(expected);
    }

    [Theory]
    [InlineData("v2.18.2", true)]
    [InlineData("v2.24.3", true)]
    [InlineData("v2.25.0", false)]
    [InlineData("v2.31.0", false)]
    public async Task I_see_it_in_real_trees(string tag, bool expected) =>
        (await KubesprayCheckout.ExtractAsync(tree, tag)).EtcdVersions.RecoveryNeedsAnswers.ShouldBe(expected);

    private const string Table = """
        pod_infra_supported_versions:
          v1.27: "3.9.0"
        etcd_supported_versions:
          v1.27: "v3.5.10"
          # the last of its minor
          v1.26: 'v3.5.9'
        etcd_version: "{{ etcd_supported_versions[kube_major_version] }}"
        crictl_supported_versions:
          v1.25: "v1.25.0"
        """;
}
