using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace Tipi.Hosting.Tests.Exchange;

public sealed class DataRateFeatureTests
{
    private const string Get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    private const string SlowPost = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n0123";
    private static readonly MinDataRate s_strict = new(1_000_000, TimeSpan.FromSeconds(1.1));

    [Theory, OnEachTransport]
    public async Task Rates_are_the_limits_and_a_request_may_change_its_own(TipiTransport transport)
    {
        await using TestServer server = await TestServer.StartAsync(
            transport,
            context =>
            {
                var body = context.Features.Get<IHttpMinRequestBodyDataRateFeature>()!;
                var response = context.Features.Get<IHttpMinResponseDataRateFeature>()!;
                string text = $"{body.MinDataRate?.BytesPerSecond} {response.MinDataRate?.BytesPerSecond}";
                (body.MinDataRate, response.MinDataRate) = (null, s_strict);
                return context.Response.WriteAsync(
                    $"{text} {body.MinDataRate?.BytesPerSecond} {response.MinDataRate?.BytesPerSecond}");
            },
            options => options.Limits.MinResponseDataRate = new MinDataRate(7, TimeSpan.FromSeconds(9)));
        using RawClient client = await server.ConnectAsync();
        for (int i = 0; i < 2; i++)
        {
            await client.SendAsync(Get);
            Assert.Equal("240 7  1000000", (await client.ReadResponseAsync()).Body);
        }
    }

    [Theory, OnEachTransport]
    public async Task A_rate_set_for_a_request_is_kept(TipiTransport transport)
    {
        await using TestServer server = await TestServer.StartAsync(
            transport,
            async context =>
            {
                context.Features.Get<IHttpMinRequestBodyDataRateFeature>()!.MinDataRate = s_strict;
                await context.Request.Body.CopyToAsync(Stream.Null);
            },
            options => options.Limits.MinRequestBodyDataRate = null);
        Assert.Equal(408, (await server.AskAsync(SlowPost)).Status);
    }

    /// <summary>What was waited without a rate is not held against the client.</summary>
    [Theory, OnEachTransport]
    public async Task A_rate_may_be_set_and_taken_back_while_a_read_waits(TipiTransport transport)
    {
        var waits = new SemaphoreSlim(0);
        await using TestServer server = await TestServer.StartAsync(
            transport,
            async context =>
            {
                var rate = context.Features.Get<IHttpMinRequestBodyDataRateFeature>()!;
                byte[] buffer = new byte[10];
                MinDataRate?[] rates = [null, new(1, TimeSpan.FromSeconds(60)), s_strict, null];
                foreach (MinDataRate? next in rates)
                {
                    ValueTask<int> read = context.Request.Body.ReadAsync(buffer);
                    if (!read.IsCompleted) waits.Release();
                    rate.MinDataRate = next;
                    await context.Response.WriteAsync($"{await read}");
                }
            },
            options => options.Limits.MinRequestBodyDataRate = null);
        using RawClient client = await server.ConnectAsync();
        await client.SendAsync(SlowPost);
        for (int i = 0; i < 3; i++)
        {
            await waits.WaitAsync(TimeSpan.FromSeconds(20));
            // Longer than the strict rate allows, and than it takes to look.
            if (i > 0) await Task.Delay(2500);
            await client.SendAsync("ab");
        }
        Assert.Equal("4222", (await client.ReadResponseAsync()).Body);
    }
}
