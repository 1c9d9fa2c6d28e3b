using KubeLab.Kubernetes;

namespace KubeLab.Smoke;

/// <summary>A smoke test while it runs: what is to be looked at, and what was found so far.</summary>
internal sealed class SmokeRun(
    IKubectl kubectl, IReadOnlyList<ISmokeCheck> checks, SmokeOptions options, SmokeExpectations expected, DateTimeOffset started)
{
    private readonly List<SmokeCheckResult> results = [];

    public IKubectl Kubectl { get; } = kubectl;
    public SmokeOptions Options { get; } = options;
    public SmokeExpectations Expected { get; } = expected;

    public IReadOnlyList<ISmokeCheck> Reading { get; } = [.. checks.Where(check => check.Tier == 0)];

    /// <summary>The checks that need the test's namespace.</summary>
    public IReadOnlyList<ISmokeCheck> Staged { get; } = [.. checks.Where(check => check.Tier == 1)];

    /// <summary>Those that disturb the nodes.</summary>
    public IReadOnlyList<ISmokeCheck> Disturbing { get; } = [.. checks.Where(check => check.Tier == 2)];

    /// <summary>Those of them that run while it stands.</summary>
    public IReadOnlyList<ISmokeCheck> Opening => [.. Staged.Where(check => check is not IClosingCheck)];

    /// <summary>Those of them that look at its removal.</summary>
    public IReadOnlyList<ISmokeCheck> Closing => [.. Staged.Where(check => check is IClosingCheck)];

    public IReadOnlyList<SmokeCheckResult> Results => results;
    public int Rounds { get; set; } = 1;
    public string? Server { get; set; }
    public string? Namespace { get; set; }
    public string? CouldNotRun { get; set; }

    public void Add(IEnumerable<SmokeCheckResult> results) => this.results.AddRange(results);

    public void Skip(IEnumerable<ISmokeCheck> skipped, string reason) =>
        Add(skipped.Select(check => SmokeCheckResult.Of(check, SmokeVerdict.Skip(reason), TimeSpan.Zero)));

    public SmokeReport Report(TimeSpan duration)
    {
        // A check that was chosen and never came to a result is shown as what it is.
        var missing = checks.ExceptBy(results.Select(result => result.Id), check => check.Id).ToList();
        Skip(missing, CouldNotRun ?? "the test ended before it");
        var order = checks.Select((check, index) => (check.Id, index)).ToDictionary(pair => pair.Id, pair => pair.index);
        return new SmokeReport
        {
            Checks = [.. results.OrderBy(result => order[result.Id])],
            Started = started,
            Duration = duration,
            Kubectl = Kubectl.Description,
            Server = Server,
            Tier = Options.Tier,
            Rounds = Rounds,
            Namespace = Namespace,
            CouldNotRun = CouldNotRun,
        };
    }
}
