namespace KubeLab.Project;

/// <summary>Runs every linter that the machine has, installs missing ones where it may, and counts their verdicts.</summary>
public sealed class LintRun(CommandRunner commands, ConsoleLog log, string rootDirectory)
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);

    /// <summary>Runs all linters.</summary>
    /// <exception cref="UserError">One of them found something.</exception>
    public async Task RunAsync(IReadOnlyList<Linter> linters, CancellationToken cancellationToken = default)
    {
        await InstallMissingAsync(linters, cancellationToken);
        var verdicts = new List<(string Linter, bool? IsClean)>();
        foreach (var linter in linters)
        {
            verdicts.Add((linter.Name, await RunAsync(linter, cancellationToken)));
            if (verdicts[^1].IsClean is { } isClean)
                log.Say(isClean ? Mark.Passed : Mark.Failed, linter.Name);
            else
                log.Warning($"{linter.Name}: skipped, as {linter.Program} is not installed (package {linter.DebianPackage})");
        }

        var failed = verdicts.Where(each => each.IsClean is false).Select(each => each.Linter).ToList();
        var skipped = verdicts.Count(each => each.IsClean is null);
        var counts = new TestCounts(verdicts.Count - failed.Count - skipped, failed.Count, skipped, []);
        var directory = Directory.CreateDirectory(Path.Combine(rootDirectory, "artifacts", "tests")).FullName;
        await File.WriteAllTextAsync(Path.Combine(directory, "lint.txt"), $"{counts}\n", cancellationToken);
        log.Info(counts.ToString());
        if (failed.Count > 0)
            throw new UserError($"Linters found something: {string.Join(", ", failed)}.", "What they found stands above.");
    }

    private async Task<bool?> RunAsync(Linter linter, CancellationToken cancellationToken)
    {
        if (!IsInstalled(linter))
            return null;
        var files = await FilesAsync(linter, cancellationToken);
        if (linter.Files.Count > 0 && files.Count == 0)
            return true;
        var command = new CommandLine(
            linter.Program,
            [.. linter.Arguments.Select(argument => argument.Replace(Linter.RootPlaceholder, rootDirectory)), .. files])
        {
            WorkingDirectory = Path.GetFullPath(linter.Directory, rootDirectory),
            Environment = linter.Environment,
            Timeout = Limit,
        };
        var result = await commands.RunAsync(command, cancellationToken: cancellationToken);
        if (!result.Succeeded)
            log.Info($"{result.StandardOutput}{result.StandardError}".TrimEnd());
        return result.Succeeded;
    }

    private async Task InstallMissingAsync(IReadOnlyList<Linter> linters, CancellationToken cancellationToken)
    {
        var packages = new DebianPackages(commands, log);
        IReadOnlyList<string> missing =
            [.. linters.Where(linter => !IsInstalled(linter)).Select(linter => linter.DebianPackage).OfType<string>()];
        if (missing.Count > 0 && packages.CanInstall([]))
            await packages.InstallAsync(missing, "linters", cancellationToken);
    }

    private async Task<IReadOnlyList<string>> FilesAsync(Linter linter, CancellationToken cancellationToken)
    {
        if (linter.Files.Count == 0)
            return [];
        var list = new CommandLine("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", .. linter.Files])
        { WorkingDirectory = rootDirectory };
        var result = await commands.RunAsync(list, cancellationToken: cancellationToken);
        result.EnsureSucceeded("Listing the files to lint", "Run Lint in a git checkout.");
        return [.. result.StandardOutput.Split('\0', StringSplitOptions.RemoveEmptyEntries)
            .Where(file => File.Exists(Path.Combine(rootDirectory, file)))];
    }

    private static bool IsInstalled(Linter linter) => Which.Find(linter.Program) is not null;
}

/// <summary>One tool that reads KubeLab's own sources.</summary>
/// <param name="DebianPackage">The package that brings it; null where it comes with the .NET SDK.</param>
public sealed record Linter(string Name, string Program, string? DebianPackage, IReadOnlyList<string> Arguments)
{
    /// <summary>What stands for the repository's root in <see cref="Arguments"/>.</summary>
    public static string RootPlaceholder => "{root}";

    /// <summary>The tracked files that it reads, as git pathspecs; none where it finds them by itself.</summary>
    public IReadOnlyList<string> Files { get; init; } = [];

    /// <summary>The folder that it runs in, relative to the root.</summary>
    public string Directory { get; init; } = ".";

    /// <summary>Environment variables that it needs.</summary>
    public IReadOnlyDictionary<string, string?> Environment { get; init; } = new Dictionary<string, string?>();

    /// <summary>Every linter, the quickest first.</summary>
    public static IReadOnlyList<Linter> All { get; } = [
        new("shellcheck", "shellcheck", "shellcheck", ["--severity=style"]) { Files = ["*.sh", ".ci/run"] },
        new("yamllint", "yamllint", "yamllint", ["--strict"]) { Files = ["*.yml", "*.yaml"] },
        new("python", "python3", "python3", ["-m", "py_compile"])
        {
            Files = ["*.py"],
            Environment = new Dictionary<string, string?>() { ["PYTHONPYCACHEPREFIX"] = "/tmp/kubelab-pycache" },
        },
        new("ansible-lint", "ansible-lint", "ansible-lint", ["--offline", "--nocolor"]) { Directory = "lab/distribution" },
        new("C# layout", "dotnet", null, ["format", "whitespace", "KubeLab.Build.sln", "--verify-no-changes", "--no-restore"]),
        // build.sh and the tests compile without analyzers, for speed; here their findings are errors.
        new(
            "C# analyzers", "dotnet", null,
            [
                "build", "KubeLab.Build.sln", "-nologo", "-verbosity:quiet", "-p:RunAnalyzers=true", "-p:UseArtifactsOutput=true",
                $"-p:ArtifactsPath={RootPlaceholder}/.nuke/temp/lint", "-nodeReuse:false",
            ]),
    ];
}
