using System.Text;

namespace Tipi.Hosting.Tests.Contract;

public sealed class RequestFieldsTests
{
    [Theory, OnEachWire]
    public async Task Fields_arrive_with_their_values(TipiTransport transport, Wire wire)
    {
        await using WireServer server = await WireServer.StartAsync(transport, wire, context =>
        {
            IHeaderDictionary headers = context.Request.Headers;
            Assert.Equal("name.example:8080", context.Request.Host.Value);
            Assert.Equal("name.example:8080", headers.Host);
            Assert.Equal("a, b", string.Join(", ", headers["X-MANY"].ToArray()));
            Assert.Equal("", headers["X-Empty"].ToString());
            Assert.True(headers.ContainsKey("x-empty"));
            Assert.Equal(new string('z', 20_000), headers["X-Large"].ToString());
            Assert.Equal("text/x", headers.Accept);
            Assert.Equal(0, headers["X-None"].Count);
            Assert.Equal(("1", "2", "3"), (
                context.Request.Cookies["a"], context.Request.Cookies["b"], context.Request.Cookies["c"]));
            Assert.Equal("a=1; b=2; c=3", headers.Cookie.ToString());
            return context.Response.WriteAsync("ok");
        });
        for (int i = 0; i < 3; i++)
        {
            HttpRequestMessage request = server.Request("GET", "/");
            request.Headers.Host = "name.example:8080";
            request.Headers.Add("X-Many", ["a", "b"]);
            request.Headers.Add("X-Empty", "");
            request.Headers.Add("X-Large", new string('z', 20_000));
            request.Headers.Add("Accept", "text/x");
            request.Headers.Add("Cookie", "a=1; b=2; c=3");
            Assert.Equal("ok", await server.TextAsync(request));
        }
    }

    [Theory, OnEachWire]
    public async Task Text_is_utf_8(TipiTransport transport, Wire wire)
    {
        await using WireServer server = await WireServer.StartAsync(
            transport, wire, context => context.Response.WriteAsync(context.Request.Headers["X-Text"].ToString()));
        using var handler = new SocketsHttpHandler { RequestHeaderEncodingSelector = (_, _) => Encoding.UTF8 };
        handler.SslOptions.RemoteCertificateValidationCallback = (_, shown, _, _) => shown is not null;
        using var client = new HttpClient(handler);
        for (int i = 0; i < 2; i++)
        {
            HttpRequestMessage request = server.Request("GET", "/");
            request.Headers.Add("X-Text", "pi\u00f1a \U0001F34D");
            using HttpResponseMessage response = await client.SendAsync(request);
            Assert.Equal("pi\u00f1a \U0001F34D", await response.Content.ReadAsStringAsync());
        }
    }

    [Theory, OnEachWire]
    public async Task Too_many_and_too_large_are_refused_and_the_next_is_served(TipiTransport transport, Wire wire)
    {
        await using WireServer server = await WireServer.StartAsync(
            transport, wire, context => context.Response.WriteAsync("ok"),
            options =>
            {
                options.Limits.MaxRequestHeaderCount = 20;
                options.Limits.MaxRequestHeadersTotalSize = 4_000;
            });
        HttpRequestMessage many = server.Request("GET", "/");
        for (int i = 0; i < 30; i++) many.Headers.Add($"X-{i}", "1");
        using HttpResponseMessage refusedMany = await server.SendAsync(many);
        Assert.Equal(431, (int)refusedMany.StatusCode);
        Assert.Equal("ok", await server.GetTextAsync());
        HttpRequestMessage large = server.Request("GET", "/");
        large.Headers.Add("X-Large", new string('z', 5_000));
        if (server.IsHttp2)
        {
            // SETTINGS_MAX_HEADER_LIST_SIZE has told the client, which does not even try.
            var error = await Assert.ThrowsAsync<HttpRequestException>(() => server.SendAsync(large));
            Assert.Contains("4000", error.Message);
        }
        else
        {
            using HttpResponseMessage refusedLarge = await server.SendAsync(large);
            Assert.Equal(431, (int)refusedLarge.StatusCode);
        }
        Assert.Equal("ok", await server.GetTextAsync());
    }
}
