using System.Diagnostics;

namespace KubeLab.Tests.Reports;

/// <summary>How long a large report takes to open: looked at alone, as what runs beside it would be counted too.</summary>
[Collection(nameof(ReportSpeedTests))]
[CollectionDefinition(nameof(ReportSpeedTests), DisableParallelization = true)]
public class ReportSpeedTests(Browser browser) : IClassFixture<Browser>
{
    [Fact]
    public async Task I_open_a_hundred_nodes_by_1500_tasks_in_under_two_seconds()
    {
        using var record = new SampleRecord(nodes: 100, tasks: 1500).Failed();
        record.Render();
        new FileInfo(record.File("report.html")).Length.ShouldBeLessThan(10 * 1024 * 1024);
        var started = Stopwatch.GetTimestamp();

        var (page, noise) = await browser.OpenAsync(record.File("report.html"));
        await page.EvaluateAsync("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))");

        var took = Stopwatch.GetElapsedTime(started);
        (await page.InnerTextAsync("#timeline-now")).ShouldContain("k8s-n99");
        (await page.EvaluateAsync<double>("performance.getEntriesByType('navigation')[0].loadEventEnd")).ShouldBeLessThan(2000);
        took.ShouldBeLessThan(TimeSpan.FromSeconds(4));
        (await page.EvaluateAsync<int>("document.documentElement.scrollWidth - document.documentElement.clientWidth")).ShouldBe(0);
        noise.ShouldBeEmpty();
        await page.Context.DisposeAsync();
    }
}
