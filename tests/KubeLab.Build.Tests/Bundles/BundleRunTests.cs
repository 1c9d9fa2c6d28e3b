using KubeLab.Ansible;
using KubeLab.Bundles;
using KubeLab.Tests.Machines;

namespace KubeLab.Tests.Bundles;

/// <summary>What is loaded into a bundle, what is said of what can't be, and that nothing half-written looks whole.</summary>
public sealed class BundleRunTests : IDisposable
{
    private readonly SampleBundle sample = new();

    public void Dispose() => sample.Dispose();

    [Fact]
    public async Task I_bundle_files_and_images_from_a_folder_and_their_digests_are_noted()
    {
        Programs.Require("skopeo");

        var bundle = await sample.LoadAsync();

        File.ReadAllText(Path.Combine(bundle.Path, "files/dl.example/release/v1.35.4/kubelet")).ShouldBe("the kubelet");
        var image = BundleFolder.Open(sample.Bundle).Manifest.Artifacts.Single(each => each.Part == "images");
        (image.Image, image.Source).ShouldBe(("calico/node:v3", SampleBundle.Node));
        image.Digest.ShouldBe(SampleBundle.Sha256(File.ReadAllText(Path.Combine(sample.From, image.Path, "manifest.json"))));
        (await bundle.VerifyAsync()).ShouldBe(3);
    }

    [Fact]
    public async Task I_see_what_would_be_loaded_with_its_size_and_nothing_is()
    {
        await sample.Run(sample.From).ListAsync(SampleBundle.Plan("kubelet", "etcd"), ["files", "packages"]);

        sample.Said.ToString().ShouldContain("kubelet");
        sample.Said.ToString().ShouldContain("socat");
        sample.Said.ToString().ShouldContain("of 68 downloads");
        Directory.Exists(sample.Bundle).ShouldBeFalse();
    }

    [Fact]
    public async Task What_fails_is_named_with_the_reason_and_the_rest_goes_on_and_only_that_is_loaded_again()
    {
        using var mirror = new SmallMirror { Answer = path => path.EndsWith("etcd.tar.gz", StringComparison.Ordinal) ? (404, "") : (200, "the kubelet") };

        var error = await Should.ThrowAsync<UserError>(() => FromMirrorAsync(mirror));

        error.Message.ShouldContain($"etcd ({SampleBundle.Etcd}): {mirror.Address}/github.example/etcd/etcd.tar.gz answers 404");
        error.Message.ShouldContain("1 of 2");
        var half = BundleFolder.Open(sample.Bundle);
        half.Manifest.Missing.ShouldHaveSingleItem().Name.ShouldBe("etcd");
        half.Manifest.Artifacts.ShouldHaveSingleItem().Name.ShouldBe("kubelet");
        mirror.Answer = _ => (200, "etcd's archive");
        (await FromMirrorAsync(mirror)).Manifest.Missing.ShouldBeEmpty();
        mirror.Requests.Count(request => request.EndsWith("kubelet", StringComparison.Ordinal)).ShouldBe(1);
    }

    [Fact]
    public async Task A_file_whose_loading_broke_off_goes_on_where_it_was()
    {
        using var mirror = new SmallMirror { Answer = _ => (200, "the kubelet"), BreaksOffAfter = 4 };

        var bundle = await FromMirrorAsync(mirror, "kubelet");

        File.ReadAllText(Path.Combine(bundle.Path, bundle.Manifest.Artifacts[0].Path)).ShouldBe("the kubelet");
        mirror.Requests.Count.ShouldBeGreaterThan(1);
        Directory.GetFiles(sample.Bundle, "*.part", SearchOption.AllDirectories).ShouldBeEmpty();
    }

    [Fact]
    public async Task What_another_run_left_of_a_file_is_gone_on_with_and_is_never_taken_for_the_whole()
    {
        sample.Root.Write("bundle/files/dl.example/release/v1.35.4/kubelet.part", "the ");
        using var mirror = new SmallMirror { Answer = _ => (200, "the kubelet") };

        await FromMirrorAsync(mirror, "kubelet");

        File.ReadAllText(Path.Combine(sample.Bundle, "files/dl.example/release/v1.35.4/kubelet")).ShouldBe("the kubelet");
    }

    [Fact]
    public async Task A_remainder_of_another_file_costs_one_more_attempt()
    {
        sample.Root.Write("bundle/files/dl.example/release/v1.35.4/kubelet.part", "else");
        using var mirror = new SmallMirror { Answer = _ => (200, "the kubelet") };

        await FromMirrorAsync(mirror, "kubelet");

        File.ReadAllText(Path.Combine(sample.Bundle, "files/dl.example/release/v1.35.4/kubelet")).ShouldBe("the kubelet");
    }

    [Theory, InlineData("text/html; charset=utf-8", "kubelet"), InlineData("text/html", "etcd"), InlineData(null, "kubelet")]
    public async Task A_page_to_log_in_at_is_no_file(string? type, string name)
    {
        using var mirror = new SmallMirror { Answer = _ => (200, "<!DOCTYPE html><html>Please log in"), Type = _ => type };

        var error = await Should.ThrowAsync<UserError>(() => FromMirrorAsync(mirror, name));

        error.Message.ShouldContain("to log in at");
        Directory.GetFiles(Path.Combine(sample.Bundle, "files"), "*", SearchOption.AllDirectories).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_file_with_another_checksum_is_not_kept_and_both_are_named()
    {
        using var mirror = new SmallMirror { Answer = _ => (200, "another kubelet") };

        var error = await Should.ThrowAsync<UserError>(() => FromMirrorAsync(mirror, "kubelet"));

        error.Message.ShouldContain(SampleBundle.Sha256("another kubelet")["sha256:".Length..]);
        error.Message.ShouldContain(SampleBundle.Sha256("the kubelet")["sha256:".Length..]);
        File.Exists(Path.Combine(sample.Bundle, "files/dl.example/release/v1.35.4/kubelet")).ShouldBeFalse();
    }

    [Fact]
    public async Task A_file_of_the_bundle_that_has_changed_is_loaded_anew()
    {
        sample.Root.Write("bundle/files/dl.example/release/v1.35.4/kubelet", "the kubelEt");

        await sample.LoadAsync("kubelet");

        File.ReadAllText(Path.Combine(sample.Bundle, "files/dl.example/release/v1.35.4/kubelet")).ShouldBe("the kubelet");
    }

    [Fact]
    public async Task A_disk_that_fills_ends_it_and_what_is_there_is_kept()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess, "only root mounts a small file system");
        sample.Root.Write("from/files/github.example/etcd/etcd.tar.gz", new string('x', 300_000));
        Directory.CreateDirectory(sample.Bundle);
        using var small = new SmallFileSystem(sample.Bundle);

        var error = await Should.ThrowAsync<UserError>(() => sample.LoadAsync("kubelet", "etcd"));

        error.Message.ShouldContain("is full");
        error.Message.ShouldContain(SampleBundle.Etcd);
        File.ReadAllText(Path.Combine(sample.Bundle, "files/dl.example/release/v1.35.4/kubelet")).ShouldBe("the kubelet");
        File.Exists(Path.Combine(sample.Bundle, BundleManifest.FileName)).ShouldBeFalse();
    }

    [Fact]
    public async Task A_folder_with_a_bundle_for_another_architecture_is_left_alone()
    {
        await sample.LoadAsync("kubelet");
        var other = SampleBundle.Plan("etcd") with { System = TargetSystem.Of("debian-12", "arm64", "a test") };

        var error = await Should.ThrowAsync<UserError>(() => sample.Run(sample.From).LoadAsync(other, ["files"]));

        error.Message.ShouldContain("debian-12 on amd64");
        error.Message.ShouldContain("debian-12 on arm64");
        BundleFolder.Open(sample.Bundle).Manifest.Artifacts.ShouldHaveSingleItem().Name.ShouldBe("kubelet");
    }

    [Fact]
    public async Task Two_at_once_in_one_folder_don_t_mix()
    {
        Directory.CreateDirectory(sample.Bundle);
        await using var held = new FileStream(Path.Combine(sample.Bundle, ".lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);

        (await Should.ThrowAsync<UserError>(() => sample.LoadAsync("kubelet"))).Message.ShouldContain("Another BundleArtifacts");
    }

    [Fact]
    public async Task An_image_that_nobody_has_is_named()
    {
        Programs.Require("skopeo");
        Directory.Delete(Path.Combine(sample.From, "images"), recursive: true);

        var error = await Should.ThrowAsync<UserError>(() => sample.LoadAsync("calico_node"));

        error.Message.ShouldContain("images/quay.example/calico/node/v3");
        error.Message.ShouldContain("1 of 1");
    }

    [Fact]
    public async Task An_image_of_which_a_part_is_missing_is_not_taken()
    {
        Programs.Require("skopeo");
        var blob = Directory.GetFiles(Path.Combine(sample.From, "images/quay.example/calico/node/v3")).First(file => Path.GetFileName(file).Length == 64);
        File.Delete(blob);

        await Should.ThrowAsync<UserError>(() => sample.LoadAsync("calico_node"));

        Directory.Exists(Path.Combine(sample.Bundle, "images/quay.example/calico/node/v3")).ShouldBeFalse();
    }

    [Theory, InlineData("nowhere/at/all"), InlineData("ftp://mirror.example/")]
    public void A_source_that_is_none_is_refused(string from) => Should.Throw<UserError>(() => BundleSource.Parse(from)).Message.ShouldContain(from);

    [Fact]
    public void A_part_that_is_none_is_refused() => Should.Throw<UserError>(() => BundleParts.Choose(["image"])).Message.ShouldContain("images");

    [Fact]
    public void A_mirror_has_the_hosts_as_its_first_folders()
    {
        var mirror = BundleSource.Parse("http://mirror.example:8081/all/");

        mirror.Locate("https://dl.k8s.io/release/v1/kubelet?x=1").ToString().ShouldBe("http://mirror.example:8081/all/dl.k8s.io/release/v1/kubelet?x=1");
        mirror.Images("quay.io/calico/node:v3").ShouldBe(["docker://mirror.example:8081/all/quay.io/calico/node:v3"]);
        BundleSource.Parse(null).Images("quay.io/calico/node:v3").ShouldBe(["docker://quay.io/calico/node:v3"]);
    }

    private async Task<BundleFolder> FromMirrorAsync(SmallMirror mirror, params string[] names) =>
        await sample.Run(mirror.Address).LoadAsync(SampleBundle.Plan(names.Length == 0 ? ["kubelet", "etcd"] : names), ["files"]);
}
