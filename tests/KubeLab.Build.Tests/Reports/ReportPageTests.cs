using Deque.AxeCore.Playwright;
using KubeLab.Diagnosis;
using KubeLab.Records;
using Microsoft.Playwright;

namespace KubeLab.Tests.Reports;

/// <summary>The page as people see it: in a real browser.</summary>
public class ReportPageTests(Browser browser) : IClassFixture<Browser>
{
    private const string Nasty = "</script><script>document.title='pwned'</script><img src=http://192.0.2.1/x onerror=\"document.title='pwned'\"> \u001b[31mred\u001b[0m ::error::no & \"quoted\"";

    [Fact]
    public async Task I_see_the_verdict_and_the_next_step_first()
    {
        using var record = new SampleRecord().Failed();
        record.Render();

        var (page, noise) = await browser.OpenAsync(record.File("report.html"));

        (await page.InnerTextAsync("h1")).ShouldContain("Deploy failed in InstallCluster: k8s-n2: the kubelet does not start.");
        (await page.InnerTextAsync(".next")).ShouldContain("Switch swap off on k8s-n2");
        (await page.InnerTextAsync(".next code")).ShouldBe("./build.sh Deploy --resume");
        (await page.Locator(".next").BoundingBoxAsync())!.Y.ShouldBeLessThan(400);
        (await page.InnerTextAsync(".node.bad")).ShouldContain("k8s-n2");
        (await page.Locator("#cause details pre").First.IsVisibleAsync()).ShouldBeFalse();
        await page.Locator("#cause summary").First.ClickAsync();
        (await page.Locator("#cause details pre").First.IsVisibleAsync()).ShouldBeTrue();
        noise.ShouldBeEmpty();
        await page.Context.DisposeAsync();
    }

    [Theory]
    [InlineData(360, ColorScheme.Light)]
    [InlineData(768, ColorScheme.Dark)]
    [InlineData(1280, ColorScheme.Light)]
    [InlineData(1920, ColorScheme.Dark)]
    public async Task I_can_read_it_in_any_width_and_in_light_and_dark(int width, ColorScheme scheme)
    {
        using var record = new SampleRecord().Failed().Smoke("failed", new string('x', 400), new string('y', 3000));
        record.Render();

        var (page, noise) = await browser.OpenAsync(record.File("report.html"), width, scheme: scheme);
        await page.EvaluateAsync("document.querySelectorAll('details').forEach(each => each.open = true)");

        var overflow = await page.EvaluateAsync<int>("document.documentElement.scrollWidth - document.documentElement.clientWidth");
        overflow.ShouldBe(0);
        var paper = await page.EvaluateAsync<string>("getComputedStyle(document.body).backgroundColor");
        paper.ShouldBe(scheme == ColorScheme.Light ? "rgb(251, 251, 250)" : "rgb(20, 23, 26)");
        var found = (await page.RunAxe()).Violations;
        found.Select(each => $"{each.Id}: {string.Join(" | ", each.Nodes.Select(node => node.Html).Take(3))}").ShouldBeEmpty();
        noise.ShouldBeEmpty();
        await page.Context.DisposeAsync();
    }

    [Fact]
    public async Task I_can_walk_through_the_timeline_with_the_keyboard_and_zoom_it()
    {
        using var record = new SampleRecord().Failed();
        record.Render();
        var (page, noise) = await browser.OpenAsync(record.File("report.html"));

        (await page.InnerTextAsync("#timeline-now")).ShouldStartWith("k8s-n2: role16 : Do the thing number 39, failed after");
        await page.FocusAsync("canvas");
        await page.Keyboard.PressAsync("ArrowLeft");
        (await page.InnerTextAsync("#timeline-now")).ShouldContain("k8s-n2: role15 : Do the thing number 38");
        await page.Keyboard.PressAsync("ArrowUp");
        (await page.InnerTextAsync("#timeline-now")).ShouldStartWith("k8s-n1: ");
        var whole = await page.InnerTextAsync(".range");
        await page.Keyboard.PressAsync("+");
        (await page.InnerTextAsync(".range")).ShouldNotBe(whole);
        await page.ClickAsync("button[data-do=all]");
        (await page.InnerTextAsync(".range")).ShouldBe(whole);
        await page.Locator("canvas").ScrollIntoViewIfNeededAsync();
        var box = (await page.Locator("canvas").BoundingBoxAsync())!;
        await page.Mouse.MoveAsync(box.X + 400, box.Y + 60);
        await page.Mouse.DownAsync();
        await page.Mouse.MoveAsync(box.X + 700, box.Y + 60);
        await page.Mouse.UpAsync();
        (await page.InnerTextAsync(".range")).ShouldNotBe(whole);
        noise.ShouldBeEmpty();
        await page.Context.DisposeAsync();
    }

    [Fact]
    public async Task I_can_filter_all_tasks_by_text_node_and_result()
    {
        using var record = new SampleRecord().Failed();
        record.Render();
        var (page, noise) = await browser.OpenAsync(record.File("report.html"));

        await page.ClickAsync(".all-tasks summary");
        await Assertions.Expect(page.Locator(".found")).ToHaveTextAsync("120 of 120");
        await page.SelectOptionAsync("select[name=status]", new SelectOptionValue { Label = "failed" });
        await Assertions.Expect(page.Locator(".found")).ToHaveTextAsync("1 of 120");
        (await page.Locator(".all-tasks tbody tr").InnerTextAsync()).ShouldContain("k8s-n2");
        await page.SelectOptionAsync("select[name=status]", new SelectOptionValue { Label = "all" });
        await page.FillAsync("input[name=text]", "number 7");
        await page.SelectOptionAsync("select[name=host]", new SelectOptionValue { Label = "k8s-m0" });
        await Assertions.Expect(page.Locator(".found")).ToHaveTextAsync("1 of 120");
        noise.ShouldBeEmpty();
        await page.Context.DisposeAsync();
    }

    [Fact]
    public async Task I_see_what_a_machine_says_as_text_whatever_it_says()
    {
        using var record = new SampleRecord().Failed().Smoke("failed", Nasty, new string('M', 1_000_000));
        var outcome = record.Read().Outcome!;
        record.Write("run.json", RecordJson.Write(outcome with { Nodes = [new RunNode(Nasty, ["worker"], Nasty)], Failures = [new("InstallCluster", Nasty, Nasty)] }))
            .Events(3, Nasty).Write("commands.txt", Nasty)
            .Write("explanations.json", RecordJson.Write(new KubeLab.Diagnosis.Explanation[] { new() { Title = Nasty, Meaning = Nasty, Remedy = Nasty, Evidence = Nasty, Nodes = [Nasty], Task = Nasty, Links = ["javascript:alert(1)", "https://example.org/\"onclick=\"x"] } }));
        record.Render();

        var (page, noise) = await browser.OpenAsync(record.File("report.html"));

        (await page.TitleAsync()).ShouldBe("lab: Deploy failed");
        (await page.InnerTextAsync("#cause")).ShouldContain("<img src=http://192.0.2.1/x onerror=");
        (await page.Locator("img, iframe, [onclick], [onerror], a[href^=javascript]").CountAsync()).ShouldBe(0);
        (await File.ReadAllTextAsync(record.File("report.html"))).ShouldNotContain("\u001b");
        new FileInfo(record.File("report.html")).Length.ShouldBeLessThan(300_000);
        noise.ShouldBeEmpty();
        await page.Context.DisposeAsync();
    }

    [Fact]
    public async Task I_can_read_it_without_its_script_and_on_paper()
    {
        using var record = new SampleRecord().Failed();
        record.Render();

        var (page, _) = await browser.OpenAsync(record.File("report.html"), script: false);

        (await page.Locator(".drawing svg").IsVisibleAsync()).ShouldBeTrue();
        (await page.Locator("svg path.failed").GetAttributeAsync("d")).ShouldNotBeNullOrEmpty();
        (await page.Locator("canvas, .tools, .all-tasks, .copy").EvaluateAllAsync<bool>("all => all.every(each => each.offsetParent === null)")).ShouldBeTrue();
        (await page.InnerTextAsync("#time")).ShouldContain("Slowest tasks");
        await page.Context.DisposeAsync();

        var (printed, _) = await browser.OpenAsync(record.File("report.html"));
        await printed.EmulateMediaAsync(new PageEmulateMediaOptions { Media = Media.Print });
        (await printed.Locator(".drawing svg").IsVisibleAsync()).ShouldBeTrue();
        (await printed.Locator("canvas").IsVisibleAsync()).ShouldBeFalse();
        (await printed.PdfAsync()).Length.ShouldBeGreaterThan(10_000);
        await printed.Context.DisposeAsync();
    }

    /// <summary>Takes the pictures of the README, of the records of a failed and of a successful run that an environment variable names.</summary>
    [Fact]
    public async Task I_can_take_the_pictures_of_the_README()
    {
        var records = Environment.GetEnvironmentVariable("KUBELAB_SCREENSHOTS")?.Split(':');
        Assert.SkipWhen(records is not [_, _], "KUBELAB_SCREENSHOTS names no two records: <failed run>:<successful run>");
        var images = Directory.CreateDirectory(Path.Combine(Repository.Root, "docs", "images")).FullName;
        (string Name, string Record, int Width, int Height, ColorScheme Scheme, string? Part)[] pictures =
        [
            ("report-failed", records[0], 1280, 900, ColorScheme.Light, null),
            ("report-failed-dark", records[0], 1280, 900, ColorScheme.Dark, null),
            ("report-succeeded", records[1], 1280, 900, ColorScheme.Light, null),
            ("report-time-dark", records[1], 1280, 900, ColorScheme.Dark, "#time"),
            ("report-time-narrow", records[1], 390, 844, ColorScheme.Light, "#time"),
        ];
        foreach (var picture in pictures)
        {
            var (page, _) = await browser.OpenAsync(Path.Combine(picture.Record, "report.html"), picture.Width, picture.Height, picture.Scheme);
            if (picture.Part is not null)
                await page.EvaluateAsync("part => document.querySelector(part).scrollIntoView()", picture.Part);
            await page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(images, $"{picture.Name}.png") });
            await page.Context.DisposeAsync();
        }
    }
}
