namespace KubeLab.Tests.Reports;

public class LargeReportTests(Browser browser) : IClassFixture<Browser>
{
    // How long it takes is the machine's: what a page costs to open is its size and its elements, of which the tasks are none.
    [Fact]
    public async Task I_open_a_hundred_nodes_by_1500_tasks_without_an_element_for_each_task()
    {
        using var record = new SampleRecord(nodes: 100, tasks: 1500).Failed();
        record.Render();
        new FileInfo(record.File("report.html")).Length.ShouldBeLessThan(10 * 1024 * 1024);

        var (page, noise) = await browser.OpenAsync(record.File("report.html"));
        await page.EvaluateAsync("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))");

        (await page.InnerTextAsync("#timeline-now")).ShouldContain("k8s-n99");
        (await page.EvaluateAsync<int>("document.querySelectorAll('*').length")).ShouldBeLessThan(10000);
        (await page.EvaluateAsync<int>("document.documentElement.scrollWidth - document.documentElement.clientWidth")).ShouldBe(0);
        noise.ShouldBeEmpty();
        await page.Context.DisposeAsync();
    }
}
