using KubeLab.Distributions;
using KubeLab.Lifecycle;
using KubeLab.Tests.Distributions;
using KubeLab.Tests.Machines;
using KubeLab.Tests.Preflight;

namespace KubeLab.Tests.Lifecycle;

/// <summary>Before etcd's first 3.6 the members have to be new enough, by the release's own demand.</summary>
public class EtcdUpgradeTests : IDisposable
{
    private readonly TemporaryDirectory tree = new();

    [Fact]
    public void I_am_refused_an_upgrade_at_whose_etcd_the_playbook_would_stop()
    {
        var error = Should.Throw<UserError>(() => Judge("1.34.3", "1.35.4", ("k8s-m1", "3.5.26"), ("k8s-m0", "3.5.25")));

        error.Problem.ShouldBe("k8s-m0 runs etcd 3.5.25, and before etcd 3.6.10, which comes with Kubernetes 1.35.4, it has to be 3.5.26 or newer (roles/etcd/tasks/clean_v2_store.yml:9).");
        error.Remedy!.ShouldBe("Go to Kubernetes 1.34.7 with this release first, which brings etcd 3.5.29: --kubernetes-version 1.34.7. Nothing was changed.");
    }

    [Theory]
    [InlineData("1.34.3", "1.35.4", "3.5.26")]
    [InlineData("1.35.1", "1.35.4", "3.6.7")]
    [InlineData("1.33.5", "1.34.7", "3.5.6")]
    public void I_can_upgrade_where_etcd_is_new_enough_or_stays_at_3_5(string from, string to, string etcd) =>
        Should.NotThrow(() => Judge(from, to, ("k8s-m0", etcd)));

    [Fact]
    public void I_can_upgrade_with_a_release_that_asks_for_nothing()
    {
        KubesprayTree.Write(tree, KubesprayRelease.All.Single(release => release.Tag == "v2.29.1"));

        var versions = Distribution.Open("kubespray v2.29.1", tree.Path).EtcdVersions;

        (versions.LeastBefore, versions.With(new Version(1, 33, 7))).ShouldBe((null, null));
    }

    [Theory]
    [InlineData("3.6.4", "3.6.4")]
    [InlineData("v3.5.21", "3.5.21")]
    [InlineData("{{ mine }}", null)]
    public void The_inventorys_own_etcd_goes_before_the_releases(string written, string? brings)
    {
        using var cluster = new SampleCluster().Node("k8s-m0", "ce", null, ("etcd_version", written));

        EtcdUpgrade.Brings(cluster.Scene().Variables, new Version(1, 35, 4), Release().EtcdVersions)
            .ShouldBe(brings is null ? null : Version.Parse(brings));
    }

    public void Dispose() => tree.Dispose();

    private void Judge(string from, string to, params (string Node, string Etcd)[] running)
    {
        var release = Release();
        var path = new UpgradePath(Version.Parse(from), Version.Parse(to));
        EtcdUpgrade.Judge(
            running.ToDictionary(each => each.Node, each => Version.Parse(each.Etcd)), release.EtcdVersions.With(path.To), path, release);
    }

    // As v2.31.0 has it.
    private Distribution Release()
    {
        tree.Write("cluster.yml", "---\n");
        tree.Write("roles/kubespray_defaults/vars/main/main.yml", """
            ---
            etcd_supported_versions:
              '1.35': "{{ (etcd_binary_checksums['amd64'].keys() | select('version', '3.7', '<'))[0] }}"
              '1.34': "{{ (etcd_binary_checksums['amd64'].keys() | select('version', '3.6', '<'))[0] }}"
              '1.33': "{{ (etcd_binary_checksums['amd64'].keys() | select('version', '3.6', '<'))[0] }}"
            """);
        tree.Write("roles/kubespray_defaults/vars/main/checksums.yml", """
            ---
            kubelet_checksums:
              amd64:
                1.35.4: sha256:0123
                1.34.7: sha256:0123
                1.34.3: sha256:0123
            etcd_binary_checksums:
              arm64:
                3.6.10: sha256:0123
                3.5.29: sha256:0123
              amd64:
                3.6.10: sha256:0123
                3.5.29: sha256:0123
            """);
        tree.Write("roles/etcd/tasks/clean_v2_store.yml", """
            ---
            - name: Clean up
              when:
                - etcd_current_version is version('3.6.0', '<')
                - etcd_version is version('3.6.0', '>=')
              block:
                - name: Ensure
                  when:
                    - etcd_current_version is version('3.5.26', '<')
            """);
        return Distribution.Open("kubespray v2.31.0", tree.Path);
    }
}
