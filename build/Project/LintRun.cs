namespace KubeLab.Project;

/// <summary>Runs every linter that the machine has, installs those that it lacks where it may, and counts their verdicts.</summary>
public sealed class LintRun(CommandRunner commands, ConsoleLog log, string rootDirectory)
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);

    /// <summary>Runs all linters.</summary>
    /// <exception cref="UserError">One of them found something.</exception>
    public async Task RunAsync(IReadOnlyList<Linter> linters, CancellationToken cancellationToken = default)
    {
        await InstallMissingAsync(linters, cancellationToken);
        var failed = new List<string>();
        var skipped = 0;
        foreach (var linter in linters)
        {
            switch (await RunAsync(linter, cancellationToken))
            {
                case null:
                    skipped++;
                    log.Warning($"{linter.Name}: skipped, as {linter.Program} is not installed (package {linter.DebianPackage})");
                    break;
                case false:
                    failed.Add(linter.Name);
                    log.Failure(linter.Name);
                    break;
                default:
                    log.Done(linter.Name);
                    break;
            }
        }

        var counts = new TestCounts(linters.Count - failed.Count - skipped, failed.Count, skipped, []);
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
        var command = new CommandLine(linter.Program, [.. linter.Arguments.Select(argument => argument.Replace(Linter.RootPlaceholder, rootDirectory)), .. files])
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
        IReadOnlyList<string> missing = [.. linters.Where(linter => !IsInstalled(linter)).Select(linter => linter.DebianPackage).OfType<string>()];
        if (missing.Count > 0 && packages.CanInstall([]))
            await packages.InstallAsync(missing, "linters", cancellationToken);
    }

    private async Task<IReadOnlyList<string>> FilesAsync(Linter linter, CancellationToken cancellationToken)
    {
        if (linter.Files.Count == 0)
            return [];
        var list = new CommandLine("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", .. linter.Files]) { WorkingDirectory = rootDirectory };
        var result = await commands.RunAsync(list, cancellationToken: cancellationToken);
        result.EnsureSucceeded("Listing the files to lint", "Run Lint in a git checkout.");
        return [.. result.StandardOutput.Split('\0', StringSplitOptions.RemoveEmptyEntries).Where(file => File.Exists(Path.Combine(rootDirectory, file)))];
    }

    private static bool IsInstalled(Linter linter) => Which.Find(linter.Program) is not null;

}
