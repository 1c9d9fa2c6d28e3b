namespace KubeLab.Reports;

/// <summary>Lists runs on the terminal: how each ended, how long it took, and what it was made with.</summary>
public sealed class RunList(ConsoleLog log)
{
    /// <summary>Shows the runs, in the order in which they are given.</summary>
    public void Show(IEnumerable<RunReport> runs)
    {
        var table = new ConsoleTable("", "run", "asked", "verdict").Figures("time").Wide("versions");
        foreach (var run in runs)
        {
            var verdict = run.Verdict.ToString().ToLowerInvariant();
            if (run.BrokenTarget is { } target && target != run.Asked)
                verdict += $" in {target}";
            table.Row(
                run.Mark, run.Id, run.Outcome?.RequestedTargets ?? "", new ConsoleCell(verdict, run.Mark.Colour),
                run.Duration is { } duration ? ConsoleLog.Elapsed(duration) : "?", Versions(run));
        }

        table.Show(log);
    }

    private static string Versions(RunReport run)
    {
        var versions = run.Outcome?.Versions;
        return string.Join(", ", new[]
        {
            versions?.Distribution ?? run.Preflight?.Distribution, Named("Kubernetes", versions?.Kubernetes),
            Named("Ansible", versions?.Ansible), Named("KubeLab", versions?.KubeLab),
        }.OfType<string>());
    }

    private static string? Named(string name, string? version) => version is null ? null : $"{name} {version}";
}
