using KubeLab.Ansible;
using KubeLab.Distributions;
using KubeLab.Tests.Clusters;
using KubeLab.Tests.Machines;

namespace KubeLab.Tests.Ansible;

/// <summary>A Galaxy of the test's own with one collection, and the real ansible-galaxy that asks it.</summary>
internal sealed class GalaxyScene : IDisposable
{
    private AnsibleToolchain toolchain = null!;
    private SmallGalaxy galaxy = null!;

    public TemporaryDirectory Directory { get; } = new();

    public StringWriter Said { get; } = new();

    public ToolchainLock Lock => new(1, "kubespray", "key", "3.11", "linux-x64", "pip", [], [], []);

    public static async Task<GalaxyScene> CreateAsync()
    {
        var scene = new GalaxyScene { toolchain = await RealAnsible.ToolchainAsync() };
        scene.Directory.Write("distribution/cluster.yml", "---\n");
        await scene.PublishAsync("one");
        return scene;
    }

    /// <summary>Serves an archive with this in it, as version 1.2.0.</summary>
    public async Task PublishAsync(string content)
    {
        var archive = await CollectionArchive.BuildAsync(Directory, toolchain, content);
        if (galaxy is null)
            galaxy = new SmallGalaxy(archive);
        else
            galaxy.Offer(archive);
    }

    /// <summary>Makes the archive of a role with this in it.</summary>
    public async Task RoleAsync(string content)
    {
        Directory.Write("role/tasks/main.yml", $"- name: Say something\n  ansible.builtin.debug:\n    msg: {content}\n");
        Directory.Write("role/meta/main.yml", "galaxy_info:\n  author: KubeLab\n  description: A sample\n  license: MIT\n  min_ansible_version: '2.9'\ndependencies: []\n");
        var pack = CommandLine.Of("tar", "-czf", Directory.File("role.tar.gz"), "-C", Directory.Path, "role");
        (await new CommandRunner().RunAsync(pack)).EnsureSucceeded("tar");
    }

    public Task<GalaxyContent?> EnsureAsync(
        IReadOnlyList<GalaxyRequirement> missing, ToolchainLock? known, string cache = "cache", string? ansibleVersion = null)
    {
        var server = galaxy.Configuration(Directory);
        var requirements = new GalaxyRequirements(new CommandRunner(), Consoles.Into(Said), Directory.File(cache))
        {
            Environment = new Dictionary<string, string?> { ["ANSIBLE_CONFIG"] = server, ["ANSIBLE_GALAXY_CACHE_DIR"] = Directory.File($"{cache} of Galaxy"), ["no_proxy"] = "127.0.0.1" },
        };
        return requirements.EnsureAsync(
            toolchain, Distribution.Open("a small one", Directory.File("distribution")), ansibleVersion, missing, known, CancellationToken.None);
    }

    public void Dispose()
    {
        galaxy?.Dispose();
        Directory.Dispose();
        Said.Dispose();
    }
}

/// <summary>The archive of the collection <c>kubelab.sample</c>, version 1.2.0.</summary>
internal static class CollectionArchive
{
    public static async Task<string> BuildAsync(TemporaryDirectory directory, AnsibleToolchain ansible, string content = "1.2.0")
    {
        directory.Write("collection/galaxy.yml", "namespace: kubelab\nname: sample\nversion: 1.2.0\nreadme: README.md\nauthors: [KubeLab]\n");
        directory.Write("collection/README.md", "A sample\n");
        directory.Write("collection/roles/hello/tasks/main.yml", $"- name: Say which version it is\n  ansible.builtin.copy:\n    content: {content}\n    dest: \"{{{{ written }}}}\"\n    mode: '0644'\n");
        var build = ansible.Command("ansible-galaxy", "collection", "build", "--force", directory.File("collection"), "--output-path", directory.Path);
        (await new CommandRunner().RunAsync(build)).EnsureSucceeded("ansible-galaxy collection build");
        return directory.File("kubelab-sample-1.2.0.tar.gz");
    }
}
