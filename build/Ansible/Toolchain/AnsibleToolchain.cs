using KubeLab.Distributions;

namespace KubeLab.Ansible;

/// <summary>An Ansible that fits a distribution, with what was installed beside it.</summary>
/// <param name="Directory">The folder that holds <c>ansible-playbook</c> and its siblings.</param>
/// <param name="Version">The version of ansible-core (of ansible itself up to 2.9).</param>
/// <param name="Origin">Where it comes from, in words: <c>the system's</c>, <c>requirements-2.12.txt</c>.</param>
/// <param name="GalaxyDirectory">The folder of the <c>roles</c> and <c>collections</c> installed for it; null for none.</param>
public sealed record AnsibleToolchain(string Directory, Version Version, string Origin, string? GalaxyDirectory = null)
{
    /// <summary>The version of the Python that it runs on; null where it doesn't say.</summary>
    public Version? PythonVersion { get; init; }

    /// <summary>One of its programs, such as <c>ansible-playbook</c>, <c>ansible-inventory</c> or <c>ansible</c>.</summary>
    public string Program(string name) => Path.Combine(Directory, name);

    /// <summary>A command of one of its programs.</summary>
    public CommandLine Command(string program, params IReadOnlyList<string> arguments) => new(Program(program), arguments);

    /// <summary>The variables by which it finds its configuration, roles and collections, and those that were installed for it,
    /// whatever it is asked.</summary>
    public IReadOnlyDictionary<string, string?> PathsFor(Distribution distribution)
    {
        var paths = new Dictionary<string, string?>();
        if (File.Exists(distribution.File("ansible.cfg")))
            paths["ANSIBLE_CONFIG"] = distribution.File("ansible.cfg");
        if (GalaxyDirectory is { } galaxy)
        {
            paths["ANSIBLE_ROLES_PATH"] = $"{distribution.File("roles")}:{Path.Combine(galaxy, "roles")}";
            // The plural is read up to ansible-core 2.18, the singular from 2.10 on.
            paths["ANSIBLE_COLLECTIONS_PATHS"] = Path.Combine(galaxy, "collections");
            paths["ANSIBLE_COLLECTIONS_PATH"] = Path.Combine(galaxy, "collections");
        }

        return paths;
    }
}
