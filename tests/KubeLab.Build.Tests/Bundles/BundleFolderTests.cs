using KubeLab.Ansible;
using KubeLab.Bundles;
using KubeLab.Distributions;
using KubeLab.Tests.Machines;

namespace KubeLab.Tests.Bundles;

/// <summary>A bundle that is not what it should be is refused, with what is wrong with it.</summary>
public sealed class BundleFolderTests : IDisposable
{
    private readonly SampleBundle sample = new();

    public void Dispose() => sample.Dispose();

    [Fact]
    public void There_is_none() => Should.Throw<UserError>(() => BundleFolder.Open(sample.Bundle)).Message.ShouldContain("BundleArtifacts");

    [Fact]
    public void A_folder_without_a_manifest_is_none()
    {
        Directory.CreateDirectory(sample.Bundle);

        Should.Throw<UserError>(() => BundleFolder.Open(sample.Bundle)).Message.ShouldContain("no manifest.json");
    }

    [Theory, InlineData(""), InlineData("{"), InlineData("[]"), InlineData("""{"version": 99}"""), InlineData("""{"version": 1}"""), InlineData("null")]
    public void A_manifest_that_is_cut_off_or_none_is_said_to_be(string text)
    {
        sample.Root.Write("bundle/manifest.json", text);

        Should.Throw<UserError>(() => BundleFolder.Open(sample.Bundle)).Message.ShouldContain("manifest.json can't be read");
    }

    [Theory, InlineData("the kubelEt", "its content has changed"), InlineData("the kub", "it has 7 bytes, and 11 were bundled"), InlineData(null, "it is not there")]
    public async Task A_file_that_is_not_what_was_bundled_is_named(string? content, string problem)
    {
        var bundle = await sample.LoadAsync("kubelet", "etcd");
        var file = Path.Combine(bundle.Path, "files/dl.example/release/v1.35.4/kubelet");
        if (content is null)
            File.Delete(file);
        else
            File.WriteAllText(file, content);

        var error = await Should.ThrowAsync<UserError>(() => bundle.VerifyAsync());

        error.Message.ShouldContain($"files/dl.example/release/v1.35.4/kubelet: {problem}");
        error.Message.ShouldNotContain("etcd");
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task A_part_of_an_image_that_is_not_what_was_bundled_is_named(bool removed)
    {
        Programs.Require("skopeo");
        var bundle = await sample.LoadAsync("calico_node");
        var blob = Directory.GetFiles(Path.Combine(bundle.Path, "images/quay.example/calico/node/v3")).First(file => Path.GetFileName(file).Length == 64);
        if (removed)
            File.Delete(blob);
        else
            File.AppendAllText(blob, "!");

        (await Should.ThrowAsync<UserError>(() => bundle.VerifyAsync())).Message.ShouldContain(Path.GetFileName(blob)[..12]);
    }

    [Fact]
    public async Task A_bundle_of_another_release_or_architecture_is_refused()
    {
        sample.Root.Write("tree/cluster.yml", "---\n");
        sample.Root.Write("tree/roles/download/defaults/main.yml", "etcd_version: v3.4\n");
        var distribution = Distribution.Open("kubespray v2.30.0", sample.Root.File("tree"));
        var bundle = await sample.LoadAsync("kubelet");

        Should.Throw<UserError>(() => bundle.Require(distribution, null)).Message.ShouldContain("is for kubespray v2.31.0, and kubespray v2.30.0 is to be deployed");
        var own = bundle with { Manifest = bundle.Manifest with { Tree = OfflineVariables.Fingerprint(distribution) } };
        own.Require(distribution, "amd64");
        Should.Throw<UserError>(() => own.Require(distribution, "arm64")).Message.ShouldContain("is for amd64, and the nodes are arm64");
        var half = own with { Manifest = own.Manifest with { Missing = [new MissingArtifact("files", "etcd", SampleBundle.Etcd, "404")] } };
        Should.Throw<UserError>(() => half.Require(distribution, null)).Message.ShouldContain("lacks 1 of 2");
    }

    [Fact]
    public async Task A_bundle_without_packages_leads_nobody_to_them()
    {
        var bundle = await sample.LoadAsync("kubelet");

        Should.Throw<UserError>(() => bundle.RepositoryAt("http://192.0.2.1:8080")).Message.ShouldContain("no packages");
    }
}
