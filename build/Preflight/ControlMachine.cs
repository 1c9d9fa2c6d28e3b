namespace KubeLab.Preflight;

/// <summary>What is known of the machine that the playbook runs on.</summary>
public sealed record ControlMachine
{
    /// <summary>The version of ansible-core that will run the playbook; null where it isn't known.</summary>
    public Version? AnsibleVersion { get; init; }

    /// <summary>The version of the Python that Ansible runs on; null where it isn't known.</summary>
    public Version? PythonVersion { get; init; }

    /// <summary>The room on the file systems that a run writes to, by path.</summary>
    public IReadOnlyDictionary<string, long> FreeBytes { get; init; } = new Dictionary<string, long>();

    /// <summary>The folders that a run writes to and that can't be written to, with the reason.</summary>
    public IReadOnlyDictionary<string, string> Unwritable { get; init; } = new Dictionary<string, string>();

    /// <summary>Looks at the machine that KubeLab runs on. Nothing is written.</summary>
    /// <param name="commands">Runs <c>test -w</c>, which asks without writing.</param>
    /// <param name="ansible">The version of ansible-core that will run the playbook; null where it isn't known.</param>
    /// <param name="python">The version of the Python that it runs on; null where it isn't known.</param>
    public static async Task<ControlMachine> ReadAsync(
        CommandRunner commands, Cluster cluster, Version? ansible,
        Version? python = null, CancellationToken cancellationToken = default)
    {
        // The first holds KubeLab's own record; into the second the playbook puts the kubeconfig (kubeconfig_localhost).
        string[] folders = [cluster.ArtifactsDirectory, Path.Combine(cluster.Directory, "artifacts")];
        var places = folders.Select(NearestFolder.Of).Distinct().ToList();
        var unwritable = new Dictionary<string, string>();
        foreach (var place in places)
        {
            var test = CommandLine.Of("test", "-w", place);
            if (!OperatingSystem.IsWindows() && !(await commands.RunAsync(test, cancellationToken: cancellationToken)).Succeeded)
                unwritable[place] = $"{Environment.UserName} may not write there";
        }

        return new ControlMachine
        {
            AnsibleVersion = ansible,
            PythonVersion = python,
            FreeBytes = places.ToDictionary(place => place, place => new DriveInfo(place).AvailableFreeSpace),
            Unwritable = unwritable,
        };
    }
}
