namespace KubeLab.Ansible;

/// <summary>Finds the Ansibles that are installed on the control machine.</summary>
/// <param name="root">What stands before the system's folders; null for nothing.</param>
public sealed partial class AnsibleFinder(CommandRunner commands, string? root = null)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    /// <summary>The program that every Ansible has, and that is looked for.</summary>
    public static string Playbook => "ansible-playbook";

    /// <summary>Every Ansible on the PATH, in its order.</summary>
    public async Task<IReadOnlyList<AnsibleToolchain>> OnPathAsync(CancellationToken cancellationToken = default) =>
        [.. (await LookAsync(OnPath(), cancellationToken)).Select(found => found.Toolchain).OfType<AnsibleToolchain>()];

    /// <summary>Every Ansible of this machine: on the PATH, in the active virtual environment, of pipx and uv, below <c>/opt</c>,
    /// and what KubeLab installed.</summary>
    public Task<IReadOnlyList<FoundAnsible>> SurveyAsync(string cacheDirectory, CancellationToken cancellationToken = default)
    {
        var data = Environment.GetEnvironmentVariable("XDG_DATA_HOME") is { Length: > 0 } own ? own : InHome(".local/share");
        var pipx = Environment.GetEnvironmentVariable("PIPX_HOME") is { Length: > 0 } home ? home : Path.Combine(data, "pipx");
        return LookAsync(
            [
                .. Environment.GetEnvironmentVariable("VIRTUAL_ENV") is { Length: > 0 } active
                    ? [(Path.Combine(active, "bin"), "the active virtual environment")] : Array.Empty<(string, string)>(),
                .. OnPath(),
                .. Below("pipx", Path.Combine(pipx, "venvs"), InHome(".local/pipx/venvs"), InRoot("opt/pipx/venvs")),
                .. Below("uv", Path.Combine(data, "uv/tools")),
                .. Below("/opt", [InRoot("opt"), .. Folders(InRoot("opt"))]),
                // What is whole there has a link.
                .. Folders(Path.Combine(cacheDirectory, "venvs")).Where(each => new FileInfo(each).LinkTarget is not null)
                    .Select(each => (Path.Combine(each, "bin"), "the cache")),
            ],
            cancellationToken);
    }

    /// <summary>The Ansible in a folder, or null where none is there that runs.</summary>
    public async Task<AnsibleToolchain?> InAsync(
        string directory, string origin, CancellationToken cancellationToken = default) =>
        (await TryAsync(directory, origin, cancellationToken)).Toolchain;

    /// <summary>The Ansible in a folder, or why none runs there.</summary>
    public async Task<FoundAnsible> TryAsync(string directory, string origin, CancellationToken cancellationToken = default)
    {
        var program = Path.Combine(directory, Playbook);
        if (!File.Exists(program))
            return new FoundAnsible(directory, origin, null, $"has no {Playbook}");
        var version = CommandLine.Of(program, "--version") with { Timeout = Limit };
        try
        {
            var result = await commands.RunAsync(version, cancellationToken: cancellationToken);
            return result.Succeeded && ParseVersion(result.StandardOutput) is { } parsed
                ? new FoundAnsible(
                    directory, origin,
                    new AnsibleToolchain(directory, parsed, origin)
                    {
                        PythonVersion = ParsePythonVersion(result.StandardOutput),
                    },
                    null)
                : new FoundAnsible(directory, origin, null, $"doesn't run: {InstallFailure.Reason(result)}");
        }
        catch (UserError error)
        {
            return new FoundAnsible(directory, origin, null, $"doesn't run: {error.Problem.Split('\n')[0]}");
        }
    }

    private async Task<IReadOnlyList<FoundAnsible>> LookAsync(
        IEnumerable<(string Directory, string Origin)> folders, CancellationToken cancellationToken)
    {
        // On most systems today, /bin is /usr/bin; and what pipx installs has a link on the PATH.
        var programs = folders.Where(each => File.Exists(Path.Combine(each.Directory, Playbook)))
            .DistinctBy(each => RealPath.Of(Path.Combine(each.Directory, Playbook)));
        return await Task.WhenAll(programs.Select(each => TryAsync(each.Directory, each.Origin, cancellationToken)));
    }

    private static IEnumerable<(string Directory, string Origin)> OnPath() =>
        Which.Folders().Select(folder => (folder, "the system's"));

    private static IEnumerable<(string Directory, string Origin)> Below(string origin, params IReadOnlyList<string> folders) =>
        folders.SelectMany(folder => Folders(folder).Prepend(folder)).Select(each => (Path.Combine(each, "bin"), origin));

    private static string InHome(string path) =>
        Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), path);

    private string InRoot(string path) => Path.Combine(root ?? "/", path);

    private static IReadOnlyList<string> Folders(string folder)
    {
        try
        {
            return Directory.Exists(folder) ? [.. Directory.EnumerateDirectories(folder).Order(StringComparer.Ordinal)] : [];
        }
        catch (UnauthorizedAccessException)
        {
            return [];
        }
    }

    /// <summary>Reads the first line of <c>ansible-playbook --version</c>: <c>ansible-playbook [core 2.14.18]</c> since 2.11,
    /// <c>ansible-playbook 2.9.27</c> before.</summary>
    public static Version? ParseVersion(string output) =>
        FirstLine().Match(output) is { Success: true } match ? Version.Parse(match.Groups["version"].Value) : null;

    /// <summary>Reads the line <c>  python version = 3.11.2 (main, …)</c> of the same output; null where there is none.</summary>
    public static Version? ParsePythonVersion(string output) =>
        PythonLine().Match(output) is { Success: true } match ? Version.Parse(match.Groups["version"].Value) : null;

    [GeneratedRegex(@"^\s*python version = (?<version>\d{1,4}\.\d{1,4}(\.\d{1,4})?)",
        RegexOptions.ExplicitCapture | RegexOptions.Multiline, matchTimeoutMilliseconds: 60_000)]
    private static partial Regex PythonLine();

    [GeneratedRegex(@"\Aansible-playbook \[?(core |base )?(?<version>\d{1,4}\.\d{1,4}\.\d{1,4})",
        RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 60_000)]
    private static partial Regex FirstLine();
}

/// <summary>An Ansible that was found on this machine.</summary>
/// <param name="Origin">Where: <c>the system's</c>, <c>pipx</c>, <c>the cache</c>.</param>
/// <param name="Toolchain">Null where it doesn't run.</param>
/// <param name="Problem">Why it doesn't run; null where it does.</param>
public sealed record FoundAnsible(string Directory, string Origin, AnsibleToolchain? Toolchain, string? Problem);
