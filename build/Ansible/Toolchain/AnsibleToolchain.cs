namespace KubeLab.Ansible;

/// <summary>An Ansible that fits a distribution, with what was installed beside it.</summary>
/// <param name="Directory">The folder that holds <c>ansible-playbook</c> and its siblings.</param>
/// <param name="Version">The version of ansible-core (of ansible itself up to 2.9).</param>
/// <param name="Origin">Where it comes from, in words: <c>the system's</c>, <c>requirements-2.12.txt</c>.</param>
/// <param name="GalaxyDirectory">The folder with the <c>roles</c> and <c>collections</c> that were installed for it; null for none.</param>
public sealed record AnsibleToolchain(string Directory, Version Version, string Origin, string? GalaxyDirectory = null)
{
    /// <summary>The version of the Python that it runs on; null where it doesn't say.</summary>
    public Version? PythonVersion { get; init; }

    /// <summary>One of its programs: <c>ansible-playbook</c>, <c>ansible-inventory</c>, <c>ansible-galaxy</c>, <c>ansible</c>.</summary>
    public string Program(string name) => Path.Combine(Directory, name);

    /// <summary>A command of one of its programs.</summary>
    public CommandLine Command(string program, params IReadOnlyList<string> arguments) => new(Program(program), arguments);
}
