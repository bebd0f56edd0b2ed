using System.Net;

namespace Tipi.Hosting.Tests.Contract;

/// <summary>Where a response's body ends, and whether it ends well.</summary>
public sealed class ResponseEndTests
{
    [Theory, OnEachWire]
    public async Task Head_gets_the_fields_alone(TipiTransport transport, Wire wire)
    {
        await using WireServer server = await WireServer.StartAsync(transport, wire, async context =>
        {
            if (context.Request.Path == "/declared") context.Response.ContentLength = 100_000;
            context.Response.Headers["X-Head"] = "1";
            await context.Response.Body.WriteAsync(Pattern.Of(100_000));
        });
        foreach (string path in new[] { "/declared", "/open", "/declared" })
        {
            using HttpResponseMessage head = await server.SendAsync("HEAD", path);
            Assert.Equal("1", head.Headers.GetValues("X-Head").Single());
            if (path == "/declared") Assert.Equal(100_000, head.Content.Headers.ContentLength);
            Assert.Empty(await head.Content.ReadAsByteArrayAsync());
            using HttpResponseMessage get = await server.SendAsync("GET", path);
            Assert.Equal(Pattern.HashOf(100_000), Pattern.HashOf(await get.Content.ReadAsByteArrayAsync()));
        }
    }

    [Theory, OnEachWire]
    public async Task Some_statuses_have_no_body(TipiTransport transport, Wire wire)
    {
        await using WireServer server = await WireServer.StartAsync(transport, wire, async context =>
        {
            context.Response.StatusCode = int.Parse(context.Request.Path.Value![1..]);
            context.Response.Headers.ETag = "\"e\"";
            if (context.Request.Query.ContainsKey("write"))
                await Assert.ThrowsAsync<InvalidOperationException>(() => context.Response.WriteAsync("x"));
        });
        foreach (int status in new[] { 204, 205, 304 })
            foreach (string query in new[] { "", "?write=1" })
            {
                using HttpResponseMessage response = await server.SendAsync("GET", $"/{status}{query}");
                Assert.Equal((status, "\"e\""), ((int)response.StatusCode, response.Headers.ETag?.Tag));
                Assert.Empty(await response.Content.ReadAsByteArrayAsync());
            }
        Assert.DoesNotContain(server.Logs, record => record.EventId == 13);
    }

    [Theory, OnEachWire]
    public async Task Less_than_declared_is_no_response(TipiTransport transport, Wire wire)
    {
        await using WireServer server = await WireServer.StartAsync(transport, wire, context =>
        {
            context.Response.ContentLength = 4;
            return context.Request.Path == "/none" ? Task.CompletedTask : context.Response.WriteAsync("two");
        });
        using HttpResponseMessage none = await server.SendAsync("GET", "/none");
        Assert.Equal(HttpStatusCode.InternalServerError, none.StatusCode);
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => server.GetTextAsync("/some"));
        Assert.Equal(2, server.Logs.Count(record => record.EventId == 13));
    }

    [Theory, OnEachWire]
    public async Task More_than_declared_is_an_exception_and_not_sent(TipiTransport transport, Wire wire)
    {
        await using WireServer server = await WireServer.StartAsync(transport, wire, async context =>
        {
            context.Response.ContentLength = 4;
            if (context.Request.Path == "/once")
            {
                await Assert.ThrowsAsync<InvalidOperationException>(() => context.Response.WriteAsync("fours"));
                await context.Response.WriteAsync("four");
                return;
            }
            await context.Response.WriteAsync("four");
            await Assert.ThrowsAsync<InvalidOperationException>(() => context.Response.WriteAsync("!"));
        });
        Assert.Equal("four", await server.GetTextAsync("/twice"));
        Assert.Equal("four", await server.GetTextAsync("/once"));
        Assert.Equal("four", await server.GetTextAsync("/twice"));
    }

    [Theory, OnEachWire]
    public async Task The_head_leaves_with_the_first_flush_and_each_part_with_its_own(
        TipiTransport transport, Wire wire)
    {
        using var next = new SemaphoreSlim(0);
        await using WireServer server = await WireServer.StartAsync(transport, wire, async context =>
        {
            context.Features.Get<IHttpResponseBodyFeature>()!.DisableBuffering();
            Assert.False(context.Response.HasStarted);
            await context.Response.StartAsync();
            Assert.True(context.Response.HasStarted);
            await context.Response.Body.FlushAsync();
            for (int i = 0; i < 3; i++)
            {
                await next.WaitAsync();
                await context.Response.WriteAsync($"{i}");
            }
        });
        using HttpResponseMessage response = await server.SendAsync("GET", "/");
        await using Stream body = await response.Content.ReadAsStreamAsync();
        byte[] received = new byte[10];
        for (int i = 0; i < 3; i++)
        {
            next.Release();
            Assert.Equal(1, await body.ReadAsync(received));
            Assert.Equal((byte)('0' + i), received[0]);
        }
        Assert.Equal(0, await body.ReadAsync(received));
    }

    [Theory, OnEachWire]
    public async Task Complete_ends_the_response_before_the_application_ends(TipiTransport transport, Wire wire)
    {
        var release = new TaskCompletionSource();
        await using WireServer server = await WireServer.StartAsync(transport, wire, async context =>
        {
            await context.Response.WriteAsync("early");
            await context.Response.CompleteAsync();
            await release.Task;
            Assert.Throws<InvalidOperationException>(() => context.Response.BodyWriter.GetSpan());
        });
        Assert.Equal("early", await server.GetTextAsync());
        release.SetResult();
        Assert.Equal("early", await server.GetTextAsync());
        Assert.DoesNotContain(server.Logs, record => record.EventId == 13);
    }

    [Theory, OnEachWire]
    public async Task Nothing_can_be_changed_after_the_start(TipiTransport transport, Wire wire)
    {
        await using WireServer server = await WireServer.StartAsync(transport, wire, async context =>
        {
            HttpResponse response = context.Response;
            await response.StartAsync();
            Assert.True(response.Headers.IsReadOnly);
            Assert.Throws<InvalidOperationException>(() => response.StatusCode = 201);
            Assert.Throws<InvalidOperationException>(() => response.Headers["X"] = "y");
            Assert.Throws<InvalidOperationException>(() => response.ContentLength = 4);
            Assert.Throws<InvalidOperationException>(() => response.Headers.Clear());
            var feature = context.Features.Get<IHttpResponseFeature>()!;
            Assert.Throws<InvalidOperationException>(() => feature.ReasonPhrase = "x");
            Assert.Throws<InvalidOperationException>(() => response.OnStarting(() => Task.CompletedTask));
            await response.WriteAsync("fine");
        });
        Assert.Equal("fine", await server.GetTextAsync());
    }
}
