using System.IO.Compression;
using System.Security.Cryptography;
using KubeLab.Ansible;
using KubeLab.Bundles;
using KubeLab.Clusters;
using KubeLab.Distributions;
using KubeLab.Tests.Ansible;
using KubeLab.Tests.Clusters;
using KubeLab.Tests.Machines;

namespace KubeLab.Tests.Bundles;

/// <summary>Packages of the nodes' system and what Ansible is installed from: by the real apt and pip, from folders.</summary>
public sealed class PackageLoaderTests : IDisposable
{
    private readonly SampleBundle sample = new();

    public void Dispose() => sample.Dispose();

    [Fact]
    public async Task I_bundle_packages_with_what_they_depend_on_as_a_repository()
    {
        foreach (var program in new[] { "apt-get", "dpkg-deb" })
            Programs.Require(program);
        await RepositoryAsync(("small", "small-lib"), ("small-lib", null), ("other", null));

        var bundle = await LoadAsync(["small"], []);

        var index = await IndexAsync(Path.Combine(bundle.Path, "packages/debian-12/Packages.gz"));
        index.ShouldContain("Package: small\n");
        index.ShouldContain("Package: small-lib\n");
        index.ShouldContain("Filename: ./small-lib_1_1.0_all.deb");
        index.ShouldNotContain("Package: other\n");
        bundle.Manifest.Artifacts.Count(each => each.Part == "packages").ShouldBe(3);
        bundle.RepositoryAt("http://192.0.2.1:8080").ShouldBe("http://192.0.2.1:8080/packages/debian-12");
    }

    [Fact]
    public async Task A_package_that_nobody_has_is_named_and_the_others_are_there()
    {
        foreach (var program in new[] { "apt-get", "dpkg-deb" })
            Programs.Require(program);
        await RepositoryAsync(("small", null));

        var error = await Should.ThrowAsync<UserError>(() => LoadAsync(["small", "aufs-tools"], []));

        error.Message.ShouldContain("aufs-tools (debian-12): there is no package of this name");
        (await IndexAsync(Path.Combine(sample.Bundle, "packages/debian-12/Packages.gz"))).ShouldContain("Package: small\n");
    }

    [Fact]
    public async Task A_repository_of_the_folder_is_taken_as_it_is_and_one_that_is_none_is_refused()
    {
        sample.Root.Write("from/packages/debian-12/Packages.gz", "an index");
        sample.Root.Write("from/packages/debian-12/a_1_all.deb", "a package");

        var bundle = await sample.Run(sample.From).LoadAsync(Plan(["a"]), ["packages"], await ToolchainAsync([]));

        bundle.Manifest.Artifacts.Select(each => each.Name).ShouldBe(["Packages.gz", "a_1_all.deb"], ignoreOrder: true);
        File.Delete(sample.Root.File("from/packages/debian-12/Packages.gz"));
        (await Should.ThrowAsync<UserError>(() => LoadPackagesFromFolderAsync())).Message.ShouldContain("is no repository");
    }

    [Fact]
    public async Task A_system_with_dnf_is_named_with_what_it_needs()
    {
        var plan = Plan(["socat"]) with { System = TargetSystem.Of("rocky-9", "amd64", "a test") };

        var error = await Should.ThrowAsync<UserError>(
            async () => await sample.Run("http://127.0.0.1:9/").LoadAsync(plan, ["packages"], await ToolchainAsync([])));

        error.Message.ShouldContain("rocky-9 needs a mirror of its own for socat");
    }

    [Fact]
    public async Task I_bundle_the_wheels_of_the_pins_and_the_collections()
    {
        sample.Root.Write("from/collections/kubelab-sample-1.2.0.tar.gz", "an archive");
        sample.Root.Write("tree/galaxy.yml", "dependencies:\n  kubelab.sample: '>=1.0.0'\n");
        var version = await AnsibleWheel.WriteAsync(sample.Root.File("from/python"), await RealAnsible.ToolchainAsync());
        sample.Root.Write("tree/requirements.txt", $"ansible-core=={version}\n");

        var bundle = await sample.Run(sample.From).LoadAsync(Plan([]), ["python", "collections"], await ToolchainAsync([]));

        bundle.Manifest.Artifacts.Select(each => each.Path).ShouldBe([$"python/ansible_core-{version}-py3-none-any.whl", "collections/kubelab-sample-1.2.0.tar.gz"]);
        Directory.Exists(Path.Combine(sample.Bundle, ".venv")).ShouldBeFalse();
    }

    private async Task LoadPackagesFromFolderAsync() =>
        await sample.Run(sample.From).LoadAsync(Plan(["a"]), ["packages"], await ToolchainAsync([]));

    private static BundlePlan Plan(IReadOnlyList<string> packages) => SampleBundle.Plan("kubelet") with
    { List = new DownloadList(68, [], packages, "1.35.4") };

    private async Task<BundleFolder> LoadAsync(IReadOnlyList<string> packages, IReadOnlyList<string> more) => await sample.Run("http://127.0.0.1:9/").LoadAsync(
        Plan(packages), ["packages"], await ToolchainAsync([$"deb [trusted=yes] file:{sample.Root.File("apt").Replace(" ", "%20", StringComparison.Ordinal)} ./", .. more]));

    private async Task<BundleToolchain> ToolchainAsync(IReadOnlyList<string> sources)
    {
        sample.Root.Write("tree/cluster.yml", "---\n");
        return new(Distribution.Open("a small one", sample.Root.File("tree")), await RealAnsible.ToolchainAsync(), new AnsibleSettings(), sources);
    }

    private async Task RepositoryAsync(params (string Name, string? DependsOn)[] packages)
    {
        var index = new StringWriter();
        foreach (var (name, dependsOn) in packages)
        {
            var control = $"Package: {name}\nVersion: 1:1.0\nArchitecture: all\nMaintainer: Nobody <nobody@example.org>\n{(dependsOn is null ? "" : $"Depends: {dependsOn}\n")}Description: a package\n";
            sample.Root.Write($"{name}/DEBIAN/control", control);
            Directory.CreateDirectory(sample.Root.File("apt"));
            var file = sample.Root.File($"apt/{name}_1.0_all.deb");
            (await sample.Commands.RunAsync(CommandLine.Of("dpkg-deb", "--build", "--root-owner-group", sample.Root.File(name), file))).EnsureSucceeded("dpkg-deb");
            var bytes = await File.ReadAllBytesAsync(file);
            index.Write($"{control}Filename: ./{name}_1.0_all.deb\nSize: {bytes.Length}\nSHA256: {Convert.ToHexStringLower(SHA256.HashData(bytes))}\n\n");
        }

        sample.Root.Write("apt/Packages", index.ToString());
    }

    private static async Task<string> IndexAsync(string file)
    {
        await using var compressed = new GZipStream(File.OpenRead(file), CompressionMode.Decompress);
        using var reader = new StreamReader(compressed);
        return await reader.ReadToEndAsync();
    }
}
