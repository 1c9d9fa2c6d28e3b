using System.IO.Compression;
using KubeLab.Ansible;

namespace KubeLab.Tests.Ansible;

/// <summary>A wheel of ansible-core whose programs hand over to the system's: pip, the environment and Ansible are real, only the index is a folder.</summary>
internal static class AnsibleWheel
{
    /// <summary>Writes the wheel; skips the test where no environment can be made.</summary>
    /// <returns>The version that it has.</returns>
    public static async Task<string> WriteAsync(string folder, AnsibleToolchain system)
    {
        Assert.SkipUnless((await new CommandRunner().RunAsync(CommandLine.Of("python3", "-c", "import ensurepip"))).Succeeded, "python3-venv is not installed here");
        var version = system.Version.ToString();
        Directory.CreateDirectory(folder);
        await using var wheel = await ZipFile.OpenAsync(Path.Combine(folder, $"ansible_core-{version}-py3-none-any.whl"), ZipArchiveMode.Create);
        Add(wheel, "handover.py", $"import os, sys\ndef main():\n    name = os.path.basename(sys.argv[0])\n    os.execv('{system.Directory}/' + name, ['{system.Directory}/' + name] + sys.argv[1:])\n");
        var info = $"ansible_core-{version}.dist-info";
        Add(wheel, $"{info}/METADATA", $"Metadata-Version: 2.1\nName: ansible-core\nVersion: {version}\n");
        Add(wheel, $"{info}/WHEEL", "Wheel-Version: 1.0\nGenerator: kubelab\nRoot-Is-Purelib: true\nTag: py3-none-any\n");
        Add(wheel, $"{info}/entry_points.txt", "[console_scripts]\nansible-playbook = handover:main\nansible-galaxy = handover:main\n");
        Add(wheel, $"{info}/RECORD", "");
        return version;
    }

    private static void Add(ZipArchive archive, string name, string text)
    {
        using var writer = new StreamWriter(archive.CreateEntry(name).Open());
        writer.Write(text);
    }
}
