using Microsoft.Extensions.Primitives;

namespace Tipi.Hosting.Tests.Contract;

public sealed class ResponseFieldsTests
{
    [Theory, OnEachWire]
    public async Task The_status_is_the_applications(TipiTransport transport, Wire wire)
    {
        await using WireServer server = await WireServer.StartAsync(transport, wire, context =>
        {
            context.Response.StatusCode = int.Parse(context.Request.Path.Value![1..]);
            return context.Response.WriteAsync("x");
        });
        foreach (int status in new[] { 200, 201, 299, 302, 400, 404, 418, 500, 503, 599 })
        {
            using HttpResponseMessage response = await server.SendAsync("GET", $"/{status}");
            Assert.Equal((status, "x"), ((int)response.StatusCode, await response.Content.ReadAsStringAsync()));
            Assert.Equal(server.Client.DefaultRequestVersion, response.Version);
        }
    }

    [Theory, OnEachWire]
    public async Task Many_values_empty_ones_and_names_in_any_case(TipiTransport transport, Wire wire)
    {
        await using WireServer server = await WireServer.StartAsync(transport, wire, context =>
        {
            IHeaderDictionary headers = context.Response.Headers;
            headers["X-Many"] = new StringValues(["a", "b", "", "a"]);
            headers["x-LOWER"] = "1";
            headers.Append("X-lower", "2");
            headers["X-Empty"] = "";
            headers["X-None"] = StringValues.Empty;
            headers["X-Gone"] = "1";
            headers.Remove("x-gone");
            headers.ETag = "\"e\"";
            headers.ContentType = "text/x; charset=utf-8";
            return Task.CompletedTask;
        });
        for (int i = 0; i < 3; i++)
        {
            using HttpResponseMessage response = await server.SendAsync("GET", "/");
            Assert.Equal(["a", "b", "", "a"], response.Headers.GetValues("X-Many"));
            Assert.Equal(["1", "2"], response.Headers.GetValues("X-Lower"));
            Assert.Equal([""], response.Headers.GetValues("X-Empty"));
            Assert.False(response.Headers.Contains("X-None"));
            Assert.False(response.Headers.Contains("X-Gone"));
            Assert.Equal("\"e\"", response.Headers.ETag!.Tag);
            Assert.Equal("text/x; charset=utf-8", response.Content.Headers.ContentType!.ToString());
            Assert.Equal(0, response.Content.Headers.ContentLength);
        }
    }

    [Theory, OnEachWire]
    public async Task Large_fields_arrive_whole(TipiTransport transport, Wire wire)
    {
        await using WireServer server = await WireServer.StartAsync(transport, wire, context =>
        {
            for (int i = 0; i < 20; i++) context.Response.Headers[$"X-{i}"] = new string((char)('a' + i), 1_000);
            context.Response.Headers["X-Large"] = new string('z', 30_000);
            return context.Response.WriteAsync("x");
        });
        for (int n = 0; n < 2; n++)
        {
            using HttpResponseMessage response = await server.SendAsync("GET", "/");
            for (int i = 0; i < 20; i++)
                Assert.Equal(new string((char)('a' + i), 1_000), response.Headers.GetValues($"X-{i}").Single());
            Assert.Equal(new string('z', 30_000), response.Headers.GetValues("X-Large").Single());
            Assert.Equal("x", await response.Content.ReadAsStringAsync());
        }
    }

    [Theory, OnEachWire]
    public async Task The_server_adds_its_name_and_the_date_once(TipiTransport transport, Wire wire)
    {
        await using WireServer server = await WireServer.StartAsync(transport, wire, context =>
        {
            if (context.Request.Path != "/own") return Task.CompletedTask;
            context.Response.Headers.Server = "mine";
            context.Response.Headers.Date = "Thu, 01 Jan 2026 00:00:00 GMT";
            return Task.CompletedTask;
        });
        using HttpResponseMessage plain = await server.SendAsync("GET", "/");
        Assert.Equal("Tipi", Assert.Single(plain.Headers.GetValues("Server")));
        DateTimeOffset date = DateTimeOffset.Parse(Assert.Single(plain.Headers.GetValues("Date")));
        Assert.InRange(DateTimeOffset.UtcNow - date, TimeSpan.FromMinutes(-1), TimeSpan.FromMinutes(1));
        using HttpResponseMessage own = await server.SendAsync("GET", "/own");
        Assert.Equal("mine", Assert.Single(own.Headers.GetValues("Server")));
        Assert.Equal("Thu, 01 Jan 2026 00:00:00 GMT", Assert.Single(own.Headers.GetValues("Date")));
    }

    [Theory, OnEachWire]
    public async Task Fields_of_an_http_1_connection_do_no_harm(TipiTransport transport, Wire wire)
    {
        await using WireServer server = await WireServer.StartAsync(transport, wire, context =>
        {
            IHeaderDictionary headers = context.Response.Headers;
            headers.Connection = "keep-alive";
            headers.KeepAlive = "timeout=5";
            if (context.Request.Protocol == "HTTP/2")
            {
                headers.TransferEncoding = "chunked";
                headers.Upgrade = "x";
                headers.ProxyConnection = "keep-alive";
            }
            headers["X-Kept"] = "1";
            return context.Response.WriteAsync("fine");
        });
        for (int i = 0; i < 2; i++)
        {
            using HttpResponseMessage response = await server.SendAsync("GET", "/");
            Assert.Equal("fine", await response.Content.ReadAsStringAsync());
            Assert.True(response.Headers.Contains("X-Kept"));
            string[] names = ["Connection", "Keep-Alive", "Transfer-Encoding", "Upgrade", "Proxy-Connection"];
            if (server.IsHttp2) Assert.DoesNotContain(names, response.Headers.Contains);
        }
    }

    [Theory, OnEachWire]
    public async Task A_field_that_can_not_be_sent_is_refused_when_it_is_set(TipiTransport transport, Wire wire)
    {
        await using WireServer server = await WireServer.StartAsync(transport, wire, context =>
        {
            IHeaderDictionary headers = context.Response.Headers;
            Assert.Throws<InvalidOperationException>(() => headers["X-Evil"] = "a\r\nSet-Cookie: b");
            Assert.Throws<InvalidOperationException>(() => headers["X-Evil"] = "a\0");
            Assert.Throws<InvalidOperationException>(() => headers["Bad Name"] = "a");
            Assert.Throws<InvalidOperationException>(() => headers["Content-Length"] = "-1");
            return context.Response.WriteAsync("held");
        });
        Assert.Equal("held", await server.GetTextAsync());
    }
}
