namespace KubeLab.Ansible;

/// <summary>Finds the Ansibles that are installed on the control machine.</summary>
public sealed partial class AnsibleFinder(CommandRunner commands)
{
    /// <summary>The program that every Ansible has, and that is looked for.</summary>
    public static string Playbook => "ansible-playbook";

    /// <summary>Every Ansible on the PATH, in its order.</summary>
    public async Task<IReadOnlyList<AnsibleToolchain>> OnPathAsync(CancellationToken cancellationToken = default)
    {
        var directories = Which.Folders()
            .Where(directory => File.Exists(Path.Combine(directory, Playbook)))
            // On most systems today, /bin is /usr/bin.
            .DistinctBy(
                directory => new DirectoryInfo(directory).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? directory);
        var found = await Task.WhenAll(directories.Select(directory => InAsync(directory, "the system's", cancellationToken)));
        return [.. found.OfType<AnsibleToolchain>()];
    }

    /// <summary>The Ansible in a folder, or null where none is there that runs.</summary>
    public async Task<AnsibleToolchain?> InAsync(string directory, string origin, CancellationToken cancellationToken = default)
    {
        var program = Path.Combine(directory, Playbook);
        if (!File.Exists(program))
            return null;
        var version = CommandLine.Of(program, "--version") with { Timeout = TimeSpan.FromSeconds(30) };
        var result = await commands.RunAsync(version, cancellationToken: cancellationToken);
        return result.Succeeded && ParseVersion(result.StandardOutput) is { } parsed
            ? new AnsibleToolchain(directory, parsed, origin) { PythonVersion = ParsePythonVersion(result.StandardOutput) }
            : null;
    }

    /// <summary>Reads the first line of <c>ansible-playbook --version</c>: <c>ansible-playbook [core 2.14.18]</c> since 2.11,
    /// <c>ansible-playbook 2.9.27</c> before.</summary>
    public static Version? ParseVersion(string output) =>
        FirstLine().Match(output) is { Success: true } match ? Version.Parse(match.Groups["version"].Value) : null;

    /// <summary>Reads the line <c>  python version = 3.11.2 (main, …)</c> of the same output; null where there is none.</summary>
    public static Version? ParsePythonVersion(string output) =>
        PythonLine().Match(output) is { Success: true } match ? Version.Parse(match.Groups["version"].Value) : null;

    [GeneratedRegex(@"^\s*python version = (?<version>\d{1,4}\.\d{1,4}(\.\d{1,4})?)",
        RegexOptions.ExplicitCapture | RegexOptions.Multiline, matchTimeoutMilliseconds: 1000)]
    private static partial Regex PythonLine();

    [GeneratedRegex(@"\Aansible-playbook \[?(core |base )?(?<version>\d{1,4}\.\d{1,4}\.\d{1,4})",
        RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex FirstLine();
}

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
}
