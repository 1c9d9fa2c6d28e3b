namespace KubeLab.Reports;

/// <summary>Lists runs on the terminal: how each ended, how long it took, and what it was made with.</summary>
public sealed class RunList(ConsoleLog log)
{
    /// <summary>Shows the runs of one cluster, in the order in which they are given.</summary>
    public void Show(IEnumerable<RunReport> runs) => Show(runs.Select(run => (Artifacts: (string?)null, run)), []);

    /// <summary>Shows the runs of several clusters, each with the folder of the artifacts that it is in.</summary>
    public void ShowAll(IEnumerable<(string Artifacts, RunReport Run)> runs) =>
        Show(runs.Select(each => ((string?)each.Artifacts, each.Run)), ["cluster"]);

    private void Show(IEnumerable<(string? Artifacts, RunReport Run)> runs, IReadOnlyList<string> first)
    {
        var table = new ConsoleTable(["", .. first, "run", "asked", "verdict"]).Figures("time").Wide("versions");
        foreach (var (artifacts, run) in runs)
        {
            var verdict = run.Verdict.ToString().ToLowerInvariant();
            if (run.BrokenTarget is { } target && target != run.Asked)
                verdict += $" in {target}";
            ConsoleCell[] cluster = artifacts is null ? [] : [artifacts];
            table.Row([
                run.Mark, .. cluster, run.Id, run.Outcome?.RequestedTargets ?? "", new ConsoleCell(verdict, run.Mark.Colour),
                run.Duration is { } duration ? ConsoleLog.Elapsed(duration) : "?", Versions(run)]);
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
