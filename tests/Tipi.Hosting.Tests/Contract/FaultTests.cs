using System.Net;

namespace Tipi.Hosting.Tests.Contract;

/// <summary>An application that fails.</summary>
public sealed class FaultTests
{
    [Theory, OnEachWire]
    public async Task Before_the_start_it_is_a_bare_500(TipiTransport transport, Wire wire)
    {
        await using WireServer server = await WireServer.StartAsync(transport, wire, async context =>
        {
            if (context.Request.Path == "/fine")
            {
                await context.Response.WriteAsync(context.Connection.Id);
                return;
            }
            context.Response.Headers["X-Gone"] = "yes";
            context.Response.StatusCode = 201;
            context.Response.AppendTrailer("X-Sum", "1");
            context.Response.BodyWriter.GetSpan(10);
            context.Response.BodyWriter.Advance(10);
            if (context.Request.Path == "/later") await Task.Yield();
            throw new InvalidOperationException("boom");
        });
        string first = await server.GetTextAsync("/fine");
        foreach (string path in new[] { "/now", "/later" })
        {
            using HttpResponseMessage response = await server.SendAsync("GET", path);
            Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
            Assert.False(response.Headers.Contains("X-Gone"));
            Assert.Equal(0, response.Content.Headers.ContentLength);
            Assert.Empty(await response.Content.ReadAsByteArrayAsync());
            Assert.Empty(response.TrailingHeaders);
        }
        using HttpResponseMessage fine = await server.SendAsync("GET", "/fine");
        Assert.Equal(first, await fine.Content.ReadAsStringAsync());
        Assert.Equal(2, server.Logs.Count(record => record.EventId == 13 && record.Error!.Message == "boom"));
    }

    [Theory, OnEachWire]
    public async Task After_the_start_the_response_breaks(TipiTransport transport, Wire wire)
    {
        await using WireServer server = await WireServer.StartAsync(transport, wire, async context =>
        {
            await context.Response.WriteAsync("part");
            if (context.Request.Path != "/fine") throw new InvalidOperationException("boom");
        });
        for (int i = 0; i < 2; i++)
        {
            await Assert.ThrowsAnyAsync<HttpRequestException>(() => server.Client.GetStringAsync("/"));
            using HttpResponseMessage fine = await server.SendAsync("GET", "/fine");
            Assert.Equal("part", await fine.Content.ReadAsStringAsync());
        }
    }

    [Theory, OnEachWire]
    public async Task A_bad_request_says_its_status(TipiTransport transport, Wire wire)
    {
        await using WireServer server = await WireServer.StartAsync(
            transport, wire,
            context => throw new BadHttpRequestException("mine", int.Parse(context.Request.Path.Value![1..])));
        foreach (int status in new[] { 400, 415, 422 })
        {
            using HttpResponseMessage response = await server.SendAsync("GET", $"/{status}");
            Assert.Equal((status, ""), ((int)response.StatusCode, await response.Content.ReadAsStringAsync()));
        }
    }

    [Theory, OnEachWire]
    public async Task Abort_breaks_the_request(TipiTransport transport, Wire wire)
    {
        var isAborted = new TaskCompletionSource<bool>();
        await using WireServer server = await WireServer.StartAsync(transport, wire, async context =>
        {
            if (context.Request.Path == "/fine")
            {
                await context.Response.WriteAsync("fine");
                return;
            }
            if (context.Request.Path == "/late") await context.Response.WriteAsync("part");
            CancellationToken aborted = context.RequestAborted;
            context.Abort();
            await Task.WhenAny(Task.Delay(TimeSpan.FromMinutes(1), aborted));
            isAborted.SetResult(aborted.IsCancellationRequested);
            await context.Response.WriteAsync("nobody takes it");
        });
        foreach (string path in new[] { "/early", "/late" })
        {
            await Assert.ThrowsAnyAsync<HttpRequestException>(() => server.GetTextAsync(path));
            Assert.True(await isAborted.Task.WaitAsync(TimeSpan.FromMinutes(2)));
            isAborted = new TaskCompletionSource<bool>();
            Assert.Equal("fine", await server.GetTextAsync("/fine"));
        }
        Assert.DoesNotContain(server.Logs, record => record.EventId == 13);
    }

    [Theory, OnEachWire(OnlyHttp2 = true)]
    public async Task Other_requests_of_the_connection_go_on(TipiTransport transport, Wire wire)
    {
        var release = new TaskCompletionSource();
        await using WireServer server = await WireServer.StartAsync(transport, wire, async context =>
        {
            await context.Response.WriteAsync(context.Connection.Id);
            if (context.Request.Path == "/abort") context.Abort();
            if (context.Request.Path == "/fault") throw new InvalidOperationException("boom");
            await release.Task;
        });
        using HttpResponseMessage before = await server.SendAsync("GET", "/");
        foreach (string path in new[] { "/abort", "/fault", "/abort" })
            await Assert.ThrowsAnyAsync<HttpRequestException>(() => server.Client.GetStringAsync(path));
        using HttpResponseMessage after = await server.SendAsync("GET", "/");
        release.SetResult();
        Assert.Equal(await before.Content.ReadAsStringAsync(), await after.Content.ReadAsStringAsync());
    }
}
