using System.Collections.Concurrent;
using Microsoft.Playwright;
using Tipi.Interop.Tests.Sample;
using Tipi.Interop.Tests.Tools;

namespace Tipi.Interop.Tests.Clients;

/// <summary>The sample's page in Chromium, used as a visitor uses it.</summary>
public sealed class BrowserTests(SampleFleet fleet, Browser browser) : IClassFixture<Browser>
{
    private readonly ConcurrentQueue<string> _errors = [];

    [Theory]
    [MemberData(nameof(SampleFleet.OnEachWire), MemberType = typeof(SampleFleet))]
    public async Task A_visitor_adds_ticks_and_removes_a_todo(SampleVariant variant, SampleWire wire)
    {
        var page = await OpenAsync(variant, wire);
        var title = $"Gather wood {Guid.NewGuid():N}";

        await page.FillAsync("#add [name=title]", title);
        await page.ClickAsync("#add button");
        var row = page.Locator("#todos li", new() { HasText = title });
        await row.WaitForAsync();
        await row.Locator("input").CheckAsync();
        await row.Locator(".done").WaitForAsync();
        await row.Locator("button").ClickAsync();
        await row.WaitForAsync(new() { State = WaitForSelectorState.Detached });

        var told = await page.Locator("#feed li", new() { HasText = title }).AllInnerTextsAsync();
        Assert.Equal([$"removed {title}", $"changed {title}", $"added {title}"], told);
        await CloseAsync(page);
    }

    [Theory]
    [MemberData(nameof(SampleFleet.OnEachWire), MemberType = typeof(SampleFleet))]
    public async Task A_second_window_sees_what_the_first_does(SampleVariant variant, SampleWire wire)
    {
        var (first, second) = (await OpenAsync(variant, wire), await OpenAsync(variant, wire));
        var title = $"Seen twice {Guid.NewGuid():N}";

        await first.FillAsync("#add [name=title]", title);
        await first.ClickAsync("#add button");

        await second.Locator("#todos li", new() { HasText = title }).WaitForAsync();
        await second.Locator("#feed li", new() { HasText = title }).WaitForAsync();
        await CloseAsync(first);
        await CloseAsync(second);
    }

    [Theory]
    [MemberData(nameof(SampleFleet.OnEachWire), MemberType = typeof(SampleFleet))]
    public async Task An_empty_title_is_explained(SampleVariant variant, SampleWire wire)
    {
        var page = await OpenAsync(variant, wire);

        await page.ClickAsync("#add button");
        await page.Locator("#problem").WaitForAsync();

        Assert.Contains("required", await page.InnerTextAsync("#problem"), StringComparison.Ordinal);
        await CloseAsync(page);
    }

    [Theory]
    [MemberData(nameof(SampleFleet.OnEachWire), MemberType = typeof(SampleFleet))]
    public async Task Files_are_weighed_and_the_fire_burns(SampleVariant variant, SampleWire wire)
    {
        using var file = new RandomFile(1_000_000);
        var page = await OpenAsync(variant, wire);

        await page.SetInputFilesAsync("#upload [name=file]", file.Path);
        await page.ClickAsync("#upload button");
        await page.Locator("#stored code", new() { HasText = file.Sha256 }).WaitForAsync();
        await page.ClickAsync("#light");
        await page.Locator("#light:enabled").WaitForAsync();

        Assert.Equal(12, (await page.InnerTextAsync("#fire")).Split(' ', StringSplitOptions.RemoveEmptyEntries).Length);
        await CloseAsync(page);
    }

    /// <summary>The page once it is live; it must name its server.</summary>
    private async Task<IPage> OpenAsync(SampleVariant variant, SampleWire wire)
    {
        Tool.Require(Browser.Program);
        var address = await fleet.AddressAsync(variant, wire);
        var page = await browser.NewPageAsync();
        page.PageError += (_, error) => _errors.Enqueue(error);
        await page.GotoAsync(address.ToString());
        await page.Locator("#live[data-state=live]").WaitForAsync();
        await page.Locator("#todos li").First.WaitForAsync();
        Assert.Equal(
            wire == SampleWire.Tls ? "h2" : "http/1.1",
            await page.EvaluateAsync<string>("performance.getEntriesByType('navigation')[0].nextHopProtocol"));
        Assert.Equal(variant.ServerName(), await page.InnerTextAsync("#server"));
        return page;
    }

    private async Task CloseAsync(IPage page)
    {
        await page.CloseAsync();
        Assert.Empty(_errors);
    }
}
