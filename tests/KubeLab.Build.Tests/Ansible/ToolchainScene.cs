using System.Security.Cryptography;
using KubeLab.Ansible;
using KubeLab.Clusters;
using KubeLab.Distributions;
using KubeLab.Tests.Clusters;
using KubeLab.Tests.Machines;

namespace KubeLab.Tests.Ansible;

/// <summary>A small release whose pins come from an index of the test's own: ansible-core, and a package that it requires.</summary>
internal sealed class ToolchainScene : IDisposable
{
    private ToolchainScene()
    {
        Directory.Write("distribution/cluster.yml", "---\n");
        Index = new SmallIndex(Wheels);
    }

    public TemporaryDirectory Directory { get; } = new();

    public SmallIndex Index { get; }

    public StringWriter Said { get; } = new();

    public string Wheels => System.IO.Directory.CreateDirectory(Directory.File("wheels")).FullName;

    public string LockFile => Directory.File("cluster/toolchain.lock");

    public string LockText => File.ReadAllText(LockFile);

    /// <summary>The cache: another one knows nothing of what was installed.</summary>
    public string Cache { get; set; } = "cache";

    public string Name { get; set; } = "kubespray v2.31.0";

    public Distribution Distribution => Distribution.Open(Name, Directory.File("distribution"));

    public AnsibleInstaller Installer => new(new CommandRunner(), Consoles.Into(Said), Directory.File(Cache)) { IndexSilence = 1 };

    public static async Task<ToolchainScene> CreateAsync(string requires = "sample>=1.0")
    {
        var system = await RealAnsible.ToolchainAsync();
        var scene = new ToolchainScene();
        var version = await AnsibleWheel.WriteAsync(scene.Wheels, system, requires);
        scene.Directory.Write("distribution/requirements.txt", $"ansible-core=={version}\n");
        SmallWheel.Write(scene.Wheels, "sample", "1.0", "content = 1");
        return scene;
    }

    /// <summary>A cluster in a folder of a test.</summary>
    public static Cluster ClusterIn(TemporaryDirectory directory, AnsibleSettings settings)
    {
        directory.Write("cluster/inventory.ini", "[all]\nk8s-m0\n");
        return new Cluster("mine", directory.File("cluster"), directory.File("cluster/inventory.ini"), new ClusterSettings { Ansible = settings }, directory.File("artifacts"));
    }

    public Cluster Cluster => ClusterIn(Directory, new AnsibleSettings { Index = Index.Address });

    /// <summary>Writes the lock that first use would write.</summary>
    public async Task<ToolchainLock> WriteLockAsync()
    {
        var said = (await new CommandRunner().RunAsync(CommandLine.Of("python3", "-c", "import platform; print(platform.python_version())"))).StandardOutput;
        var held = ToolchainLock.Of(
            Distribution, null, Version.Parse(said.Trim()), "pip",
            [.. System.IO.Directory.EnumerateFiles(Wheels, "*.whl").Select(file => (Name: Path.GetFileName(file).Split('-'), File: file)).Select(wheel =>
                new LockedPackage(wheel.Name[0].Replace('_', '-'), wheel.Name[1], null, [Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(wheel.File)))]))]);
        held.Write(Cluster);
        return held;
    }

    public Task<InstalledAnsible> EnsureAsync() => Installer.EnsureAsync(Distribution, Cluster);

    public IReadOnlyList<string> Environments => System.IO.Directory.Exists(Directory.File($"{Cache}/venvs"))
        ? System.IO.Directory.GetFileSystemEntries(Directory.File($"{Cache}/venvs")) : [];

    public void Dispose()
    {
        Index.Dispose();
        Directory.Dispose();
        Said.Dispose();
    }
}
