using KubeLab.Ansible;

namespace KubeLab.Tests.Ansible;

/// <summary>A wheel of ansible-core whose programs hand over to the system's: pip, the environment and Ansible are real, only the index is a folder.</summary>
internal static class AnsibleWheel
{
    /// <summary>Writes the wheel; skips the test where no environment can be made.</summary>
    /// <param name="requires">What it requires, as in its metadata.</param>
    /// <returns>The version that it has.</returns>
    public static async Task<string> WriteAsync(string folder, AnsibleToolchain system, string requires = "")
    {
        Assert.SkipUnless((await new CommandRunner().RunAsync(CommandLine.Of("python3", "-c", "import ensurepip"))).Succeeded, "python3-venv is not installed here");
        var version = system.Version.ToString();
        SmallWheel.Write(
            folder, "ansible_core", version, requires: requires,
            module: $"import os, sys\ndef main():\n    name = os.path.basename(sys.argv[0])\n    os.execv('{system.Directory}/' + name, ['{system.Directory}/' + name] + sys.argv[1:])\n",
            scripts: "[console_scripts]\nansible-playbook = handover:main\nansible-galaxy = handover:main\n");
        return version;
    }
}
