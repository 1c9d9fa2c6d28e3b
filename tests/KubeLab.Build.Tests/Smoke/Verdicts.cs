using KubeLab.Smoke;

namespace KubeLab.Tests.Smoke;

/// <summary>What tests ask of a verdict: that it fails, and on whom it lays the blame.</summary>
internal static class Verdicts
{
    public static void ShouldPass(this SmokeVerdict verdict) => verdict.Status.ShouldBe(FindingStatus.Passed, verdict.Message);

    public static void ShouldBeSkipped(this SmokeVerdict verdict, string because)
    {
        verdict.Status.ShouldBe(FindingStatus.Skipped, verdict.Message);
        verdict.Message.ShouldContain(because);
    }

    /// <summary>It fails, each failed finding is about this node, and one of them says this.</summary>
    public static void ShouldBlame(this SmokeVerdict verdict, string? node, string because)
    {
        verdict.Status.ShouldBe(FindingStatus.Failed, verdict.Message);
        var failed = verdict.Findings.Where(finding => finding.Status == FindingStatus.Failed).ToList();
        failed.Select(finding => finding.Node).Distinct().ShouldBe([node]);
        failed.ShouldContain(finding => finding.Message.Contains(because, StringComparison.Ordinal), string.Join('\n', failed));
    }
}
