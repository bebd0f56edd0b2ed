using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Primitives;

namespace Tipi.Hosting.Tests.Exchange;

public sealed class ResponseLifecycleTests
{
    private const string Get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

    [Theory, OnEachTransport]
    public async Task A_fault_before_the_start_is_a_bare_500_and_the_connection_goes_on(TipiTransport transport)
    {
        await using TestServer server = await TestServer.StartAsync(transport, context =>
        {
            if (context.Request.Path != "/boom") return context.Response.WriteAsync("fine");
            context.Response.Headers["X-Gone"] = "yes";
            context.Response.BodyWriter.GetSpan(10);
            context.Response.BodyWriter.Advance(10);
            throw new InvalidOperationException("boom");
        });
        using RawClient client = await server.ConnectAsync();
        await client.SendAsync("GET /boom HTTP/1.1\r\nHost: a\r\n\r\n" + Get);
        RawResponse response = await client.ReadResponseAsync();
        Assert.Equal(
            "HTTP/1.1 500 Internal Server Error\r\nServer: Tipi\r\nContent-Length: 0\r\n\r\n",
            response.HeadWithoutDate);
        Assert.Equal("fine", (await client.ReadResponseAsync()).Body);
        LogRecord log = Assert.Single(server.Logs, record => record.EventId == 13);
        Assert.Equal((LogLevel.Error, "boom"), (log.Level, log.Error!.Message));
    }

    [Theory, OnEachTransport]
    public async Task A_fault_after_the_start_cuts_the_body_off(TipiTransport transport)
    {
        await using TestServer server = await TestServer.StartAsync(transport, async context =>
        {
            await context.Response.WriteAsync("part");
            throw new InvalidOperationException("boom");
        });
        using RawClient client = await server.ConnectAsync();
        await client.SendAsync(Get + Get);
        string all = await client.ReadToEndAsync();
        Assert.EndsWith("4\r\npart\r\n", all);
        Assert.Single(server.Logs, record => record.EventId == 13);
    }

    [Theory, OnEachTransport]
    public async Task A_fault_in_an_open_ended_body_is_a_reset(TipiTransport transport)
    {
        await using TestServer server = await TestServer.StartAsync(transport, async context =>
        {
            await context.Response.WriteAsync("part");
            throw new InvalidOperationException("boom");
        });
        using RawClient client = await server.ConnectAsync();
        await client.SendAsync("GET / HTTP/1.0\r\n\r\n");
        await Assert.ThrowsAsync<System.Net.Sockets.SocketException>(client.ReadToEndAsync);
    }

    [Theory, OnEachTransport]
    public async Task More_than_declared_is_an_exception(TipiTransport transport)
    {
        await using TestServer server = await TestServer.StartAsync(transport, async context =>
        {
            context.Response.ContentLength = 4;
            await context.Response.WriteAsync("four");
            var error = await Assert.ThrowsAsync<InvalidOperationException>(() => context.Response.WriteAsync("!"));
            Assert.Contains("too many", error.Message);
        });
        using RawClient client = await server.ConnectAsync();
        await client.SendAsync(Get + Get);
        Assert.Equal("four", (await client.ReadResponseAsync()).Body);
        Assert.Equal("four", (await client.ReadResponseAsync()).Body);
        Assert.DoesNotContain(server.Logs, record => record.EventId == 13);
    }

    [Theory, OnEachTransport]
    public async Task Less_than_declared_is_a_fault(TipiTransport transport)
    {
        await using TestServer server = await TestServer.StartAsync(transport, context =>
        {
            context.Response.ContentLength = 4;
            return context.Request.Path == "/none" ? Task.CompletedTask : context.Response.WriteAsync("two");
        });
        RawResponse none = await server.AskAsync("GET /none HTTP/1.1\r\nHost: a\r\n\r\n");
        Assert.Equal((500, "0"), (none.Status, none.Header("Content-Length")));
        using RawClient client = await server.ConnectAsync();
        await client.SendAsync(Get);
        Assert.EndsWith("\r\n\r\ntwo", await client.ReadToEndAsync());
        Assert.Equal(2, server.Logs.Count(record => record.EventId == 13));
    }

    [Theory]
    [InlineData("X-Evil", "a\r\nSet-Cookie: b")]
    [InlineData("X-Evil", "a\nb")]
    [InlineData("X-Evil", "a\0b")]
    [InlineData("X-Evil", "\u00e9")]
    [InlineData("X-Evil", "\u010d\u010a")]
    [InlineData("Bad Name", "a")]
    [InlineData("Bad:Name", "a")]
    [InlineData("X\r\nY", "a")]
    [InlineData("Content-Length", "-1")]
    [InlineData("Content-Length", "abc")]
    public async Task A_header_can_not_break_out_of_its_line(string name, string value)
    {
        await using TestServer server = await TestServer.StartAsync(TipiTransport.Sockets, context =>
        {
            Assert.Throws<InvalidOperationException>(() => context.Response.Headers[name] = value);
            Assert.Throws<InvalidOperationException>(() => context.Response.Headers[""] = value);
            Assert.Throws<InvalidOperationException>(() => context.Response.Headers.Append(name, value));
            IDictionary<string, StringValues> dictionary = context.Response.Headers;
            Assert.Throws<InvalidOperationException>(() => dictionary.Add(name, value));
            return context.Response.WriteAsync("held");
        });
        RawResponse response = await server.AskAsync(Get);
        Assert.Equal("held", response.Body);
        Assert.Null(response.Header("Set-Cookie"));
    }

    [Theory, OnEachTransport]
    public async Task Complete_ends_the_response_before_the_application_ends(TipiTransport transport)
    {
        var release = new TaskCompletionSource();
        await using TestServer server = await TestServer.StartAsync(transport, async context =>
        {
            await context.Response.WriteAsync("early");
            await context.Response.CompleteAsync();
            await release.Task;
            Assert.Throws<InvalidOperationException>(() => context.Response.BodyWriter.GetSpan());
        });
        using RawClient client = await server.ConnectAsync();
        await client.SendAsync(Get + Get);
        Assert.Equal("early", (await client.ReadResponseAsync()).Body);
        release.SetResult();
        Assert.Equal("early", (await client.ReadResponseAsync()).Body);
        Assert.DoesNotContain(server.Logs, record => record.EventId == 13);
    }

    [Theory, OnEachTransport]
    public async Task A_file_is_sent(TipiTransport transport)
    {
        string path = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(path, new string('f', 100_000));
            await using TestServer server = await TestServer.StartAsync(
                transport, context => context.Response.SendFileAsync(path, 10, 70_000));
            Assert.Equal(70_000, (await server.AskAsync(Get)).Body.Length);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Theory, OnEachTransport]
    public async Task Reason_phrase_and_repeated_headers_are_sent(TipiTransport transport)
    {
        await using TestServer server = await TestServer.StartAsync(transport, context =>
        {
            context.Response.StatusCode = 418;
            context.Features.Get<IHttpResponseFeature>()!.ReasonPhrase = "Short and stout";
            context.Response.Headers.Append("X-Two", "1");
            context.Response.Headers.Append("x-two", "2");
            return Task.CompletedTask;
        });
        RawResponse response = await server.AskAsync(Get);
        Assert.StartsWith("HTTP/1.1 418 Short and stout\r\n", response.Head);
        Assert.Equal("1|2", response.Header("X-Two"));
    }

    [Theory, OnEachTransport]
    public async Task Middleware_may_replace_the_body(TipiTransport transport)
    {
        await using TestServer server = await TestServer.StartAppAsync(transport, app =>
        {
            app.Use(async (context, next) =>
            {
                Stream original = context.Response.Body;
                using var buffer = new MemoryStream();
                context.Response.Body = buffer;
                await next(context);
                context.Response.Body = original;
                context.Response.ContentLength = buffer.Length;
                await original.WriteAsync(buffer.ToArray());
            });
            app.Run(context => context.Response.WriteAsync("through"));
        });
        using RawClient client = await server.ConnectAsync();
        await client.SendAsync(Get + Get);
        for (int i = 0; i < 2; i++)
        {
            RawResponse response = await client.ReadResponseAsync();
            Assert.Equal(("7", "through"), (response.Header("Content-Length"), response.Body));
        }
    }
}
