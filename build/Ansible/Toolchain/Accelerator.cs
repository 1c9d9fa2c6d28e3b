using System.IO.Compression;

namespace KubeLab.Ansible;

/// <summary>Mitogen, with which Ansible runs its tasks in Pythons that stay on the nodes, instead of one a task.</summary>
/// <param name="Directory">A folder that holds nothing but its packages <c>mitogen</c> and <c>ansible_mitogen</c>.</param>
/// <param name="Version">Its version, as it says it itself.</param>
public sealed record Accelerator(string Directory, string Version)
{
    private const string Strategy = "mitogen_linear";

    /// <summary>Where its strategies lie, below the folder of its packages.</summary>
    public static string Strategies => Path.Combine("ansible_mitogen", "plugins", "strategy");

    /// <summary>The variables by which Ansible uses it.</summary>
    public IReadOnlyDictionary<string, string?> Environment => new Dictionary<string, string?>()
    {
        ["ANSIBLE_STRATEGY"] = Strategy,
        ["ANSIBLE_STRATEGY_PLUGINS"] = Path.Combine(Directory, Strategies),
        ["PYTHONPATH"] = System.Environment.GetEnvironmentVariable("PYTHONPATH") is { Length: > 0 } own
            ? $"{Directory}:{own}" : Directory,
    };

    /// <summary>Whether a folder holds its packages.</summary>
    public static bool IsIn(string directory) => File.Exists(Path.Combine(directory, Strategies, $"{Strategy}.py"))
        && File.Exists(Path.Combine(directory, "mitogen", "__init__.py"));
}

/// <summary>
/// Finds the accelerator that a cluster's settings ask for, and makes sure that it works: one that Ansible can't load stops the
/// run, as nobody would notice that it did without.
/// </summary>
public sealed partial class AcceleratorFinder(CommandRunner commands, ConsoleLog log, string cacheDirectory)
{
    private const string DebianFolder = "/usr/lib/python3/dist-packages";

    // Debian's two packages, of one source.
    private static readonly string[] DebianPackages = ["ansible-mitogen", "python3-mitogen"];

    // From this ansible-core on, strategies that are none of its own are deprecated.
    private static readonly Version Deprecating = new(2, 19);

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    /// <summary>Finds it, installing Debian's packages where none is named and none is there.</summary>
    /// <returns>The accelerator; null where the settings ask for none.</returns>
    /// <exception cref="UserError">There is none, or this Ansible can't load it.</exception>
    public async Task<Accelerator?> EnsureAsync(
        AnsibleToolchain toolchain, AnsibleSettings settings, CancellationToken cancellationToken = default)
    {
        if (settings.Accelerator == "none")
            return null;
        var source = settings.AcceleratorPath is { } path ? Named(path) : await PresentAsync(toolchain, cancellationToken);
        var version = VersionOf(source);
        var accelerator = new Accelerator(Linked(source, version), version);
        await RequireLoadableAsync(toolchain, accelerator, source, cancellationToken);
        if (toolchain.Version >= Deprecating)
            log.Warning(
                $"Ansible {toolchain.Version} still takes strategies that are none of its own, such as Mitogen's, but they are deprecated from ansible-core {Deprecating} on.");
        log.Done($"Mitogen {version} of {source} runs the tasks");
        return accelerator;
    }

    private string Named(string path)
    {
        var folder = File.Exists(path) ? Unpacked(path) : path;
        return Accelerator.IsIn(folder) ? folder : throw new UserError(
            $"ansible.accelerator_path: {path} is neither a checkout nor a wheel of Mitogen: it has no {Accelerator.Strategies}.",
            "Name a folder that holds mitogen and ansible_mitogen, or mitogen-<version>-py2.py3-none-any.whl.");
    }

    private string Unpacked(string wheel)
    {
        var content = Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(wheel)));
        var folder = Path.Combine(cacheDirectory, "mitogen", $"wheel-{CacheKey.Of(content)}");
        if (Directory.Exists(folder))
            return folder;
        var aside = $"{folder}-{Environment.ProcessId}";
        try
        {
            ZipFile.ExtractToDirectory(wheel, aside);
            Directory.Move(aside, folder);
        }
        catch (Exception exception) when (exception is InvalidDataException or IOException)
        {
            if (!Directory.Exists(folder))
                throw new UserError(
                    $"ansible.accelerator_path: {wheel} can't be unpacked: {exception.Message}", "Name a whole wheel of Mitogen.",
                    exception);
        }
        finally
        {
            if (Directory.Exists(aside))
                Directory.Delete(aside, recursive: true);
        }

        return folder;
    }

    // Beside the Ansible itself, else Debian's: both are pure Python.
    private async Task<string> PresentAsync(AnsibleToolchain toolchain, CancellationToken cancellationToken)
    {
        if (await BesideAsync(toolchain, cancellationToken) is { } beside)
            return beside;
        if (Accelerator.IsIn(DebianFolder))
            return DebianFolder;
        var reasons = new List<string>();
        var packages = new DebianPackages(commands, log);
        if (packages.CanInstall(reasons))
            await packages.InstallAsync(DebianPackages, "ansible.accelerator is mitogen", cancellationToken);
        return Accelerator.IsIn(DebianFolder) ? DebianFolder : throw new UserError(
            $"ansible.accelerator is mitogen, and there is none{(reasons.Count > 0 ? $"; {string.Join(", ", reasons)}" : "")}.",
            $"Install {string.Join(" and ", DebianPackages)}, name a checkout or a wheel in ansible.accelerator_path, or leave ansible.accelerator out.");
    }

    private async Task<string?> BesideAsync(AnsibleToolchain toolchain, CancellationToken cancellationToken)
    {
        var python = toolchain.Program("python3");
        if (!File.Exists(python))
            return null;
        var ask = CommandLine.Of(
            python, "-c", "import ansible_mitogen as m, os; print(os.path.dirname(os.path.dirname(m.__file__)))");
        var answer = await commands.RunAsync(ask with { Timeout = Limit }, cancellationToken: cancellationToken);
        return answer.Succeeded && Accelerator.IsIn(answer.StandardOutput.Trim()) ? answer.StandardOutput.Trim() : null;
    }

    // What else lies beside the packages, in a checkout or among the system's, is none of this Ansible's business.
    private string Linked(string source, string version)
    {
        var folder = Path.Combine(cacheDirectory, "mitogen", CacheKey.Of($"{source}\n{version}"));
        Directory.CreateDirectory(folder);
        foreach (var package in new[] { "mitogen", "ansible_mitogen" })
        {
            var link = Path.Combine(folder, package);
            try
            {
                if (!Path.Exists(link))
                    File.CreateSymbolicLink(link, Path.Combine(source, package));
            }
            catch (IOException) when (Path.Exists(link))
            {
                // Another run was faster.
            }
        }

        return folder;
    }

    private async Task RequireLoadableAsync(
        AnsibleToolchain toolchain, Accelerator accelerator, string source, CancellationToken cancellationToken)
    {
        var environment = new Dictionary<string, string?>(accelerator.Environment) { ["ANSIBLE_DEPRECATION_WARNINGS"] = "False" };
        var trial = toolchain.Command(
            "ansible", "localhost", "--inventory", "localhost,", "--connection", "local",
            "--module-name", "ansible.builtin.command", "--args", "true") with
        { Environment = environment, Timeout = Limit };
        var result = await commands.RunAsync(trial, cancellationToken: cancellationToken);
        if (result.Succeeded)
            return;
        var said = $"{result.StandardError}\n{result.StandardOutput}".Split('\n').Select(line => line.Trim())
            .FirstOrDefault(line => line.Contains("ERROR") || line.Contains("FAILED"));
        throw new UserError(
            $"Ansible {toolchain.Version} can't run a task with Mitogen {accelerator.Version} of {source}: {said ?? $"exit code {result.ExitCode}"}",
            "Name another Mitogen in ansible.accelerator_path (a checkout or a wheel), or leave ansible.accelerator out.");
    }

    private static string VersionOf(string folder) =>
        Written().Match(File.ReadAllText(Path.Combine(folder, "mitogen", "__init__.py"))) is { Success: true } written
            ? string.Join('.', written.Groups["parts"].Value.Split([',', ' ', '\'', '"'], StringSplitOptions.RemoveEmptyEntries))
            : "of unknown version";

    [GeneratedRegex(@"^__version__ = \((?<parts>[^)\n]{1,100})\)", RegexOptions.ExplicitCapture | RegexOptions.Multiline,
        matchTimeoutMilliseconds: 60_000)]
    private static partial Regex Written();
}
