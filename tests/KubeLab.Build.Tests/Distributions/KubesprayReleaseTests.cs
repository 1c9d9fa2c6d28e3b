using System.Formats.Tar;
using KubeLab.Ansible;
using KubeLab.Clusters;
using KubeLab.Distributions;
using KubeLab.Preflight;
using KubeLab.Tests.Clusters;
using KubeLab.Tests.Machines;

namespace KubeLab.Tests.Distributions;

/// <summary>Every release that people run is read right: in small trees of each era's shape, and in the real ones.</summary>
public class KubesprayReleaseTests : IDisposable
{
    private const string CheckoutVariable = "KUBESPRAY_CHECKOUT";

    private readonly TemporaryDirectory tree = new();

    public static TheoryData<string> Eras => [.. KubesprayRelease.Eras];

    public static TheoryData<string> Releases => [.. KubesprayRelease.All.Select(release => release.Tag)];

    [Theory, MemberData(nameof(Eras))]
    public void I_read_a_tree_of_each_era(string tag)
    {
        var release = Release(tag);
        KubesprayTree.Write(tree, release);

        ShouldBeReadAs(release, Distribution.Open($"kubespray {tag}", tree.Path));
    }

    [Fact]
    public void I_read_a_tree_without_playbooks_at_its_root()
    {
        KubesprayTree.Write(tree, Release("v2.31.0"));
        foreach (var playbook in Directory.GetFiles(tree.Path, "*.yml").Where(file => !file.EndsWith("galaxy.yml", StringComparison.Ordinal)))
            File.Delete(playbook);

        var read = Distribution.Open("kubespray main", tree.Path);

        read.Playbooks.All.Select(playbook => playbook.File).ShouldBe(
            ["playbooks/cluster.yml", "playbooks/scale.yml", "playbooks/upgrade_cluster.yml", "playbooks/remove_node.yml", "playbooks/reset.yml", "playbooks/recover_control_plane.yml", "playbooks/facts.yml"]);
        read.Playbooks.RemoveNode!.Answers["skip_confirmation"].ShouldBe("yes");
    }

    [Fact]
    public void Of_2_10_only_some_Ansibles_fit_a_release_that_says_so()
    {
        KubesprayTree.Write(tree, Release("v2.18.2"));
        var window = Distribution.Open("kubespray v2.18.2", tree.Path).AnsibleWindow!;

        new[] { "2.9.0", "2.9.27", "2.10.11", "2.11.12" }.ShouldAllBe(version => window.Contains(Version.Parse(version)));
        new[] { "2.8.20", "2.10.0", "2.10.10", "2.12.0" }.ShouldAllBe(version => !window.Contains(Version.Parse(version)));
        window.ToString().ShouldBe("2.9.0 up to, but not including, 2.12.0 (of 2.10 from 2.10.11 on)");
    }

    [Theory, MemberData(nameof(Releases))]
    public async Task I_read_the_real_tree_of_each_release(string tag)
    {
        await ExtractAsync(tag);

        ShouldBeReadAs(Release(tag), Distribution.Open($"kubespray {tag}", tree.Path));
    }

    [Fact]
    public async Task I_read_the_main_branch_whatever_it_is_by_now()
    {
        await ExtractAsync("HEAD");

        var main = Distribution.Open("kubespray main", tree.Path);

        main.AnsibleWindow.ShouldNotBeNull();
        AnsiblePin.Read(main.Requirements.PythonFile(null)!).ShouldNotBeNull();
        main.KubernetesVersions.Default.ShouldNotBeNull();
        main.Playbooks.All.Count.ShouldBe(7);
        main.Collections.ShouldNotBeEmpty();
    }

    [Theory, MemberData(nameof(Releases))]
    public async Task A_new_cluster_from_the_real_sample_of_each_release_passes_the_checks_of_its_inventory(string tag)
    {
        await ExtractAsync(tag);
        using var root = new TemporaryDirectory();
        new NewClusterWriter(root.Path).Write(
            NewClusterPlan.Parse("mine", ["192.0.2.10", "192.0.2.11", "192.0.2.12", "192.0.2.20"], 3), tree.Path, new KubespraySettings { Version = tag });
        var cluster = new ClusterLocator(root.Path).Find("mine", new Dictionary<string, SettingValue>(), new Dictionary<string, SettingValue>());

        var inventory = await RealAnsible.ReadAsync(cluster, root);
        var report = await RealAnsible.ValidateAsync(cluster, inventory, Distribution.Open($"kubespray {tag}", tree.Path), root);

        inventory.ControlPlane.Select(node => node.Text("etcd_member_name")).ShouldBe(["etcd1", "etcd2", "etcd3"]);
        inventory.Workers.Select(node => node.Address).ShouldBe(["192.0.2.20"]);
        report.Findings.Where(finding => finding.Status == FindingStatus.Failed).ShouldBeEmpty();
        // Samples keep docker_container_storage_setup and deploy_netchecker for a while after their last reader.
        var warnings = report.Findings.Where(finding => finding.Status == FindingStatus.Warning).ToList();
        warnings.Count.ShouldBeLessThanOrEqualTo(2);
        warnings.ShouldAllBe(warning => warning.Message.Contains("Kubespray has not had it since"));
        report.Succeeded.ShouldBeTrue();
    }

    [Theory, MemberData(nameof(Releases))]
    public async Task I_know_of_each_real_release_where_a_node_downloads_the_kubelet_from(string tag)
    {
        await ExtractAsync(tag);
        using var root = new TemporaryDirectory();
        new NewClusterWriter(root.Path).Write(
            NewClusterPlan.Parse("mine", ["192.0.2.10", "192.0.2.20"], 1), tree.Path, new KubespraySettings { Version = tag });
        var cluster = new ClusterLocator(root.Path).Find("mine", new Dictionary<string, SettingValue>(), new Dictionary<string, SettingValue>());
        var distribution = Distribution.Open($"kubespray {tag}", tree.Path);
        var versions = distribution.KubernetesVersions;
        var host = (await RealAnsible.ReadAsync(cluster, root)).ControlPlane[0].Name;
        Directory.CreateDirectory(Path.Combine(cluster.ArtifactsDirectory, "facts"));
        await File.WriteAllTextAsync(
            Path.Combine(cluster.ArtifactsDirectory, "facts", host),
            """{"ansible_system": "Linux", "ansible_architecture": "x86_64", "ansible_distribution": "Debian", "ansible_os_family": "Debian"}""",
            TestContext.Current.CancellationToken);

        var file = await new DownloadResolver(new CommandRunner(), await RealAnsible.EnvironmentAsync(cluster, distribution))
            .ResolveAsync(host, "kubelet", new PlaybookOptions { ExtraVariables = $$"""{"kube_version": "{{versions.WrittenDefault}}"}""" });

        file.ShouldNotBeNull();
        file.Url.ShouldEndWith($"/v{versions.Default}/bin/linux/amd64/kubelet");
        file.Checksum!.ShouldMatch("^sha256:[0-9a-f]{64}$");
        file.Destination.ShouldStartWith("/tmp/releases/kubelet");
    }

    [Fact]
    public void I_read_what_is_there_of_a_tree_with_almost_nothing()
    {
        tree.Write("cluster.yml", "---\n");

        var bare = Distribution.Open("bare", tree.Path);

        bare.AnsibleWindow.ShouldBeNull();
        (bare.KubernetesVersions.Default, bare.KubernetesVersions.Supported.Count).ShouldBe((null, 0));
        bare.Playbooks.All.Select(playbook => playbook.File).ShouldBe(["cluster.yml"]);
        bare.SupportedSystems.Names.ShouldBeEmpty();
        bare.Collections.ShouldBeEmpty();
        bare.KubeconfigOnNode.ShouldBe("/etc/kubernetes/admin.conf");
    }

    [Theory]
    [InlineData("dependencies: [")]
    [InlineData("name: 'kubespray\n")]
    public void I_am_told_that_a_galaxy_file_is_broken(string text)
    {
        tree.Write("cluster.yml", "---\n");
        tree.Write("galaxy.yml", text);

        Should.Throw<UserError>(() => Distribution.Open("broken", tree.Path).Collections).Message.ShouldStartWith("galaxy.yml:");
    }

    [Fact]
    public void I_read_the_labs_own_distribution_like_Kubespray()
    {
        var lab = Distribution.Open("the lab's", Path.Combine(Repository.Root, "lab", "distribution"));

        lab.KubernetesVersions.Default.ShouldBe(new Version(1, 20, 2));
        lab.Playbooks.RemoveNode.ShouldBe(new Playbook("remove-node.yml", lab.Playbooks.RemoveNode!.Answers));
        lab.Playbooks.Facts!.File.ShouldBe("playbooks/facts.yml");
        lab.KubeconfigOnNode.ShouldBe("/etc/kubernetes/admin.conf");
    }

    public void Dispose() => tree.Dispose();

    private static KubesprayRelease Release(string tag) => KubesprayRelease.All.Single(release => release.Tag == tag);

    private static void ShouldBeReadAs(KubesprayRelease release, Distribution read)
    {
        ShouldHaveAnsible(release, read);
        ShouldHavePlaybooks(release, read);
        ShouldHaveKubernetes(release, read);

        var threshold = read.Default(Distribution.PreinstallDefaults, "minimal_master_memory_mb")!;
        threshold.Value.ShouldBe("1500");
        File.ReadLines(read.File(threshold.Source.Path)).ElementAt(threshold.Source.Line!.Value - 1).ShouldBe("minimal_master_memory_mb: 1500");
        read.SupportedSystems.Names.ShouldContain("Debian");
        read.SupportedSystems.Names.ShouldContain("Ubuntu");
        read.SupportedSystems.Source!.Path.ShouldEndWith(release.SystemsAreAVariable ? "defaults/main.yml" : "tasks/0020-verify-settings.yml");
        read.KubeconfigOnNode.ShouldBe("/etc/kubernetes/admin.conf");
    }

    private static void ShouldHaveAnsible(KubesprayRelease release, Distribution read)
    {
        var window = read.AnsibleWindow!;
        (window.Minimum, window.Maximum).ShouldBe((Version.Parse(release.Window.From), Version.Parse(release.Window.Below)));
        window.Source.Path.ShouldBe(release.WindowFile);
        window.LowestOf210.ShouldBe(release.LowestOf210);

        var pin = AnsiblePin.Read(read.Requirements.PythonFile(null)!)!;
        (pin.Package, pin.Version, pin.Core).ShouldBe(("ansible", Version.Parse(release.Ansible.Package), Version.Parse(release.Ansible.Core)));
        window.Contains(new Version(pin.Core.Major, pin.Core.Minor, 99)).ShouldBeTrue();
        read.Requirements.AnsibleVersions.ShouldBe(release.AnsibleVersions);
        foreach (var version in release.AnsibleVersions)
            AnsiblePin.Read(read.Requirements.PythonFile(version)!)!.Core.ShouldBe(Version.Parse(version));
        Path.GetFileName(read.Requirements.GalaxyFile("2.9")).ShouldBe(release.GalaxyFile);
        read.Requirements.GalaxyFile("2.12").ShouldBeNull();
        (read.Collections.Count > 0).ShouldBe(release.HasCollections);
        AnsiblePython.OnControlMachine(pin.Core).ShouldBe((Version.Parse(release.Python.Least), Version.Parse(release.Python.Most)));
    }

    private static void ShouldHavePlaybooks(KubesprayRelease release, Distribution read)
    {
        read.Playbooks.All.Select(playbook => playbook.File).ShouldBe(
            ["cluster.yml", "scale.yml", "upgrade-cluster.yml", "remove-node.yml", "reset.yml", "recover-control-plane.yml", release.FactsFile]);
        read.Playbooks.RemoveNode!.Answers["skip_confirmation"].ShouldBe("yes");
        read.Playbooks.Reset!.Answers["reset_confirmation"].ShouldBe("yes");
    }

    private static void ShouldHaveKubernetes(KubesprayRelease release, Distribution read)
    {
        var versions = read.KubernetesVersions;
        (versions.Minimum, versions.Default, versions.Supported.Max()).ShouldBe(
            (Version.Parse(release.Kubernetes.Lowest), Version.Parse(release.Kubernetes.Default), Version.Parse(release.Kubernetes.Newest)));
        versions.Source!.Path.ShouldBe(release.DefaultIsTemplate ? release.Checksums : release.Defaults);
        versions.Supported.ShouldContain(versions.Default!);
        versions.Supported.ShouldNotContain(version => version.Major != 1);
        // The first release whose tasks go from 3.5 to 3.6 asks for the last of v2.30.0, or newer.
        if (read.EtcdVersions.LeastBefore is { } least)
            (release.Era >= new Version(2, 31), least, read.EtcdVersions.With(versions.Default!) >= EtcdVersions.FirstStrict)
                .ShouldBe((true, new Version(3, 5, 26), true));
    }

    private async Task ExtractAsync(string revision)
    {
        var checkout = Environment.GetEnvironmentVariable(CheckoutVariable);
        Assert.SkipWhen(string.IsNullOrEmpty(checkout), $"{CheckoutVariable} names no clone of Kubespray");
        var git = new CommandRunner();
        var known = await git.RunAsync(CommandLine.Of("git", "-C", checkout!, "cat-file", "-e", $"{revision}^{{commit}}"));
        Assert.SkipUnless(known.Succeeded, $"the clone in {checkout} has no {revision}");
        (await git.RunAsync(CommandLine.Of("git", "-C", checkout!, "archive", "--format=tar", $"--output={tree.File("tree.tar")}", revision))).EnsureSucceeded("git archive");
        await using var archive = File.OpenRead(tree.File("tree.tar"));
        await using var reader = new TarReader(archive);
        while (await reader.GetNextEntryAsync() is { } entry)
        {
            if (!IsRead(entry.Name) || entry.EntryType is not (TarEntryType.RegularFile or TarEntryType.SymbolicLink))
                continue;
            Directory.CreateDirectory(Path.GetDirectoryName(tree.File(entry.Name))!);
            if (entry.EntryType == TarEntryType.SymbolicLink)
                File.CreateSymbolicLink(tree.File(entry.Name), entry.LinkName);
            else
                await entry.ExtractToFileAsync(tree.File(entry.Name), overwrite: false);
        }
    }

    // The rest of a tree is thousands of files that nobody looks at here.
    private static bool IsRead(string path) => !path.Contains('/', StringComparison.Ordinal)
        || new[] { "playbooks/", "roles/", "inventory/sample/" }
            .Any(folder => path.StartsWith(folder, StringComparison.Ordinal));
}
