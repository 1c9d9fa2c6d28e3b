using KubeLab.Tests.Machines;
using Microsoft.Playwright;

namespace KubeLab.Tests.Reports;

/// <summary>A real Chromium without a window, and what a page of it asked for and complained of.</summary>
public sealed class Browser : IAsyncLifetime
{
    // Shared by the tests of a class: starting it takes a second or two.
    private IPlaywright? playwright;
    private IBrowser? browser;

    internal IBrowser Chromium
    {
        get
        {
            Assert.SkipWhen(browser is null, "chromium is not installed here");
            return browser;
        }
    }

    public async ValueTask InitializeAsync()
    {
        if (Programs.Find("chromium") is not { } program)
            return;
        playwright = await Playwright.CreateAsync();
        // Its sandbox refuses to work as root; what is opened are files of the tests' own.
        browser = await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions { ExecutablePath = program, Args = ["--no-sandbox"], Timeout = 60_000 });
    }

    public async ValueTask DisposeAsync()
    {
        if (browser is not null)
            await browser.DisposeAsync();
        playwright?.Dispose();
    }

    /// <summary>Opens a file and notes every request beyond it and every message of the console.</summary>
    internal async Task<(IPage Page, List<string> Noise)> OpenAsync(
        string file, int width = 1280, int height = 900, ColorScheme scheme = ColorScheme.Light, bool script = true)
    {
        var context = await Chromium.NewContextAsync(new BrowserNewContextOptions
        {
            ViewportSize = new ViewportSize { Width = width, Height = height },
            ColorScheme = scheme,
            JavaScriptEnabled = script,
            ReducedMotion = ReducedMotion.Reduce,
        });
        var page = await context.NewPageAsync();
        var address = new Uri(file).AbsoluteUri;
        List<string> noise = [];
        page.Request += (_, request) =>
        {
            if (request.Url != address)
                noise.Add($"asked for {request.Url}");
        };
        page.Console += (_, message) => noise.Add($"{message.Type}: {message.Text}");
        page.PageError += (_, error) => noise.Add($"error: {error}");
        await page.GotoAsync(address);
        return (page, noise);
    }
}
