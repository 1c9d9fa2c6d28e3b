namespace KubeLab.Project;

/// <summary>Runs the measurements under <c>tests/bench</c>, one script a comparison. Each measures both sides in one run and
/// prints ratios, as absolute times differ from machine to machine and from hour to hour.</summary>
public sealed class BenchRun(CommandRunner commands, ConsoleLog log, string rootDirectory)
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(30);

    /// <summary>Runs every comparison.</summary>
    /// <exception cref="UserError">A script failed.</exception>
    public async Task RunAsync(CancellationToken cancellationToken = default)
    {
        foreach (var script in Directory.EnumerateFiles(Path.Combine(rootDirectory, "tests", "bench"), "*.sh")
            .Order(StringComparer.Ordinal))
        {
            log.Info($"{Path.GetFileNameWithoutExtension(script)}:");
            var bench = CommandLine.Of("bash", script) with { WorkingDirectory = rootDirectory, Timeout = Limit };
            var result = await commands.RunAsync(bench, log.Info, log.Detail, cancellationToken);
            result.EnsureSucceeded($"The measurement {Path.GetFileName(script)}");
        }
    }
}
