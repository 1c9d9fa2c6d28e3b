using System.Net;
using System.Security.Cryptography;
using KubeLab.Ansible;

namespace KubeLab.Tests.Ansible;

/// <summary>What is locked is what is installed, from an index of the tests' own.</summary>
public class ToolchainLockTests
{
    [Fact]
    public async Task I_get_a_lock_on_first_use_and_the_same_files_ever_after_until_I_lock_anew()
    {
        using var scene = await ToolchainScene.CreateAsync();
        SmallWheel.Write(scene.Wheels, "sample", "1.1");
        SmallWheel.Write(scene.Wheels, "sample", "2.0", tag: "cp27-cp27m-any");
        scene.Index.Yanked = "sample-1.1";

        await scene.EnsureAsync();
        var first = scene.LockText;
        SmallWheel.Write(scene.Wheels, "sample", "1.5");
        scene.Cache = "another machine's cache";
        var second = await scene.EnsureAsync();
        var unchanged = scene.LockText;
        await scene.Installer.LockAsync(scene.Distribution, scene.Cluster);

        unchanged.ShouldBe(first);
        unchanged.ShouldContain("\"version\": \"1.0\"");
        unchanged.ShouldContain(Sha256(Path.Combine(scene.Wheels, "sample-1.0-py3-none-any.whl")));
        (await InstalledAsync(second, "sample")).ShouldBe("1.0");
        var said = scene.Said.ToString().ReplaceLineEndings(" ");
        said.ShouldContain("holds 2 packages, 0 roles and 0 collections to their hashes: commit it");
        said.ShouldContain("--require-hashes");
        said.ShouldContain("sample: 1.0 → 1.5");
        ToolchainLock.Read(scene.Cluster)!.Packages.Select(package => package.Name).ShouldBe(["ansible-core", "sample"]);
    }

    [Fact]
    public async Task I_am_told_of_a_file_that_has_changed_and_nothing_is_installed()
    {
        using var scene = await ToolchainScene.CreateAsync();
        await scene.WriteLockAsync();
        var before = scene.LockText;
        SmallWheel.Write(scene.Wheels, "sample", "1.0", "content = 'another'");

        var error = await Should.ThrowAsync<UserError>(scene.EnsureAsync);

        error.Message.ShouldContain("sample==1.0 isn't the file that was locked");
        error.Message.ShouldContain(Sha256(Path.Combine(scene.Wheels, "sample-1.0-py3-none-any.whl")));
        error.Message.ShouldContain("LockToolchain");
        scene.Environments.ShouldBeEmpty();
        scene.LockText.ShouldBe(before);
    }

    [Fact]
    public async Task I_am_told_of_a_package_that_the_lock_has_no_hash_of()
    {
        using var scene = await ToolchainScene.CreateAsync();
        var held = await scene.WriteLockAsync();
        (held with { Packages = [held.Packages[0]] }).Write(scene.Cluster);

        var error = await Should.ThrowAsync<UserError>(scene.EnsureAsync);

        error.Message.ShouldContain("the lock has no hash for sample: ERROR: In --require-hashes mode");
        scene.Environments.ShouldBeEmpty();
    }

    [Fact]
    public async Task I_am_told_of_a_pinned_version_that_was_taken_back_also_by_an_index_that_tells_no_hashes()
    {
        using var scene = await ToolchainScene.CreateAsync("sample==1.0");
        scene.Index.Yanked = "sample-1.0";
        scene.Index.TellsHashes = false;

        await scene.EnsureAsync();

        scene.Said.ToString().ShouldContain("! sample 1.0 was taken back by its authors (yanked): it was broken");
        ToolchainLock.Read(scene.Cluster)!.Packages[1].Sha256.ShouldBe([Sha256(Path.Combine(scene.Wheels, "sample-1.0-py3-none-any.whl"))]);
    }

    [Fact]
    public async Task I_keep_the_lock_that_I_have_where_the_index_answers_with_an_error()
    {
        using var scene = await ToolchainScene.CreateAsync();
        await scene.WriteLockAsync();
        var before = scene.LockText;
        scene.Index.Status = HttpStatusCode.InternalServerError;

        var error = await Should.ThrowAsync<UserError>(() => scene.Installer.LockAsync(scene.Distribution, scene.Cluster));

        error.Message.ShouldContain("No lock could be made, and the one that is there stays");
        // Not every pip says what the index answered.
        scene.Said.ToString().ShouldMatch("can't be installed: the package index (doesn't answer as it should|has none of it)");
        scene.LockText.ShouldBe(before);
    }

    [Fact]
    public async Task I_get_the_systems_Ansible_where_the_index_answers_nothing_and_am_told_why()
    {
        using var scene = await ToolchainScene.CreateAsync();
        scene.Index.IsSilent = true;

        var installed = await scene.EnsureAsync();

        installed.Toolchain.Origin.ShouldBe("the system's");
        scene.Said.ToString().ShouldContain("the package index doesn't answer as it should");
        scene.Said.ToString().ShouldContain("Read timed out");
        scene.Environments.ShouldBeEmpty();
        File.Exists(scene.LockFile).ShouldBeFalse();
    }

    [Fact]
    public async Task I_am_told_of_a_lock_of_another_release_Python_or_machine()
    {
        using var scene = await ToolchainScene.CreateAsync();
        var held = await scene.WriteLockAsync();
        (held with { Python = "3.99" }).Write(scene.Cluster);
        var python = await Should.ThrowAsync<UserError>(scene.EnsureAsync);
        (held with { Machine = "linux-abacus" }).Write(scene.Cluster);
        var machine = await Should.ThrowAsync<UserError>(scene.EnsureAsync);
        held.Write(scene.Cluster);
        scene.Name = "kubespray v2.99.0";
        scene.Directory.Write("distribution/requirements.txt", "ansible-core==99.0\n");
        var release = await Should.ThrowAsync<UserError>(scene.EnsureAsync);

        python.Message.ShouldContain("is of Python 3.99, and the one that fits here is 3.");
        machine.Message.ShouldContain("is of linux-abacus, and this is ");
        release.Message.ShouldContain("is of kubespray v2.31.0, and this is kubespray v2.99.0");
        release.Message.ShouldContain("Run ./build.sh LockToolchain");
        scene.Environments.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("", "is no lock that can be read")]
    [InlineData("{\"version\": 99}", "version 99")]
    [InlineData("{\"version\": 1", "is no lock that can be read")]
    [InlineData("""{"version":1,"distribution":"d","requirements":"r","python":"3.11","machine":"m","resolver":"pip","packages":[{"name":"a\n--index-url http://192.0.2.1","version":"1","url":null,"sha256":["HASH"]}],"roles":[],"collections":[]}""", "no name, version or hash")]
    [InlineData("""{"version":1,"distribution":"d","requirements":"r","python":"3.11","machine":"m","resolver":"pip","packages":[{"name":"a","version":"1","url":null,"sha256":[]}],"roles":[],"collections":[]}""", "no name, version or hash")]
    [InlineData("""{"version":1,"distribution":"d","requirements":"r","python":"3.11","machine":"m","resolver":"pip","packages":[],"roles":[],"collections":[{"name":"a.b","version":"1","sha256":"abc"}]}""", "no name, version or hash")]
    public void I_am_told_of_a_lock_that_is_none(string text, string expected)
    {
        using var directory = new Machines.TemporaryDirectory();
        var cluster = ToolchainScene.ClusterIn(directory, new());
        directory.Write("cluster/toolchain.lock", text.Replace("HASH", new string('a', 64)));

        Should.Throw<UserError>(() => ToolchainLock.Read(cluster)).Message.ShouldContain(expected);
    }

    [Fact]
    public async Task I_get_one_whole_environment_when_two_install_at_once_and_a_half_made_one_made_again()
    {
        using var scene = await ToolchainScene.CreateAsync();
        await scene.WriteLockAsync();

        var both = await Task.WhenAll(scene.EnsureAsync(), scene.EnsureAsync());
        var atOnce = scene.Environments.Count;
        File.Delete(both[0].Toolchain.Program("ansible-playbook"));
        var third = await scene.EnsureAsync();

        both[0].Toolchain.Directory.ShouldBe(both[1].Toolchain.Directory);
        atOnce.ShouldBe(2, "the environment, and the link that names it");
        scene.Said.ToString().ShouldContain("is only half there: it is made again");
        third.Toolchain.Directory.ShouldBe(both[0].Toolchain.Directory);
        File.Exists(third.Toolchain.Program("ansible-playbook")).ShouldBeTrue();
    }

    [Fact]
    public async Task I_am_told_that_the_cache_cannot_be_written_to()
    {
        using var scene = await ToolchainScene.CreateAsync();
        // Nobody makes folders there, root included.
        scene.Cache = "/proc/kubelab";

        var installed = await scene.EnsureAsync();

        installed.Toolchain.Origin.ShouldBe("the system's");
        scene.Said.ToString().ShouldContain("the cache can't be written to");
        scene.Said.ToString().ShouldContain("KUBELAB_CACHE");
    }

    [Fact]
    public async Task I_get_what_no_hash_can_hold_without_a_lock_and_am_told_so()
    {
        using var scene = await ToolchainScene.CreateAsync();
        scene.Directory.Write("distribution/requirements.txt", $"--no-index\r\n-e {scene.Directory.File("nowhere")}\r\n");

        await scene.EnsureAsync();

        scene.Said.ToString().ShouldContain("requirements.txt:2: no hash can hold ");
        scene.Said.ToString().ShouldContain("it is editable");
        File.Exists(scene.LockFile).ShouldBeFalse();
    }

    private static string Sha256(string file) => Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(file)));

    private static async Task<string> InstalledAsync(InstalledAnsible installed, string package)
    {
        var ask = CommandLine.Of(installed.Toolchain.Program("python"), "-c", $"from importlib import metadata; print(metadata.version('{package}'))");
        return (await new CommandRunner().RunAsync(ask)).StandardOutput.Trim();
    }
}
