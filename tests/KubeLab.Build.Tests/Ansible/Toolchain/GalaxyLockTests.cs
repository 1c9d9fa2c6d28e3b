using KubeLab.Ansible;
using KubeLab.Distributions;
using KubeLab.Tests.Machines;

namespace KubeLab.Tests.Ansible;

/// <summary>Roles and collections are what was locked, from a Galaxy of the tests' own.</summary>
public class GalaxyLockTests
{
    [Fact]
    public async Task I_get_the_same_archives_ever_after_and_am_told_of_one_that_has_changed()
    {
        using var scene = await GalaxyScene.CreateAsync();
        var wanted = new GalaxyRequirement("collection", "kubelab.sample", ">=1.0.0,<2.0.0", "galaxy.yml");
        var first = (await scene.EnsureAsync([wanted], null))!;
        var held = scene.Lock with { Collections = first.Collections };

        var again = (await scene.EnsureAsync([wanted], held))!;
        await scene.PublishAsync("another");
        var error = await Should.ThrowAsync<UserError>(() => scene.EnsureAsync([wanted], held with { Requirements = "other cache" }, "cache 2"));

        first.Collections.ShouldHaveSingleItem().ShouldBe(again.Collections.ShouldHaveSingleItem());
        again.Collections[0].Version.ShouldBe("1.2.0");
        File.Exists(Path.Combine(again.Directory, "collections/ansible_collections/kubelab/sample/MANIFEST.json")).ShouldBeTrue();
        error.Message.ShouldContain($"collection kubelab.sample 1.2.0 has SHA-256 ");
        error.Message.ShouldContain($"1.2.0 with {first.Collections[0].Sha256} is locked");
        Directory.GetFileSystemEntries(scene.Directory.File("cache 2/galaxy")).ShouldBeEmpty();
    }

    [Fact]
    public async Task I_get_roles_first_and_am_told_of_one_that_has_changed()
    {
        using var scene = await GalaxyScene.CreateAsync();
        await scene.RoleAsync("one");
        scene.Directory.Write("distribution/requirements-2.14.yml", $"---\r\nroles:\r\n  - src: {scene.Directory.File("role.tar.gz")}\r\n    name: sample\r\ncollections:\r\n  - name: kubelab.sample\r\n    version: <2.0.0\r\n");

        var first = (await scene.EnsureAsync([], null, ansibleVersion: "2.14"))!;
        var held = scene.Lock with { Roles = first.Roles, Collections = first.Collections };
        await scene.RoleAsync("another");
        var error = await Should.ThrowAsync<UserError>(() => scene.EnsureAsync([], held, "cache 2", "2.14"));

        first.Roles.ShouldHaveSingleItem().Name.ShouldBe("sample");
        first.Collections.ShouldHaveSingleItem().Name.ShouldBe("kubelab.sample");
        var said = scene.Said.ToString();
        said.IndexOf("role install", StringComparison.Ordinal).ShouldBeInRange(0, said.IndexOf("collection download", StringComparison.Ordinal));
        error.Message.ShouldContain("role sample * has SHA-256");
        error.Message.ShouldNotContain("collection kubelab");
        Directory.GetFileSystemEntries(scene.Directory.File("cache 2/galaxy")).ShouldBeEmpty();
    }

    [Fact]
    public async Task I_get_a_collection_from_a_repository_that_no_hash_holds_and_am_told_so()
    {
        var git = Programs.Require("git");
        using var scene = await GalaxyScene.CreateAsync();
        scene.Directory.Write("repository/galaxy.yml", "namespace: kubelab\nname: repository\nversion: 1.0.0\nauthors: [me]\nreadme: README.md\n");
        scene.Directory.Write("repository/README.md", "Nothing.\n");
        foreach (var arguments in new string[][] { ["init", "-q"], ["add", "-A"], ["-c", "user.name=a", "-c", "user.email=a@example", "commit", "-q", "-m", "One"] })
            (await new CommandRunner().RunAsync(new CommandLine(git, ["-C", scene.Directory.File("repository"), .. arguments]))).EnsureSucceeded("git");
        scene.Directory.Write("distribution/requirements-2.14.yml", $"---\ncollections:\n  - name: git+file://{scene.Directory.File("repository").Replace(" ", "%20", StringComparison.Ordinal)}\n");

        var first = (await scene.EnsureAsync([], null, ansibleVersion: "2.14"))!;
        var again = (await scene.EnsureAsync([], scene.Lock with { Collections = first.Collections }, "cache 2", "2.14"))!;

        first.Collections.ShouldBeEmpty();
        File.Exists(Path.Combine(again.Directory, "collections/ansible_collections/kubelab/repository/MANIFEST.json")).ShouldBeTrue();
        scene.Said.ToString().ReplaceLineEndings(" ").ShouldContain("no hash can hold");
    }
}
