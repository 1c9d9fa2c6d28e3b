using System.Net;
using System.Security.Cryptography;
using KubeLab.Ansible;

namespace KubeLab.Tests.Ansible;

/// <summary>What is locked is what is installed, from an index of the tests' own.</summary>
public class ToolchainLockTests
{
    [Fact]
    public async Task I_get_a_lock_on_first_use_and_the_same_files_ever_after()
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

        var held = ToolchainLock.Read(scene.Cluster)!;
        held.Packages.Select(package => $"{package.Name} {package.Version}").ShouldBe([$"ansible-core {second.Toolchain.Version}", "sample 1.0"]);
        held.Packages[1].Sha256.ShouldBe([Sha256(Path.Combine(scene.Wheels, "sample-1.0-py3-none-any.whl"))]);
        scene.LockText.ShouldBe(first);
        scene.Said.ToString().ShouldContain("commit it");
        scene.Said.ToString().ShouldContain("--require-hashes");
        (await InstalledAsync(second, "sample")).ShouldBe("1.0");
    }

    [Fact]
    public async Task I_am_told_of_a_file_that_has_changed_and_nothing_is_installed()
    {
        using var scene = await ToolchainScene.CreateAsync();
        await scene.EnsureAsync();
        var before = scene.LockText;
        SmallWheel.Write(scene.Wheels, "sample", "1.0", "content = 'another'");
        scene.Cache = "another machine's cache";

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
        await scene.EnsureAsync();
        var held = ToolchainLock.Read(scene.Cluster)!;
        (held with { Packages = [held.Packages[0]] }).Write(scene.Cluster);
        scene.Cache = "another machine's cache";

        var error = await Should.ThrowAsync<UserError>(scene.EnsureAsync);

        error.Message.ShouldContain("--require-hashes");
        error.Message.ShouldContain("sample");
        scene.Environments.ShouldBeEmpty();
    }

    [Fact]
    public async Task I_am_told_of_a_pinned_version_that_was_taken_back()
    {
        using var scene = await ToolchainScene.CreateAsync("sample==1.0");
        scene.Index.Yanked = "sample-1.0";

        await scene.EnsureAsync();

        scene.Said.ToString().ShouldContain("! sample 1.0 was taken back by its authors (yanked): it was broken");
        ToolchainLock.Read(scene.Cluster)!.Packages.Count.ShouldBe(2);
    }

    [Fact]
    public async Task I_get_a_lock_from_an_index_that_tells_no_hashes()
    {
        using var scene = await ToolchainScene.CreateAsync();
        scene.Index.TellsHashes = false;

        await scene.EnsureAsync();

        ToolchainLock.Read(scene.Cluster)!.Packages[1].Sha256.ShouldBe([Sha256(Path.Combine(scene.Wheels, "sample-1.0-py3-none-any.whl"))]);
    }

    [Fact]
    public async Task I_lock_anew_when_I_want_to_and_see_what_changed()
    {
        using var scene = await ToolchainScene.CreateAsync();
        await scene.EnsureAsync();
        SmallWheel.Write(scene.Wheels, "sample", "1.5");

        await scene.Installer.LockAsync(scene.Distribution, scene.Cluster);

        scene.Said.ToString().ShouldContain("sample: 1.0 → 1.5");
        ToolchainLock.Read(scene.Cluster)!.Packages[1].Version.ShouldBe("1.5");
    }

    [Fact]
    public async Task I_keep_the_lock_that_I_have_where_another_cannot_be_made()
    {
        using var scene = await ToolchainScene.CreateAsync();
        await scene.EnsureAsync();
        var before = scene.LockText;
        scene.Index.Status = HttpStatusCode.InternalServerError;

        await Should.ThrowAsync<UserError>(() => scene.Installer.LockAsync(scene.Distribution, scene.Cluster));

        scene.LockText.ShouldBe(before);
    }

    [Theory]
    [InlineData(true, "500")]
    [InlineData(false, "Read timed out")]
    public async Task I_am_told_that_the_index_answers_wrongly_or_not_at_all(bool answers, string expected)
    {
        using var scene = await ToolchainScene.CreateAsync();
        scene.Index.IsSilent = !answers;
        scene.Index.Status = HttpStatusCode.InternalServerError;

        // The system's own Ansible, which fits here, takes the place of the pins.
        var installed = await scene.EnsureAsync();

        installed.Toolchain.Origin.ShouldBe("the system's");
        scene.Said.ToString().ShouldContain("the package index doesn't answer as it should");
        scene.Said.ToString().ShouldContain(expected);
        scene.Environments.ShouldBeEmpty();
        File.Exists(scene.LockFile).ShouldBeFalse();
    }

    [Fact]
    public async Task I_am_told_of_a_lock_of_another_release_Python_or_machine()
    {
        using var scene = await ToolchainScene.CreateAsync();
        await scene.EnsureAsync();
        var held = ToolchainLock.Read(scene.Cluster)!;
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
    public async Task I_get_one_whole_environment_when_two_install_at_once()
    {
        using var scene = await ToolchainScene.CreateAsync();

        var both = await Task.WhenAll(scene.EnsureAsync(), scene.EnsureAsync());

        both[0].Toolchain.Directory.ShouldBe(both[1].Toolchain.Directory);
        scene.Environments.Count.ShouldBe(2, "the environment, and the link that names it");
        File.Exists(both[0].Toolchain.Program("ansible-playbook")).ShouldBeTrue();
    }

    [Fact]
    public async Task I_get_a_half_made_environment_made_again()
    {
        using var scene = await ToolchainScene.CreateAsync();
        var first = await scene.EnsureAsync();
        File.Delete(first.Toolchain.Program("ansible-playbook"));

        var second = await scene.EnsureAsync();

        scene.Said.ToString().ShouldContain("is only half there: it is made again");
        second.Toolchain.Directory.ShouldBe(first.Toolchain.Directory);
        File.Exists(second.Toolchain.Program("ansible-playbook")).ShouldBeTrue();
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
        scene.Directory.Write("own/setup.py", "from setuptools import setup\nsetup(name='own', version='1')\n");
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
