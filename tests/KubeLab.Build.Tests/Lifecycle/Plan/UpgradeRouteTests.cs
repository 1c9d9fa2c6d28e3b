using KubeLab.Distributions;
using KubeLab.Lifecycle;
using KubeLab.Tests.Distributions;
using KubeLab.Tests.Machines;

namespace KubeLab.Tests.Lifecycle;

/// <summary>With each release to the Kubernetes that it brings, one minor version at a time.</summary>
public sealed class UpgradeRouteTests : IDisposable
{
    private readonly TemporaryDirectory directory = new();

    [Theory]
    [InlineData("v2.28.1 v2.29.1 v2.30.0", "1.32.8", null, "v2.29.1 1.33.7, v2.30.0 1.34.3")]
    [InlineData("v2.28.1 v2.29.1", "1.32.8", "1.33.7", "v2.29.1 1.33.7")]
    [InlineData("v2.28.1", "1.32.8", null, "")]
    [InlineData("v2.28.1", "1.31.0", null, "v2.28.1 1.32.8")]
    public void I_see_every_step(string releases, string running, string? wanted, string steps) =>
        string.Join(", ", Find(releases, running, wanted).Select(leg => $"{leg.Tag} {leg.To}")).ShouldBe(steps);

    [Fact]
    public void A_cluster_that_stayed_behind_comes_to_its_own_releases_Kubernetes_first()
    {
        Tree("v2.28.1", ["1.32.8", "1.31.9", "1.30.4"]);
        Tree("v2.29.1", ["1.33.7", "1.32.9", "1.31.9"]);

        var way = Find("v2.28.1 v2.29.1", "1.30.4", null);

        way.Select(leg => $"{leg.Tag} {leg.From} {leg.To}").ShouldBe(["v2.28.1 1.30.4 1.31.9", "v2.28.1 1.31.9 1.32.8", "v2.29.1 1.32.8 1.33.7"]);
    }

    [Fact]
    public void A_cluster_that_is_ahead_is_not_taken_back()
    {
        Tree("v2.29.1", ["1.33.7", "1.32.9"], standing: "1.32.9");
        Tree("v2.30.0", ["1.34.3", "1.33.7"]);

        Find("v2.28.1 v2.29.1 v2.30.0", "1.33.7", null).Select(leg => $"{leg.Tag} {leg.To}").ShouldBe(["v2.29.1 1.33.7", "v2.30.0 1.34.3"]);
    }

    [Fact]
    public void An_etcd_that_is_too_old_for_its_first_3_6_is_brought_on_by_a_step_between()
    {
        Tree("v2.31.0", ["1.35.4", "1.34.7", "1.34.3"]);
        Strict("v2.31.0");

        Find("v2.30.0 v2.31.0", "1.34.3", null, "3.5.25").Select(leg => $"{leg.To} {leg.Etcd} after {leg.EtcdBefore}")
            .ShouldBe(["1.34.7 3.5.29 after 3.5.25", "1.35.4 3.6.10 after 3.5.29"]);
        Find("v2.30.0 v2.31.0", "1.34.3", null, "3.5.26").Select(leg => $"{leg.To} {leg.Etcd} after {leg.EtcdBefore}").ShouldBe(["1.35.4 3.6.10 after 3.5.26"]);
        Find("v2.30.0 v2.31.0", "1.34.3", null).Single().EtcdBefore.ShouldBeNull();
    }

    [Theory]
    [InlineData("v2.28.1 v2.29.1", "1.28.0", null, "v2.28.1 installs Kubernetes 1.30.0 or newer")]
    [InlineData("v2.28.1 v2.29.1", "1.32.8", "1.31.1", "would be a step back")]
    [InlineData("v2.28.1 v2.29.1", "1.32.8", "1.33.99", "v2.29.1 has no Kubernetes 1.33.99")]
    [InlineData("v2.28.1 v2.29.1", "1.36.0", null, "v2.29.1 has none from there on")]
    public void I_am_told_that_there_is_no_such_way(string releases, string running, string? wanted, string says) =>
        Should.Throw<UserError>(() => Find(releases, running, wanted)).Message.ShouldContain(says);

    public void Dispose() => directory.Dispose();

    private IReadOnlyList<UpgradeLeg> Find(string releases, string running, string? wanted, string? etcd = null) => UpgradeRoute.Find(
        [.. releases.Split(' ').Select(tag => (tag, Open(tag)))], Version.Parse(running),
        wanted is null ? null : Version.Parse(wanted), etcd is null ? null : Version.Parse(etcd));

    private Distribution Open(string tag)
    {
        if (!Directory.Exists(directory.File(tag)))
            KubesprayTree.Write(directory, KubesprayRelease.All.Single(release => release.Tag == tag), $"{tag}/");
        return Distribution.Open(tag, directory.File(tag));
    }

    private void Tree(string tag, string[] versions, string? standing = null)
    {
        Open(tag);
        directory.Write($"{tag}/roles/kubespray_defaults/vars/main/checksums.yml", $"---\nkubelet_checksums:\n  amd64:\n{string.Concat(versions.Select(version => $"    {version}: 0123\n"))}");
        if (standing is not null)
            directory.Write($"{tag}/roles/kubespray_defaults/defaults/main/main.yml", $"---\nkube_version: {standing}\n");
    }

    // As v2.31.0 has it.
    private void Strict(string tag)
    {
        File.AppendAllText(directory.File($"{tag}/roles/kubespray_defaults/vars/main/checksums.yml"), "etcd_binary_checksums:\n  amd64:\n    3.6.10: 0123\n    3.5.29: 0123\n    3.5.26: 0123\n");
        directory.Write($"{tag}/roles/kubespray_defaults/vars/main/main.yml", """
            ---
            etcd_supported_versions:
              '1.35': "{{ (etcd_binary_checksums['amd64'].keys() | select('version', '3.7', '<'))[0] }}"
              '1.34': "{{ (etcd_binary_checksums['amd64'].keys() | select('version', '3.6', '<'))[0] }}"

            """);
        directory.Write($"{tag}/roles/etcd/tasks/clean_v2_store.yml", "---\n- fail:\n    msg: too old\n  when: etcd_current_version is version('3.5.26', '<')\n");
    }
}
