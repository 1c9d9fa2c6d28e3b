using KubeLab.Preflight;

namespace KubeLab.Tests.Preflight;

/// <summary>What lies under etcd, images and temporary folders.</summary>
public class StorageRulesTests
{
    [Theory]
    [InlineData("/", "rw", FindingStatus.Passed)]
    [InlineData("/tmp", "rw,nosuid,noexec", FindingStatus.Warning)]
    [InlineData("/opt/releases", "rw,noexec", FindingStatus.Warning)]
    [InlineData("/opt", "rw,noexec", FindingStatus.Warning)]
    [InlineData("/optional", "rw,noexec", FindingStatus.Passed)]
    public void I_am_told_that_no_program_can_be_run_where_the_playbook_puts_it(string mount, string options, FindingStatus expected)
    {
        using var cluster = Cluster("w", [new MountPoint(mount, "tmpfs", options.Split(','))], ("local_release_dir", "/opt/releases"));

        var finding = cluster.Judge("noexec").ShouldHaveSingleItem();

        finding.Status.ShouldBe(expected);
        if (expected == FindingStatus.Warning)
            finding.Message.ShouldContain($"{mount} is mounted noexec");
    }

    [Theory]
    [InlineData("ext4", "e", FindingStatus.Passed)]
    [InlineData("nfs4", "e", FindingStatus.Failed)]
    [InlineData("tmpfs", "e", FindingStatus.Failed)]
    [InlineData("nfs4", "w", FindingStatus.Skipped)]
    public void I_am_told_that_etcd_would_lie_on_a_file_system_that_loses_it(string type, string roles, FindingStatus expected)
    {
        using var cluster = Cluster(roles, [new MountPoint("/srv", type, ["rw"])], ("etcd_data_dir", "/srv/etcd"));

        cluster.Judge("etcd-file-system").ShouldHaveSingleItem().Status.ShouldBe(expected);
    }

    [Theory]
    [InlineData("xfs", true, FindingStatus.Passed)]
    [InlineData("xfs", false, FindingStatus.Failed)]
    [InlineData("xfs", null, FindingStatus.Warning)]
    [InlineData("ext4", null, FindingStatus.Passed)]
    public void I_am_told_that_images_would_lie_on_an_XFS_without_types(string type, bool? keepsTypes, FindingStatus expected)
    {
        var types = new Dictionary<string, bool>();
        if (keepsTypes is { } known)
            types["/data"] = known;
        using var cluster = new SampleCluster().Node(
            "n", "w", SampleFacts.Healthy() with { Mounts = [new MountPoint("/", "ext4", []), new MountPoint("/data", type, [])], XfsTypes = types },
            ("container_manager", "containerd"), ("containerd_storage_dir", "/data/containerd"));

        var finding = cluster.Judge("xfs").ShouldHaveSingleItem();

        finding.Status.ShouldBe(expected);
        finding.Unknown.ShouldBe(type == "xfs" && keepsTypes is null);
    }

    [Theory]
    [InlineData("noexec", FindingStatus.Warning)]
    [InlineData("xfs", FindingStatus.Warning)]
    [InlineData("etcd-file-system", FindingStatus.Failed)]
    public void I_am_told_what_is_unknown_without_the_mounts(string rule, FindingStatus expected)
    {
        using var cluster = new SampleCluster().Node("n", "ew", SampleFacts.Healthy() with { Mounts = null, Lacking = ["grep"] });

        var finding = cluster.Judge(rule).ShouldHaveSingleItem();

        (finding.Status, finding.Unknown, finding.Message).ShouldBe((expected, true, "n: unknown: it has no grep"));
    }

    [Theory]
    [InlineData(9.9, FindingStatus.Passed)]
    [InlineData(10.1, FindingStatus.Warning)]
    public void I_am_told_that_the_disk_under_etcd_is_slow(double milliseconds, FindingStatus expected) =>
        Disk(new DiskMeasure(TimeSpan.FromMilliseconds(milliseconds), 9566, null)).Status.ShouldBe(expected);

    [Fact]
    public void I_am_told_why_the_disk_under_etcd_was_not_measured()
    {
        Disk(new DiskMeasure(null, 0, "No space left on device")).Message.ShouldBe("n: unknown: its disk was not measured: No space left on device");
        Disk(null).Unknown.ShouldBeTrue();
        using var cluster = new SampleCluster().Node("n", "e", SampleFacts.Healthy());
        cluster.Judge("etcd-disk").ShouldHaveSingleItem().Status.ShouldBe(FindingStatus.Skipped);
    }

    private static Finding Disk(DiskMeasure? measure)
    {
        using var cluster = new SampleCluster().Node("n", "e", SampleFacts.Healthy());
        var disks = new Dictionary<string, DiskMeasure>();
        if (measure is not null)
            disks["n"] = measure;
        return SampleCluster.Explained(new RuleRunner([.. CheckCatalog.All<Rule>().Where(rule => rule.Id == "etcd-disk")], new PreflightOptions())
            .Findings(cluster.Scene() with { Disks = disks })).ShouldHaveSingleItem();
    }

    private static SampleCluster Cluster(string roles, MountPoint[] mounts, params (string, object)[] variables) =>
        new SampleCluster().Node("n", roles, SampleFacts.Healthy() with { Mounts = [new MountPoint("/", "ext4", ["rw"]), .. mounts] }, variables);
}
