using System.Diagnostics;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Tipi.Hosting.Tests.Connections;

public sealed class RequestBodyRateTests
{
    private const string Post = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n";
    private const string PostChunks = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
    private static readonly MinDataRate s_strict = new(1_000_000, TimeSpan.FromSeconds(1.1));

    [Theory, OnEachTransport]
    public async Task A_body_that_stops_is_refused_with_408(TipiTransport transport)
    {
        Exception? seen = null;
        await using TestServer server = await StartReaderAsync(transport, error => seen = error);
        foreach (string head in new[] { Post, PostChunks })
        {
            using RawClient client = await server.ConnectAsync();
            await client.SendAsync(head + "4\r\nabcd");
            RawResponse response = await client.ReadResponseAsync();
            Assert.Equal((408, "close"), (response.Status, response.Header("Connection")));
            Assert.True(await client.IsEndedAsync());
            var fault = Assert.IsType<Microsoft.AspNetCore.Http.BadHttpRequestException>(seen, exactMatch: false);
            Assert.Equal(408, fault.StatusCode);
        }
        Assert.Contains(server.Logs, record => record.EventId == 27);
    }

    [Theory, OnEachTransport]
    public async Task A_body_that_drips_below_the_rate_is_refused(TipiTransport transport)
    {
        await using TestServer server = await StartReaderAsync(transport, _ => { });
        using RawClient client = await server.ConnectAsync();
        await client.SendAsync(Post);
        Task<RawResponse> answer = client.ReadResponseAsync();
        for (int i = 0; i < 9 && !answer.IsCompleted; i++)
        {
            await client.SendAsync("x");
            await Task.WhenAny(answer, Task.Delay(500));
        }
        Assert.Equal(408, (await answer).Status);
    }

    /// <summary>The heartbeat's clock is late by up to a second, differently for each of these.</summary>
    [Theory, OnEachTransport]
    public async Task Nobody_has_less_than_the_grace_period(TipiTransport transport)
    {
        MinDataRate rate = new(240, TimeSpan.FromSeconds(1.9));
        await using TestServer server = await StartReaderAsync(transport, _ => { }, rate);
        await Task.WhenAll(Enumerable.Range(0, 5).Select(async number =>
        {
            using RawClient client = await server.ConnectAsync();
            await Task.Delay(number * 200);
            long beganAt = Stopwatch.GetTimestamp();
            await client.SendAsync(Post);
            Assert.Equal(408, (await client.ReadResponseAsync()).Status);
            // The system's clock goes in steps of some milliseconds.
            Assert.True(Stopwatch.GetElapsedTime(beganAt) >= rate.GracePeriod - TimeSpan.FromMilliseconds(10));
        }));
    }

    [Theory, OnEachTransport]
    public async Task Time_in_which_the_application_does_not_read_does_not_count(TipiTransport transport)
    {
        await using TestServer server = await TestServer.StartAsync(
            transport,
            async context =>
            {
                await Task.Delay(3500);
                await context.Response.WriteAsync(await new StreamReader(context.Request.Body).ReadToEndAsync());
            },
            options => options.Limits.MinRequestBodyDataRate = s_strict);
        using RawClient client = await server.ConnectAsync();
        await client.SendAsync(Post + "0123456789");
        Assert.Equal("0123456789", (await client.ReadResponseAsync()).Body);
        await client.SendAsync(Post + "0123456789");
        Assert.Equal("0123456789", (await client.ReadResponseAsync()).Body);
    }

    [Theory, OnEachTransport]
    public async Task Without_a_rate_a_slow_body_is_waited_for(TipiTransport transport)
    {
        await using TestServer server = await TestServer.StartAsync(
            transport,
            async context => await context.Response.WriteAsync(
                await new StreamReader(context.Request.Body).ReadToEndAsync()),
            options => options.Limits.MinRequestBodyDataRate = null);
        using RawClient client = await server.ConnectAsync();
        await client.SendAsync(Post + "01234");
        await Task.Delay(3500);
        await client.SendAsync("56789");
        Assert.Equal("0123456789", (await client.ReadResponseAsync()).Body);
    }

    private static Task<TestServer> StartReaderAsync(
        TipiTransport transport, Action<Exception> seen, MinDataRate? rate = null) =>
        TestServer.StartAsync(
            transport,
            async context =>
            {
                try
                {
                    await context.Request.Body.CopyToAsync(Stream.Null);
                }
                catch (Exception error)
                {
                    seen(error);
                    throw;
                }
            },
            options => options.Limits.MinRequestBodyDataRate = rate ?? s_strict);
}
