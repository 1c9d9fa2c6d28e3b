using KubeLab.Kubernetes;

namespace KubeLab.Smoke;

/// <summary>A CronJob starts its Job when its minute comes. It is made before the test's pods report, and waited for little
/// longer than they are.</summary>
public sealed class CronJobCheck : IStagedCheck
{
    private static readonly Version FirstStable = new(1, 21);

    // Up to 1.20 the controller looks every ten seconds.
    private static readonly TimeSpan Late = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    public string Id => "cron-job";
    public string Title => "A CronJob starts its Job";
    public SmokeArea Area => SmokeArea.Workloads;
    public string Needs => "the turn of a minute during the test";
    public IReadOnlyList<string> Manifests => [];

    public async Task<SmokeVerdict> RunAsync(SmokeContext context, CancellationToken cancellationToken)
    {
        var stage = context.RequiredStage;
        var batch = await context.RunningVersionAsync() < FirstStable ? "batch/v1beta1" : "batch/v1";
        await stage.ApplyAsync(stage.Render("cronjob", new Dictionary<string, string> { ["batch"] = batch }), cancellationToken);
        var made = context.Time.GetUtcNow();
        await stage.ReportsAsync();
        var path = $"/apis/{batch}/namespaces/{stage.Name}/cronjobs";
        if (await context.Api.FreshListAsync(path, item => item.Time("metadata", "creationTimestamp")) is not [{ } created, ..])
            return SmokeVerdict.Fail("the test's CronJob isn't there");
        // The cluster's clock says when a minute turns, whatever this machine's says.
        var due = made.AddSeconds(60 - created.Second);
        var started = false;
        if (due - context.Time.GetUtcNow() < Patience)
        {
            await stage.WaitAsync(
                async () => started = await JobsAsync(context, stage.Name) > 0, due - context.Time.GetUtcNow() + Late,
                    cancellationToken);
        }

        return Judge(started || await JobsAsync(context, stage.Name) > 0, due, context.Time.GetUtcNow());
    }

    internal static SmokeVerdict Judge(bool started, DateTimeOffset due, DateTimeOffset now) => started
        ? SmokeVerdict.Pass("its Job was started when its minute came")
        : now - due >= Late
        ? SmokeVerdict.Fail(
            $"its Job was not started within {(now - due).TotalSeconds:0} s of its minute: does the controller manager's CronJob controller run?")
        : SmokeVerdict.Skip("its minute did not come while the test ran");

    private static async Task<int> JobsAsync(SmokeContext context, string space) =>
        (await context.Api.FreshListAsync($"/apis/batch/v1/namespaces/{space}/jobs", job => job)).Count;
}
