namespace KubeLab.Status;

/// <summary>The cluster works, as far as that can be seen by reading: the smoke test's checks of tier 0 without those that are
/// compared here.</summary>
internal sealed class WorksCheck : IStatusCheck
{
    public string Id => "works";
    public string Title => "The cluster works";
    public int Rank => 20;

    public Task<IReadOnlyList<Finding>> JudgeAsync(StatusScene scene, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<Finding>>([.. scene.Smoke.SelectMany(Judge)]);

    private static IEnumerable<Finding> Judge(Smoke.SmokeCheckResult check) => check switch
    {
        { Status: FindingStatus.Failed } => check.Findings.Where(finding => finding.Status == FindingStatus.Failed)
            .Select(finding => Finding.Broken(
                finding.Node, $"{finding.Message} ({check.Id})", $"./build.sh SmokeTest --checks {check.Id} brings its evidence.",
                check.HadNoAnswer)),
        { Status: FindingStatus.Skipped } => [Finding.NotCompared(null, $"{check.Id}: {check.Message}")],
        _ => [Finding.Same(check.Message)],
    };
}
