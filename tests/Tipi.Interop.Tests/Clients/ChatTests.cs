using System.Collections.Concurrent;
using Microsoft.Playwright;
using Tipi.Interop.Tests.Sample;
using Tipi.Interop.Tests.Tools;

namespace Tipi.Interop.Tests.Clients;

/// <summary>The sample's chat in two windows of Chromium, by each of SignalR's transports and on each wire.</summary>
public sealed class ChatTests(SampleFleet fleet, Browser browser) : IClassFixture<Browser>
{
    private readonly ConcurrentQueue<string> _errors = [];

    [Theory]
    [MemberData(nameof(SampleFleet.OnEachWire), MemberType = typeof(SampleFleet))]
    public Task Two_talk_over_WebSockets(SampleVariant variant, SampleWire wire) =>
        TalkAsync(variant, wire, "WebSockets");

    [Theory]
    [MemberData(nameof(SampleFleet.OnEachWire), MemberType = typeof(SampleFleet))]
    public Task Two_talk_over_server_sent_events(SampleVariant variant, SampleWire wire) =>
        TalkAsync(variant, wire, "ServerSentEvents");

    [Theory]
    [MemberData(nameof(SampleFleet.OnEachWire), MemberType = typeof(SampleFleet))]
    public Task Two_talk_by_polling(SampleVariant variant, SampleWire wire) =>
        TalkAsync(variant, wire, "LongPolling");

    private async Task TalkAsync(SampleVariant variant, SampleWire wire, string transport)
    {
        Tool.Require(Browser.Program);
        var address = await fleet.AddressAsync(variant, wire);
        var (ann, ben) = (await OpenAsync(address, transport), await OpenAsync(address, transport));
        var hour = $"{Guid.NewGuid():N}";
        List<string> said = [];

        // One speaks after the other has heard: all lines have one order.
        for (var i = 0; i < 10; i++)
        {
            var (speaker, listener, name) = i % 2 == 0 ? (ann, ben, "Ann") : (ben, ann, "Ben");
            said.Add($"{name} {hour} ⛺ {i}");
            await speaker.FillAsync("#say [name=name]", name);
            await speaker.FillAsync("#say [name=text]", $"{hour} ⛺ {i}");
            await speaker.ClickAsync("#say button");
            await listener.Locator("#chat li", new() { HasText = said[i] }).WaitForAsync();
        }

        foreach (var page in new[] { ann, ben })
        {
            await page.Locator("#chat li", new() { HasText = said[^1] }).WaitForAsync();
            Assert.Equal(said, await page.Locator("#chat li", new() { HasText = hour }).AllInnerTextsAsync());
            // What the server says of this connection.
            Assert.Equal($"{transport} over {wire.Protocol()}", await page.InnerTextAsync("#way"));
            await page.CloseAsync();
        }
        Assert.Empty(_errors);
    }

    private async Task<IPage> OpenAsync(Uri address, string transport)
    {
        var page = await browser.NewPageAsync();
        page.PageError += (_, error) => _errors.Enqueue(error);
        await page.GotoAsync(new Uri(address, $"chat.html?transport={transport}").ToString());
        await page.Locator("#live[data-state=live]").WaitForAsync();
        await page.Locator("#way", new() { HasText = "over" }).WaitForAsync();
        return page;
    }
}
